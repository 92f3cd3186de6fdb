from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Iterable
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from smoke.answers.exchange import Exchange, Request, Timing
from smoke.calibration import Calibration, Reference
from smoke.config.probe import Probe
from smoke.judging.confirming import confirmed
from smoke.judging.judge import outcome_of
from smoke.judging.retry import RetryPolicy
from smoke.model import Blame, Outcome
from smoke.observation import Finding, Measurement, Observation, Unit
from smoke.probing.asking import Shared, Terms, request_of
from smoke.probing.attempts import observe
from smoke.probing.client import send
from smoke.probing.failing import ProbeFailedError
from smoke.probing.sending import Send
from tests.support.exchanges import an_answer
from tests.support.loopback import Behaviour, answers, drops, hangs, serving

AT_ONCE = RetryPolicy(first_wait_s=0)


def a_probe(**changes: Any) -> Probe:
    said = {"id": "health.root", "title": "Healthy", "category": "api-health", "request": "GET /health"}
    return TypeAdapter(Probe).validate_python(
        {**said, "expect": {"json": {"status": {"equals": "healthy"}}}, **changes}
    )


def terms(base_url: str = "https://shop.example", **changes: Any) -> Terms:
    return Terms(**{"base_url": base_url, "timeout_s": 30.0, "retry": AT_ONCE, **changes})


def observed(*script: Behaviour, timeout_s: float = 30.0, retry: RetryPolicy = AT_ONCE) -> tuple[Observation, int]:
    """What a probe saw of a real server, and how often that was asked."""

    async def look() -> tuple[Observation, int]:
        async with serving(*script) as server:
            seen = await observe(a_probe(), terms(server.url, timeout_s=timeout_s, retry=retry), send)
            return seen, len(server.asked)

    return asyncio.run(look())


class Sending:
    """Answers as it was told, one after the other, and takes as long as it was told: no test waits for slowness."""

    def __init__(self, *script: Exchange | float | ProbeFailedError) -> None:
        self.script = list(script)
        self.sent: list[Request] = []

    async def __call__(self, request: Request, _timeout_s: float) -> Exchange:
        self.sent.append(request)
        match self.script.pop(0):
            case ProbeFailedError() as error:
                raise error
            case Exchange() as exchange:
                return exchange
            case total_ms:
                return an_answer('{"status": "healthy"}', total_ms=total_ms)


def seen_by(probe: Probe, sending: Send) -> Observation:
    return asyncio.run(observe(probe, terms(), sending))


def value_of(measurements: Iterable[Measurement], name: str) -> float | None:
    (found,) = (each.value for each in measurements if each.name == name)
    return found


def test_a_good_answer_passes_at_once() -> None:
    """A healthy service is asked once, and the time of its answer is told in parts."""
    observation, asked = observed(answers(headers=("Server-Timing: db;dur=3.5, cache;desc=hit",)))
    (attempt,) = observation.attempts
    assert (observation.check_id, asked, attempt.number, attempt.findings) == ("health.root", 1, 1, ())
    assert [each.name for each in attempt.measurements] == [
        "health.root.total_ms",
        "health.root.dns_ms",
        "health.root.connect_ms",
        "health.root.tls_ms",
        "health.root.first_byte_ms",
        "health.root.db_ms",
        "health.root.cache_hit_rate",
    ]
    assert value_of(attempt.measurements, "health.root.tls_ms") is None
    assert attempt.measurements[-1] == Measurement(name="health.root.cache_hit_rate", value=1.0, unit=Unit.RATIO)
    total = value_of(attempt.measurements, "health.root.total_ms")
    assert total is not None
    assert 0 < total <= attempt.duration_ms


def test_a_certificate_is_measured_by_the_days_it_has_left() -> None:
    """Alert rules read it; where there is none, nothing is said."""
    lasts = dataclasses.replace(an_answer('{"status": "healthy"}'), tls_days_left=12.5)
    (attempt,) = seen_by(a_probe(), Sending(lasts)).attempts
    assert value_of(attempt.measurements, "health.root.tls_days_left") == 12.5


def test_numbers_of_the_answer_are_measured_where_a_probe_asks_for_them() -> None:
    answer = an_answer(b'{"status": "healthy", "queue": {"depth": 7, "name": "mail"}}')
    asked = a_probe(measure={"queue_depth": "queue.depth", "name": "queue.name", "gone": "queue.gone"})
    seen = asyncio.run(observe(asked, terms(), Sending(answer)))
    measured = {each.name: (each.value, each.unit) for each in seen.attempts[0].measurements}
    assert measured["health.root.queue_depth"] == (7, Unit.COUNT)
    assert not {"health.root.name", "health.root.gone"} & set(measured)


