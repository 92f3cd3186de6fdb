"""Clean repetitions of probes: as in a run, but answered from the tape, in some weather, and without really waiting."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count

from smoke.answers.exchange import Exchange, NoAnswer, NoAnswerError, Request
from smoke.calibration import Calibration, Reference
from smoke.judging.confirming import confirmed_ones
from smoke.judging.judge import judge_check
from smoke.judging.judged import CheckResult
from smoke.observation import Observation
from smoke.probing import reference
from smoke.probing.asking import Shared
from smoke.probing.runner import ProbeRunner
from smoke.probing.waited import Waited, this_attempt
from smoke.proof.broker import AnyCode
from smoke.proof.drill import Basis
from smoke.proof.faulty import no_answer
from smoke.proof.forecast import Forecast
from smoke.proof.hurried import HurriedLoop
from smoke.proof.tape import Call, NotOnTapeError, Tape


@dataclass(slots=True)
class Outdoors:
    """Answers probes from the tape, as it arrives in the weather of one repetition."""

    tape: Tape
    forecast: Forecast
    unknown: dict[str, str] = field(default_factory=dict)
    """By check, why a request of it could not be answered."""
    _asked: dict[Waited | None, Counter[Call]] = field(default_factory=lambda: defaultdict(Counter))
    """By attempt: each begins anew."""
    _turns: dict[str, Iterator[int]] = field(default_factory=lambda: defaultdict(lambda: count(1)))
    """Numbers of the requests of each check."""
    _readings: Iterator[int] = field(default_factory=lambda: count(1))

    async def reading(self) -> Calibration:
        """Return how long the reference exchange takes on the runner of this repetition."""
        took_ms = self.forecast.reading_ms(next(self._readings))
        band_ms = Reference.EXCHANGE.band_ms
        return Calibration(reference=Reference.EXCHANGE, readings_ms=(took_ms,), band_ms=band_ms)

    async def send(self, request: Request, timeout_s: float) -> Exchange:
        """Answer ``request`` when it is time; raises ProbeFailedError as the client does."""
        turn = next(self._turns[request.check_id])
        try:
            good = self.tape.answer(request, self._asked[this_attempt()])
            arrived = self.forecast.over(good, (request.check_id, turn), foreign=False)
        except NotOnTapeError as error:
            self.unknown[request.check_id] = str(error)
            raise no_answer(NoAnswer.RESET, request, timeout_s) from error
        except NoAnswerError as error:
            raise no_answer(error.how, request, timeout_s) from error
        wait_s = arrived.timing.total_ms / 1000
        await asyncio.sleep(min(wait_s, timeout_s))
        if wait_s > timeout_s:
            raise no_answer(NoAnswer.HANGS, request, timeout_s)
        return arrived


def repeat_probes(basis: Basis, forecast: Forecast) -> dict[str, CheckResult]:
    """Run all probes of ``basis`` once in the weather of ``forecast``; return what was judged, by check."""
    outdoors = Outdoors(basis.tape, forecast)
    with _hurried(basis, outdoors) as runner:
        runner.start(basis.probes)
        seen = {probe.id: runner.result(probe.id) for probe in basis.probes}
    for name, why in outdoors.unknown.items():
        seen[name] = Observation(check_id=name, attempts=(), not_run=basis.scrub(why))
    return {name: judge_check(basis.checks[name], observation) for name, observation in confirmed_ones(seen).items()}


@contextmanager
def _hurried(basis: Basis, outdoors: Outdoors) -> Iterator[ProbeRunner]:
    loop = HurriedLoop()
    calm = partial(reference.calm, outdoors.reading)
    shared = Shared(values=dict(basis.values), codes=AnyCode(), calm=calm, reading=outdoors.reading)
    runner = ProbeRunner(basis.terms, outdoors.send, shared, loop)
    try:
        yield runner
    finally:
        runner.stop()
        loop.close()
