"""Tells on a console how proofs go."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from smoke.config.problems import ConfigError, Problem
from smoke.proof.matrix import GOOD, Case, Matrix, Result
from smoke.proof.progress import Going
from smoke.proof.shown import rate_told

if TYPE_CHECKING:
    from rich.status import Status

    from smoke.proof.clean import Clean
    from smoke.proof.journal import Opens
    from smoke.proof.parts import Wanted
    from smoke.proof.prove import Faults
    from smoke.reporting.console import Console
    from smoke.settings import Settings


@dataclass(slots=True)
class Teller:
    """Proves suites, and says what it sees."""

    console: Console
    suites: int = 1
    """How many will be proved."""
    unknown: Counter[str] = field(default_factory=Counter)
    """Faults that were asked for, with the number of suites that do not know them."""
    going: Going | None = None
    """The drill that goes on; None before the end of its clean run."""
    status: Status | None = None

    def line(self, text: str) -> None:
        """Say one line."""
        self.console.line(text)

    def prove(self, settings: Settings, wanted: Wanted, opens: Opens) -> Matrix | None:
        """Prove one suite and tell how it goes; None if its clean run was not clean."""
        from smoke.browser.choice import BrowserMissing
        from smoke.proof.clean import NotCleanError
        from smoke.proof.prove import Telling, prove

        self.going = None
        with ExitStack() as stack:
            if self.console.is_alive:
                self.status = stack.enter_context(self.console.terminal.status(f"{settings.suite}: clean run"))
            try:
                matrix = prove(settings, wanted, Telling(self._began, self._done, self._unknown), opens)
            except (NotCleanError, BrowserMissing) as error:
                self.line(f"{settings.suite}: INCONCLUSIVE, nothing can be proved: {error}")
                return None
        if wanted.is_whole and not settings.check and not settings.category:
            self.whole(matrix)
        else:
            self._summed_up(matrix)
        return matrix

    def whole(self, matrix: Matrix) -> None:
        """Say what a whole drill came to."""
        for check in matrix.unproven:
            self.line(f"  unproven: {check}, no fault turned it red; name one in its proves")
        self._summed_up(matrix)

    def _summed_up(self, matrix: Matrix) -> None:
        self.line(summary(matrix))
        if matrix.count(Result.SURVIVED):
            self.line(
                "  what such a fault does, and what would catch it: docs/proof.md of smoke-harness, What survived"
            )

    def interrupted(self) -> None:
        """Say that a drill was stopped, and how it is gone on with."""
        at = f" after {self.going.done} of {self.going.total} faults" if self.going else ""
        self.line(f"INCONCLUSIVE: interrupted{at}; the same command with --resume goes on from there")

    def _began(self, clean: Clean, todo: Faults, kept: int) -> None:
        asked = f"clean run PASS ({len(clean.results)} checks, {clean.requests} requests)"
        suite, faults = clean.plan.suite.name, f"{len(todo.keys)} faults to try"
        before = f", {kept} tried before" if kept else ""
        self.line(f"{suite} in {clean.plan.environment_name}: {asked}; {faults}{before}")
        self.going = Going(probes=len(todo.probes), journeys=len(todo.journeys), began=time.monotonic())

    def _done(self, case: Case) -> None:
        assert self.going is not None, "a drill begins before its first case is done"
        now = time.monotonic()
        self.going.add(case, now)
        if case.result not in GOOD:
            self.line(told(case))
        if self.status is not None:
            self.status.update(f"{case.suite}: {self.going.told(now)}")
        elif self.going.is_told:
            self.line(f"  {self.going.told(now)}")

    def _unknown(self, problems: Mapping[str, Problem]) -> None:
        self.unknown.update(problems.keys())
        if nowhere := [problem for name, problem in problems.items() if self.unknown[name] == self.suites]:
            raise ConfigError(nowhere)


def told(case: Case) -> str:
    """Say in a line what a bad case shows."""
    said = case.trouble or (
        f"{case.outcome} {case.blame}, {case.rule}" if case.blame else case.rule or "it stayed green"
    )
    wanted = f"; {' or '.join(case.expected)} is to blame" if case.result is Result.WRONG_BLAME else ""
    others = f"; also red: {', '.join(case.collateral)}" if case.collateral else ""
    return f"  {case.result}: {case.check_id}, {case.fault}: {said}{wanted}{others}"


def summary(matrix: Matrix) -> str:
    """Say in a line what a drill came to."""
    counts = [f"{matrix.count(each)} {each}" for each in Result]
    detected = f"{rate_told(matrix)}{' detected' if matrix.tried else ''}"
    return f"  {len(matrix.cases)} faults: {', '.join(counts)}; {detected}, in {matrix.duration_s:.1f} s"