def test_a_single_dropped_connection_is_flaky() -> None:
    """One lost connection does not raise an alarm: the second attempt passes, and both are kept."""
    observation, asked = observed(drops, answers())
    assert outcome_of(observation.attempts) is Outcome.FLAKY
    assert asked == 2
    assert [[finding.blame for finding in each.findings] for each in observation.attempts] == [[Blame.TCP], []]
    assert [each.number for each in observation.attempts] == [1, 2]


def test_an_outage_is_a_failure_after_the_last_attempt() -> None:
    """A service that stays away is asked as often as the policy allows and no more."""
    observation, asked = observed(drops, retry=RetryPolicy(attempts=3, first_wait_s=0))
    assert (outcome_of(observation.attempts), len(observation.attempts), asked) == (Outcome.FAIL, 3, 3)


def test_what_cannot_pass_by_itself_is_not_tried_again() -> None:
    """A route that is not there is asked for once."""
    observation, asked = observed(answers("no such page", status="404 Not Found"))
    (attempt,) = observation.attempts
    assert asked == 1
    assert [(finding.rule, finding.blame) for finding in attempt.findings] == [("status (404) == 200", Blame.APP_4XX)]


def test_a_wrong_answer_still_has_its_times() -> None:
    """An answer that is wrong arrived, and how long it took is told with it."""
    observation, _ = observed(answers('{"status": "degraded"}'))
    attempt = observation.attempts[-1]
    assert [finding.rule for finding in attempt.findings] == ["status ('degraded') == 'healthy'"]
    assert value_of(attempt.measurements, "health.root.total_ms")


def test_a_service_that_never_answers_is_slow_and_the_wait_is_bounded() -> None:
    """Each attempt ends when its time is over; without an answer there is nothing to measure."""
    observation, _ = observed(hangs, timeout_s=0.2)
    assert [[finding.blame for finding in each.findings] for each in observation.attempts] == [[Blame.SLOW]] * 2
    assert [each.measurements for each in observation.attempts] == [(), ()]


@pytest.mark.parametrize(
    ("samples", "typical", "findings"),
    [
        ([99.0], 99.0, ()),
        ([100.0], 100.0, ()),
        ([900.0, 40.0, 60.0], 60.0, ()),
        ([101.0, 950.0, 300.0], 300.0, ("health.root.total_ms (300) <= 100",)),
        ([900.0, 40.0, 300.0, 30.0, 20.0], 40.0, ()),
        ([900.0, 40.0, 300.0, 30.0, 200.0], 200.0, ("health.root.total_ms (200) <= 100",)),
        ([3101.0], 3101.0, ("health.root.total_ms (3101) <= 100",)),
    ],
)
def test_the_median_decides_where_one_sample_is_slow(
    samples: list[float], typical: float, findings: tuple[str, ...]
) -> None:
    """A single slow answer is not slowness, unless it is beyond all measure; most of three, or of five that do not
    agree, are, and the number says how much."""
    sending = Sending(*samples, *([1.0] if findings and len(samples) > 1 else []))
    first, *_ = seen_by(a_probe(expect={"within_ms": 100}), sending).attempts
    total, *_ = first.measurements
    assert (total.value, total.budget) == (typical, 100)
    assert total.samples == (tuple(samples) if len(samples) > 1 else ())
    assert [(each.rule, each.blame) for each in first.findings] == [(rule, Blame.SLOW) for rule in findings]
    assert sending.script == []


@pytest.mark.parametrize(
    ("second", "outcome"), [((300.0, 90.0), Outcome.FLAKY), ((300.0, 110.0, 120.0, 130.0, 140.0), Outcome.FAIL)]
)
def test_the_last_attempt_passes_by_its_quickest_answer(second: tuple[float, ...], outcome: Outcome) -> None:
    """What is in time now and then is FLAKY, what never is is slow; five answers are enough to say so."""
    sending = Sending(300.0, 300.0, 300.0, *second)
    observation = seen_by(a_probe(expect={"within_ms": 100}), sending)
    assert (outcome_of(observation.attempts), sending.script) == (outcome, [])


WRITES = {"request": "POST /cart", "permits": ["POST /cart"]}


