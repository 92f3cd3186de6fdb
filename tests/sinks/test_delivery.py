"""Delivering to all sinks: at once, in bounded time, whatever a sink does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from smoke.sinks.delivery import Delivery
from smoke.sinks.registry import SinkError
from tests.support.afresh import printed
from tests.support.deliveries import a_bulletin, a_sink, give


def raises(error: BaseException) -> Callable[[], None]:
    def act() -> None:
        raise error

    return act


@pytest.fixture
def never():
    """Wait on this to hang; it is let go after the test."""
    event = threading.Event()
    yield event
    event.set()


def test_a_delivery_counts_what_arrived():
    """A sink that took the metrics is reported with their number."""
    assert give([a_sink("a")]) == (Delivery(sink="a", ok=True, detail="delivered", count=len(a_bulletin().metrics)),)


def test_a_hanging_sink_costs_no_more_than_the_deadline(never):
    """A sink that never answers is reported as failed when the deadline is over, and the others are not lost."""
    started = time.monotonic()
    hung, good = give([a_sink("a", never.wait), a_sink("b")], deadline_s=0.3)
    assert time.monotonic() - started < 1
    assert hung == Delivery(sink="a", ok=False, detail="no answer within 0.3 s", count=0)
    assert good.ok


def test_the_default_deadline_is_three_seconds(never):
    """Without a word about time, three seconds are the most that metrics may add to a run."""
    started = time.monotonic()
    (hung,) = give([a_sink("a", never.wait)])
    assert 2.9 < time.monotonic() - started < 3.5
    assert hung.detail == "no answer within 3 s"


def test_sinks_work_at_the_same_time():
    """Two sinks that wait for each other both deliver: one after the other, neither would."""
    meet = threading.Barrier(2, timeout=2)
    deliveries = give([a_sink("a", meet.wait), a_sink("b", meet.wait)])
    assert [delivery.ok for delivery in deliveries] == [True, True]


@pytest.mark.parametrize("error", [SinkError("no"), ValueError("no"), SystemExit(3), KeyboardInterrupt()], ids=repr)
def test_a_failing_sink_never_raises_and_never_delays(error):
    """Any exception of a sink becomes a failed delivery at once: it cannot change a verdict or eat the deadline."""
    started = time.monotonic()
    failed, good = give([a_sink("a", raises(error)), a_sink("b")])
    assert time.monotonic() - started < 1
    assert not failed.ok
    assert failed.count == 0
    assert good.ok


def test_deliveries_come_in_the_order_of_the_sinks(never):
    """The answer is in the order asked for, whoever was first; two sinks of one name are two deliveries."""
    sinks = [a_sink("b", lambda: never.wait(0.1)), a_sink("a"), a_sink("a")]
    assert [delivery.sink for delivery in give(sinks)] == ["b", "a", "a"]


def test_without_sinks_there_is_nothing_to_wait_for():
    """No sinks, no deliveries, no time."""
    assert give([]) == ()


def test_a_hanging_sink_does_not_keep_the_process():
    """After a hang the process ends as usual: a sink is left behind, not waited for at exit."""
    program = (
        "import threading; from tests.support.deliveries import a_sink, give;"
        " print(give([a_sink('hang', threading.Event().wait)], deadline_s=0.1)[0].detail)"
    )
    assert printed(program) == "no answer within 0.1 s"
