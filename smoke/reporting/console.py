"""What a person sees of a run: progress as it goes, a table at its end, the verdict in one sentence."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import IO, TYPE_CHECKING, cast

from smoke.host.pipes import Unbroken
from smoke.judging.causes import Cause, causes_of
from smoke.judging.judged import CheckResult, Run
from smoke.judging.offline import NETWORK
from smoke.model import Check, Outcome
from smoke.observation import Finding, Measurement
from smoke.reporting.lines import again, receipt
from smoke.reporting.progress import Progress

if TYPE_CHECKING:
    from rich.console import Console as Terminal
    from rich.progress import Progress as Bars
    from rich.progress import TaskID
    from rich.table import Table

STYLES: Mapping[Outcome, str] = {
    Outcome.PASS: "green",
    Outcome.FLAKY: "yellow",
    Outcome.FAIL: "bold red",
    Outcome.INCONCLUSIVE: "magenta",
    Outcome.NOT_RUN: "dim",
}
WIDTH_WITHOUT_TERMINAL = 140
MOST_ROWS = 100
"""Of more checks the table has only those that are not green: nobody reads a thousand lines."""
COLOURED = ("FORCE_COLOR", "TTY_COMPATIBLE")
"""Variables by which a CI system says that it shows what a terminal would."""


@dataclass
class Console:
    """Writes for people. On a terminal it is alive and coloured, elsewhere it prints plain lines."""

    file: IO[str]
    plain: bool = False
    """Without colours and movement, on a terminal too."""

    @staticmethod
    def open(*, stream: int, plain: bool) -> Console:
        """Open file descriptor ``stream`` (1 or 2), on a copy that pytest's capture does not swallow."""
        file = os.fdopen(os.dup(stream), "w", encoding="utf-8", buffering=1)
        return Console(cast("IO[str]", Unbroken(file)), plain=plain or bool(os.environ.get("NO_COLOR")))

    @cached_property
    def terminal(self) -> Terminal:
        """What draws tables and bars; loaded when something is drawn."""
        from rich.console import Console as Terminal

        width = None if self.file.isatty() else WIDTH_WITHOUT_TERMINAL
        force = None if self.is_alive else False
        return Terminal(file=self.file, width=width, no_color=self.plain, force_terminal=force, highlight=False)

    @property
    def is_alive(self) -> bool:
        """Whether it can move and colour what it shows."""
        return not self.plain and (
            self.file.isatty() or any(os.environ.get(name, "0") not in ("", "0") for name in COLOURED)
        )

    def line(self, text: str) -> None:
        """Print one line as it is."""
        if self.is_alive:
            self.terminal.print(text, markup=False, soft_wrap=True)
        else:
            self.file.write(f"{text}\n")

    @contextmanager
    def progress(self, total: int) -> Iterator[Progress]:
        """Show ``total`` checks as they start and finish."""
        if not self.is_alive:
            yield Progress(finished=self._finished)
            return
        with _live(self.terminal) as bars:
            running: dict[str, TaskID] = {}
            overall = bars.add_task("checks", total=total)

            def started(check: Check) -> None:
                running[check.id] = bars.add_task(f"{check.id}  [dim]{check.title}", total=None)

            def finished(result: CheckResult) -> None:
                if result.check.id in running:
                    bars.remove_task(running.pop(result.check.id))
                bars.advance(overall)
                self._finished(result)

            yield Progress(started=started, finished=finished)

    def _finished(self, result: CheckResult) -> None:
        outcome, text = f"{result.outcome:<12}", f" {result.check.id:<22} {result.duration_ms / 1000:6.2f} s"
        if result.outcome is not Outcome.PASS and result.reason:
            text += f"  {result.reason.removeprefix(f'{result.check.id}.')}"
        if result.outcome is Outcome.FAIL and result.blame in NETWORK:
            text += " (unless this runner is offline)"
        if not self.is_alive:
            self.line(outcome + text)
            return
        from rich.text import Text

        self.terminal.print(Text.assemble((outcome, STYLES[result.outcome]), text), soft_wrap=True)

    def summary(self, run: Run, left: Sequence[str]) -> None:
        """Print the table, what is wrong, the verdict and where to find more."""
        self.terminal.print(_table(run))
        if untold := len(run.results) - len(_shown(run.results)):
            self.line(f"and {untold} checks that passed")
        shared = {check: cause for cause in causes_of(run.results) if cause.is_shared for check in cause.checks}
        for result in run.results:
            cause = shared.get(result.check.id)
            if cause is None and result.outcome is not Outcome.PASS:
                self._explain(result, run)
            elif cause is not None and result.check.id == cause.checks[0]:
                self._explain_once(cause, run)
        for trouble in run.troubles:
            self.line(f"trouble: {trouble}")
        self.line(f"receipt: {receipt(run.safety)}")
        for path in left:
            self.line(f"  {path}")
        budget = f"{run.duration_s:.1f} s of {run.target_s:g} s"
        over = "" if run.duration_s <= run.target_s else " (over its target)"
        self.terminal.print(f"[{STYLES[run.verdict]}]{run.verdict}[/]", end=" ")
        self.line(f"{run.suite} at {run.execution_point} in {run.environment}: {run.reason}; {budget}{over}")

    def _explain_once(self, cause: Cause, run: Run) -> None:
        """Print a cause of several checks, the evidence of the first, and of the others what else was found."""
        outcome = cause.blame.outcome
        self.terminal.print(f"[{STYLES[outcome]}]{outcome} ({cause.blame})[/]", end=" ")
        self.line(cause.told(len(run.results)))
        first, *others = (result for result in run.results if result.check.id in cause.checks)
        self.line(f"  {', '.join(cause.checks)}")
        self._details(first, run)
        for result in others:
            for rule in besides(result, cause):
                self.line(f"  {result.check.id} besides: {rule}")

    def _explain(self, result: CheckResult, run: Run) -> None:
        blame = f" ({result.blame})" if result.blame else ""
        self.terminal.print(f"[{STYLES[result.outcome]}]{result.outcome}{blame}[/] {result.check.id}", end="")
        self.line(f": {result.not_run}" if result.not_run else "")
        if result.attempts:
            self._details(result, run)

    def _details(self, result: CheckResult, run: Run) -> None:
        for which, findings in attempts_told(result):
            for finding in findings:
                self.line(f"  {which}: {finding.rule}")
                for line in finding.evidence:
                    self.line(f"    {line}")
        if result.hint:
            self.line(f"  hint: {result.hint}")
        if result.last and result.last.artifacts:
            self.line("  evidence: " + ", ".join(artifact.path for artifact in result.last.artifacts))
        self.line(f"  again: {again(run, result.check)}")