@pytest.mark.parametrize(
    ("said", "lost", "asked", "outcome"),
    [
        (WRITES, "reset by peer", 1, Outcome.INCONCLUSIVE),
        (WRITES, "Connection refused", 2, Outcome.FLAKY),
        ({**WRITES, "repeatable": True}, "reset by peer", 2, Outcome.FLAKY),
        ({}, "reset by peer", 2, Outcome.FLAKY),
    ],
    ids=["writes", "never left", "may write again", "reads"],
)
def test_what_may_have_been_written_is_not_written_twice(
    said: dict[str, Any], lost: str, asked: int, outcome: Outcome
) -> None:
    """A lost answer does not say whether the request arrived: without a second look nobody is blamed for it."""
    finding = Finding(rule=f"got no answer: {lost}", blame=Blame.TCP, cause="the connection to shop.example:443 fails")
    sending = Sending(ProbeFailedError(finding), 1.0)
    observation = seen_by(a_probe(**said), sending)
    assert (len(sending.sent), outcome_of(confirmed(observation).attempts)) == (asked, outcome)


def calibrated(*values_ms: float) -> Shared:
    """What probes share on a runner that takes so long for the reference, one time after the other."""
    left = list(values_ms)

    async def read() -> Calibration:
        return Calibration(reference=Reference.EXCHANGE, readings_ms=(left.pop(0),), band_ms=75)

    return Shared(calm=read, reading=read)


@pytest.mark.parametrize(
    ("before", "after", "blame"),
    [(10.0, 20.0, Blame.SLOW), (400.0, 20.0, Blame.SLOW), (10.0, 400.0, Blame.SLOW), (400.0, 300.0, Blame.HARNESS)],
)
def test_a_runner_that_is_never_within_its_band_cannot_say_slow(before: float, after: float, blame: Blame) -> None:
    """One reading within the band, before the samples or after them, is enough to trust three of them."""
    probe = a_probe(expect={"within_ms": 100})
    once = terms(retry=RetryPolicy(attempts=1))
    (attempt,) = asyncio.run(observe(probe, once, Sending(300.0, 300.0, 300.0), calibrated(before, after))).attempts
    assert [each.blame for each in attempt.findings] == [blame]
    assert attempt.calibration is not None
    assert attempt.calibration.readings_ms == (before, after)


@pytest.mark.parametrize(("now", "times", "blame"), [(20.0, 1, Blame.SLOW), (80.0, 3, Blame.HARNESS)])
def test_one_sample_beyond_the_ceiling_decides_within_the_band(now: float, times: int, blame: Blame) -> None:
    """A runner that was out of breath just then takes it again."""
    sending = Sending(*[800.0] * 3)
    probe = a_probe(expect={"within_ms": 100, "ceiling_ms": 700})
    (attempt,) = asyncio.run(observe(probe, terms(), sending, calibrated(now, now, now))).attempts
    assert (len(sending.sent), [each.blame for each in attempt.findings]) == (times, [blame])


def test_a_wrong_answer_is_wrong_on_any_runner() -> None:
    """What is right does not depend on how fast it came, and a failure found otherwise decides."""
    script = [an_answer('{"status": "down"}', total_ms=300.0) for _ in range(3)]
    probe = a_probe(expect={"within_ms": 100, "json": {"status": {"equals": "healthy"}}})
    once = terms(retry=RetryPolicy(attempts=1))
    (attempt,) = asyncio.run(observe(probe, once, Sending(*script), calibrated(400.0, 400.0))).attempts
    assert [each.blame for each in attempt.findings] == [Blame.ASSERTION, Blame.HARNESS]
    assert attempt.outcome is Outcome.FAIL


def test_nothing_is_calibrated_where_nothing_is_slow() -> None:
    """A budget that is kept is kept, and costs nothing more."""
    (attempt,) = asyncio.run(observe(a_probe(expect={"within_ms": 100}), terms(), Sending(99.0), calibrated())).attempts
    assert (attempt.findings, attempt.calibration) == ((), None)


PREFLIGHT = {"preflight": {"origin": "https://shop.example"}}


