"""The function: reads an event, runs ``smoke run`` as a child process, and answers with the verdict.

A verdict on the application, be it bad, is the answer. Where there is none, the function fails: its Errors metric and
its on-failure destination are told.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from child import Ended, Times, run_child
from evidence import keep
from order import Order, order_of
from sandbox import Sandbox, sandbox
from vault import VaultError, secrets_of

from smoke.config.problems import ConfigError
from smoke.gates.secrets import scrubber_of
from smoke.options import PART_OPTIONS
from smoke.secrets.secret import Scrubber

ROOT = Path(__file__).parent
"""Holds config/, page_objects/ and e2e/ too."""
CONCLUDE_S = 45.0
"""So long before the function's time-out a run is asked to end by itself."""
COPY_S = 15.0
"""So long before it, it is ended: evidence has to be copied."""
ANSWER_S = 2.0
"""So long before it, an answer is given."""
VERDICTS = {0: {"PASS", "FLAKY"}, 1: {"FAIL", "FLAKY"}}
"""By exit code: what verdict.json says then."""
WHOLE = {option.variable: "" for option in PART_OPTIONS}
"""A part would tell nobody, and nobody joins one here."""
WRONG_CONFIGURATION = 2
SHOWN_LINES = 40


class ConfigurationError(Exception):
    """The event, the secrets or the project are wrong (exit code 2)."""


class InconclusiveError(Exception):
    """Nothing can be said of the application (exit code 3)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of a run that judged the application."""

    verdict: str
    exit_code: int
    reason: str
    failed_category: str | None
    run_id: str
    reports: str | None
    """Where its evidence is."""


def handler(event: object, context: Any) -> dict[str, object]:
    """Run what ``event`` asks for; return an :class:`Answer`, or raise one of the errors above."""
    ends = time.monotonic() + context.get_remaining_time_in_millis() / 1000
    scrubber = scrubber_of(os.environ)
    try:
        order = order_of(event)
        secrets = secrets_of(os.environ)
        scrubber = scrubber_of({**os.environ, **secrets}, secrets)
        with sandbox() as place:
            invocation = Invocation(order=order, place=place, scrubber=scrubber, ends=ends, id=context.aws_request_id)
            return asdict(invocation.answer({**os.environ, **secrets}))
    except ConfigError as error:
        raise ConfigurationError(scrubber.text(str(error))) from None
    except (VaultError, OSError) as error:
        raise InconclusiveError(scrubber.text(str(error))) from None


def is_judged(code: int, verdict: Mapping[str, Any]) -> bool:
    """Tell whether exit code and verdict.json, empty where there is none, agree on something about the application."""
    return verdict.get("verdict") in VERDICTS.get(code, ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """One run, from the event to the answer."""

    order: Order
    place: Sandbox
    scrubber: Scrubber
    ends: float
    """When Lambda ends it, in monotonic seconds."""
    id: str
    lines: deque[str] = field(default_factory=partial(deque, maxlen=SHOWN_LINES))
    """What the run said last, without secrets."""

    def say(self, line: str) -> None:
        """Log ``line`` without secrets."""
        self.lines.append(self.scrubber.text(line))
        print(self.lines[-1], flush=True)

    def answer(self, environ: Mapping[str, str]) -> Answer:
        """Run with ``environ``, copy the evidence, and answer; raises ConfigurationError or InconclusiveError."""
        times = Times(told=self.ends - CONCLUDE_S, killed=self.ends - COPY_S)
        if times.told <= time.monotonic():
            raise InconclusiveError(f"nothing was looked at: a run needs a time-out of more than {CONCLUDE_S:g} s")
        region = environ.get("SMOKE_REGION") or environ.get("AWS_REGION", "local")
        command = [sys.executable, "-m", "smoke", "run", *self.order.arguments(), "--no-color"]
        command += [f"--region={region}", f"--reports={self.place.reports}"]
        ended = run_child(command, ROOT, {**environ, **WHOLE, **self.place.environ()}, times, self.say)
        if ended.code == WRONG_CONFIGURATION:
            raise ConfigurationError("\n".join(self.lines))
        verdict = self._verdict()
        key = "/".join((self.order.suite, self.order.environment, region, verdict.get("run_id", self.id)))
        reports = keep(self.place.reports, key, environ, self.ends - ANSWER_S, self.say)
        if not is_judged(ended.code, verdict):
            raise InconclusiveError(self.scrubber.text(self._trouble(ended, verdict, reports)))
        return Answer(
            verdict=verdict["verdict"],
            exit_code=ended.code,
            reason=verdict["reason"],
            failed_category=verdict["failed_category"],
            run_id=verdict["run_id"],
            reports=reports,
        )

    def _verdict(self) -> dict[str, Any]:
        try:
            verdict: dict[str, Any] = json.loads((self.place.reports / "verdict.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        return verdict

    def _trouble(self, ended: Ended, verdict: dict[str, Any], reports: str | None) -> str:
        """Say why nothing can be said of the application."""
        told = [line for line in self.lines if line.startswith("INCONCLUSIVE")]
        how = f"the run said no verdict: it ended with {ended.code}"
        said = verdict["reason"] if verdict.get("verdict") == "INCONCLUSIVE" else told[-1] if told else how
        stopped = "" if ended.by_itself else f"; stopped {CONCLUDE_S:g} s before the time-out of the function"
        where = f"; reports: {reports}" if reports else ""
        return f"{self.order.suite} at {self.order.point} in {self.order.environment}: {said}{stopped}{where}"
