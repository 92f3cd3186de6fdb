from __future__ import annotations

import time

import pytest

from smoke.probing.client import Stopwatch


def test_times_are_milliseconds_between_marks() -> None:
    """The name's time is taken out of the connection's, the first byte counts from the start, and the total is now."""
    watch = Stopwatch()
    started = watch.begun
    events = {
        "dns.started": 0.001,
        "dns.complete": 0.003,
        "connection.connect_tcp.started": 0.001,
        "connection.connect_tcp.complete": 0.008,
        "connection.start_tls.started": 0.008,
        "connection.start_tls.complete": 0.018,
        "http11.receive_response_headers.complete": 0.025,
    }
    watch.marks = {event: started + seconds for event, seconds in events.items()}
    timing = watch.timing()
    assert [timing.dns_ms, timing.connect_ms, timing.tls_ms, timing.first_byte_ms] == pytest.approx([2, 5, 10, 25])
    assert 0 < timing.total_ms <= (time.perf_counter() - started) * 1000


def test_what_did_not_happen_took_no_time() -> None:
    """A phase that was not reached, or not finished, is not observed: that is never the same as zero."""
    watch = Stopwatch()
    watch.marks = {"dns.started": watch.begun}
    timing = watch.timing()
    assert (timing.dns_ms, timing.connect_ms, timing.tls_ms, timing.first_byte_ms) == (None, None, None, None)
