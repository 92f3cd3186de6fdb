"""Clean repetitions of probes: judged as in a run, without waiting for anything."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from smoke.answers.exchange import Exchange, Timing
from smoke.model import Blame, Outcome
from smoke.proof.drill import Basis
from smoke.proof.forecast import Forecast
from smoke.proof.hurried import HurriedLoop
from smoke.proof.probes_outdoors import repeat_probes
from smoke.proof.weather import WEATHERS, Weather, later
from tests.proof.test_drill import a_probe, basis, taped

HERE = ("health.root", 1)
QUICK = Timing(first_byte_ms=4.0, total_ms=5.0)


def in_weather(on: Basis, *weathers: Weather, number: int = 1) -> tuple[Outcome, Blame | None]:
    one = Forecast(seed=1, number=number, weathers=weathers, struck={each.name: HERE for each in weathers})
    result = repeat_probes(on, one)["health.root"]
    return result.outcome, result.blame


def weather(name: str) -> Weather:
    return next(each for each in WEATHERS if each.name == name)


def always_late(ms: float) -> Weather:
    return Weather(name="late", share=1.0, act=lambda good, _now: later(good, ms))


def test_waiting_takes_no_time() -> None:
    """An hour is over at once, in its order with others, and a time-out comes first if it is shorter."""
    order = []

    async def wait(seconds: float) -> None:
        await asyncio.sleep(seconds)
        order.append(seconds)

    async def all_of_them() -> float:
        await asyncio.gather(wait(3600), wait(60), wait(0.5))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(10):
                await asyncio.sleep(20)
        return asyncio.get_running_loop().time()

    begun = time.monotonic()
    with asyncio.Runner(loop_factory=HurriedLoop) as runner:
        assert runner.run(all_of_them()) == pytest.approx(3610)
    assert order == [0.5, 60, 3600]
    assert time.monotonic() - begun < 600


def test_in_no_weather_everything_passes() -> None:
    assert in_weather(basis((a_probe(),), taped())) == (Outcome.PASS, None)


def test_a_dropped_connection_is_got_over_by_another_attempt() -> None:
    """As in a run: counted as FLAKY, with the blame of the first attempt."""
    on = basis((a_probe(),), taped(timing=QUICK))
    assert in_weather(on, weather("dropped-connection")) == (Outcome.FLAKY, Blame.TCP)


def test_one_slow_answer_is_not_held_against_a_budget() -> None:
    """The median of several is judged."""
    probe = a_probe(expect={"within_ms": 500})
    assert in_weather(basis((probe,), taped(timing=QUICK)), weather("slow-first-byte")) == (Outcome.PASS, None)


def test_a_check_that_is_too_tight_for_the_weather_is_counted_as_fail() -> None:
    """However often it is asked: no network is as quick as its budget."""
    tight, loose = (a_probe(expect={"within_ms": limit}) for limit in (15, 2000))
    for number in range(1, 6):
        assert in_weather(basis((tight,), taped(timing=QUICK)), weather("jitter"), number=number) == (
            Outcome.FAIL,
            Blame.SLOW,
        )
        assert in_weather(basis((loose,), taped(timing=QUICK)), weather("jitter"), number=number)[0] is Outcome.PASS


def test_an_answer_that_comes_after_the_time_out_never_came() -> None:
    """The terms allow five seconds."""
    assert in_weather(basis((a_probe(),), taped(timing=QUICK)), always_late(6000)) == (Outcome.FAIL, Blame.SLOW)
    assert in_weather(basis((a_probe(),), taped(timing=QUICK)), always_late(4000)) == (Outcome.PASS, None)


def test_each_attempt_meets_the_answers_from_their_beginning() -> None:
    """Else a counter that moved in the clean run would stand still for whoever asks again."""
    counter = {"read": "GET /count", "json": "n", "must": "move"}
    counts = [taped(path="/count", body=b'{"n": %d}' % number) for number in (1, 2)]
    on = basis((a_probe(counter=counter),), taped(timing=QUICK), *counts)
    one = Forecast(
        seed=1, number=1, weathers=(weather("dropped-connection"),), struck={"dropped-connection": ("health.root", 3)}
    )
    result = repeat_probes(on, one)["health.root"]
    assert (result.outcome, result.blame) == (Outcome.FLAKY, Blame.TCP), result.reason


def test_what_is_not_on_the_tape_is_not_judged() -> None:
    on = basis((a_probe(request="GET /elsewhere"),), taped())
    assert in_weather(on, weather("jitter")) == (Outcome.NOT_RUN, None)


def test_patience_is_not_waited_for() -> None:
    """A probe that may wait for minutes until something holds does so in no time, and fails as in a run."""
    probe = a_probe(eventually={"within_s": 120, "every_s": 5}, expect={"json": {"status": {"equals": "never"}}})
    begun = time.monotonic()
    assert in_weather(basis((probe,), taped(timing=QUICK)), weather("jitter"))[0] is Outcome.FAIL
    assert time.monotonic() - begun < 60


def test_what_comes_after_a_failed_probe_is_not_run() -> None:
    after = a_probe("shop.after", "GET /after", after=["health.root"])
    on = basis((a_probe(), after), taped(timing=QUICK), _after())
    one = Forecast(seed=1, number=1, weathers=(always_late(6000),))
    found = repeat_probes(on, one)
    assert (found["health.root"].outcome, found["shop.after"].outcome) == (Outcome.FAIL, Outcome.NOT_RUN)


def _after(**changes: Any) -> Exchange:
    return taped("shop.after", "/after", timing=QUICK, **changes)