@contextmanager
def _live(terminal: Terminal) -> Iterator[Bars]:
    from rich.progress import Progress as Bars
    from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Bars(*columns, console=terminal, transient=True, redirect_stdout=False, redirect_stderr=False) as bars:
        yield bars


def _table(run: Run) -> Table:
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE, pad_edge=False, title_justify="left")
    for name in ("check", "outcome"):
        table.add_column(name, no_wrap=True, overflow="fold")
    table.add_column("time", justify="right")
    table.add_column("closest to its budget")
    table.add_column("what is verified", style="dim", ratio=1)
    for result in _shown(run.results):
        table.add_row(
            result.check.id,
            f"[{STYLES[result.outcome]}]{result.outcome}[/]",
            f"{result.duration_ms / 1000:.2f} s" if result.attempts else "",
            closest(result),
            result.check.title,
        )
    return table


def _shown(results: Sequence[CheckResult]) -> list[CheckResult]:
    many = len(results) > MOST_ROWS
    return [result for result in results if not (many and result.outcome is Outcome.PASS)]


def attempts_told(result: CheckResult) -> list[tuple[str, tuple[Finding, ...]]]:
    """Return the findings of the bad attempts, those that say the same told once: ``attempts 1, 2``."""
    told: dict[tuple[str, ...], tuple[list[str], tuple[Finding, ...]]] = {}
    for attempt in result.attempts:
        if attempt.findings:
            key = tuple(re.sub(r"\d+", "0", finding.rule) for finding in attempt.findings)
            told.setdefault(key, ([], attempt.findings))[0].append(str(attempt.number))
    return [
        (f"attempt{'s' * (len(numbers) > 1)} {', '.join(numbers)}", findings) for numbers, findings in told.values()
    ]


def besides(result: CheckResult, cause: Cause) -> list[str]:
    """Return the rules that ``result`` broke and that ``cause`` does not account for, each once."""
    found = (finding for attempt in result.attempts for finding in attempt.findings)
    return list(dict.fromkeys(each.rule for each in found if each.blame is not cause.blame))


def closest(result: CheckResult) -> str:
    """Say which measurement used most of its budget: ``load_ms 412 of 3000``."""
    judged = [each for each in (result.last.measurements if result.last else ()) if each.ok is not None]
    if not judged:
        return ""
    worst = max(judged, key=_share)
    return f"{worst.name.removeprefix(result.check.id + '.')} {worst.value:.4g} of {worst.budget:g}"


def _share(each: Measurement) -> float:
    return (each.value or 0.0) / (each.budget or 1.0)
