"""What a job's summary shows of joined runs: a line for each region, also for one that left nothing. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from smoke.gates.markdown import plain
from smoke.gates.outputs import MARKS
from smoke.joining.merging import Joined, aim_of
from smoke.model import Outcome
from smoke.running.scheduled import Aim

NAMES = {0: Outcome.PASS, 1: Outcome.FAIL, 3: Outcome.INCONCLUSIVE}
"""By exit code."""


def summary(joined: Joined) -> str:
    """Return ``joined`` as Markdown."""
    worst = NAMES[joined.code]
    lines = [
        f"## {MARKS[worst]} Smoke: {worst}",
        "",
        "| looked at | region | verdict | why | took |",
        "|---|---|---|---|---|",
        *sorted(_rows(joined)),
        *(f"\n> {plain(told)}" for told in joined.missing),
        "",
        "",
    ]
    return "\n".join(lines)


def _rows(joined: Joined) -> Iterator[str]:
    for whole in joined.wholes.values():
        run, aim = whole.run, aim_of(whole)
        told = f"{plain(run.region)} | {MARKS[run.verdict]} {run.verdict} | {plain(run.reason)}"
        yield f"| {_looked_at(aim)} | {told} | {run.finished - run.started:.0f} s |"
    for aim, region in joined.silent:
        yield f"| {_looked_at(aim)} | {plain(region)} | {MARKS[Outcome.NOT_RUN]} left nothing | nobody knows | |"


def _looked_at(aim: Aim) -> str:
    return plain(f"{aim.suite} at {aim.point} in {aim.environment}")