@pytest.mark.parametrize(
    ("request_line", "said", "times"),
    [
        ("GET /cart", {}, 3),
        ("HEAD /cart", {}, 3),
        ("OPTIONS /cart", PREFLIGHT, 3),
        ("POST /cart", {"permits": ["POST /cart"], "repeatable": True}, 3),
        ("POST /cart", {"permits": ["POST /cart"]}, 1),
        ("WS /cart", {"send": "add", "permits": ["WS /cart"]}, 1),
    ],
)
def test_only_what_may_be_made_again_is_repeated_to_measure_it(
    request_line: str, said: dict[str, Any], times: int
) -> None:
    """A request is sent again for further samples only if it cannot change anything, or may do so again."""
    sending = Sending(900.0, 900.0, 900.0)
    probe = a_probe(request=request_line, expect={"within_ms": 100}, **said)
    observation = asyncio.run(observe(probe, terms(retry=RetryPolicy(attempts=1)), sending))
    (finding,) = observation.attempts[0].findings
    assert finding.rule.startswith("health.root.total_ms (900) <= 100")
    assert (len(sending.sent), finding.blame) == (times, Blame.SLOW if times > 1 else Blame.HARNESS)


def test_a_percentile_of_writing_requests_is_refused() -> None:
    """Nobody can ask for samples of a request that changes something."""
    with pytest.raises(ValidationError, match="p95_within_ms asks several times"):
        a_probe(request="POST /cart", permits=["POST /cart"], expect={"p95_within_ms": 100})


def test_everything_that_is_wrong_is_told() -> None:
    """What a later sample shows, and a value that is missing, are not hidden by what came first."""
    script = [an_answer(body, total_ms=900.0) for body in ('{"status": "down"}', '{"status": "healthy"}', "<p>")]
    probe = a_probe(expect={"within_ms": 100, "json": {"status": {"equals": "healthy"}}}, capture={"id": "id"})
    observation = asyncio.run(observe(probe, terms(retry=RetryPolicy(attempts=1)), Sending(*script)))
    assert [finding.rule for finding in observation.attempts[0].findings] == [
        "status ('down') == 'healthy'",
        "body is JSON (Expecting value: line 1 column 1 (char 0))",
        "id (missing) exists, to be kept as id",
        "health.root.total_ms (900) <= 100",
    ]


def test_without_a_budget_one_sample_is_enough() -> None:
    """A probe that does not ask for speed is never slow."""
    sending = Sending(90_000.0)
    (attempt,) = seen_by(a_probe(), sending).attempts
    assert attempt.findings == ()


def test_a_connection_lost_between_samples_fails_the_attempt() -> None:
    """What goes wrong while the median is taken counts as what it is."""
    lost = ProbeFailedError(Finding(rule="GET /health got no answer: reset by peer", blame=Blame.TCP))
    first, second = seen_by(a_probe(expect={"within_ms": 100}), Sending(900.0, lost, 50.0)).attempts
    assert first.findings == (lost.finding,)
    assert second.findings == ()


def test_a_wrong_answer_among_the_samples_is_no_fast_one() -> None:
    """A service that answers slowly first and wrongly then is not saved by how fast it was wrong."""
    down = an_answer("down", status=503)
    first, *_ = seen_by(a_probe(expect={"within_ms": 100}), Sending(900.0, down, down, 50.0)).attempts
    assert [finding.rule for finding in first.findings] == ["status (503) == 200"]


def test_a_wrong_answer_and_a_slow_one_are_both_told() -> None:
    """An answer may be wrong and late."""
    late = dataclasses.replace(an_answer("down", status=503), timing=Timing(total_ms=900.0))
    first, *_ = seen_by(a_probe(expect={"within_ms": 100}), Sending(late, 900.0, 900.0, 50.0)).attempts
    assert [finding.rule for finding in first.findings] == ["status (503) == 200", "health.root.total_ms (900) <= 100"]


def test_a_probe_sends_its_own_headers_after_everyones() -> None:
    """The request is the probe's, at the target's address, with the headers of all and its own."""
    probe = a_probe(request="POST /cart?id=1", permits=["POST /cart"], headers={"X-Own": "1"})
    assert request_of(probe, terms("http://a.example/shop", headers=(("User-Agent", "smoke"),))) == Request(
        method="POST",
        url="http://a.example/shop/cart?id=1",
        headers=(("User-Agent", "smoke"), ("X-Own", "1")),
        check_id="health.root",
    )


def test_a_preflight_may_come_from_the_target_itself() -> None:
    """``{origin}`` is where the pages come from, so that the same probe asks in every environment."""
    said = {"id": "cors.allowed", "title": "CORS", "category": "api-health", "expect": {"cors": "allowed"}}
    preflight = {"origin": "{origin}", "method": "POST"}
    probe = TypeAdapter(Probe).validate_python({**said, "request": "OPTIONS /orders", "preflight": preflight})
    request = request_of(probe, terms("http://api.example"), {"origin": "http://a.example"})
    assert request.header("origin") == "http://a.example"
