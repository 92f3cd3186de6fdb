"""Single lines for people: what a run asked of the target, and how to run one of its checks again. Pure."""

from __future__ import annotations

import shlex
from collections import Counter

from smoke.judging.judged import Run
from smoke.model import Check, CheckKind
from smoke.options import OPTIONS
from smoke.restraint.rate import percent
from smoke.safety import Safety

AT_HOME = ("local", "local")
"""Execution point and environment of a run that names neither."""
LONGEST_LINE = 2000
"""Characters of what pytest shows of an error: a page that is compared with another comes in one line of millions."""
DEFAULTS = {option.flag: option.default for option in OPTIONS}


def receipt(safety: Safety) -> str:
    """Say how much a run asked, what was stopped, and what it wrote: all of that under a permit."""
    writes = sum(each.count for each in safety.mutations)
    blocked = f"{len(safety.blocked)} blocked" + (f": {_listed(Counter(safety.blocked))}" if safety.blocked else "")
    made: Counter[str] = Counter()
    for each in safety.mutations:
        made[f"{each.method} {each.path}"] += each.count
    permitted = f"{_counted(writes, 'permitted write')}: {_listed(made)}" if writes else "no writes"
    silenced = f", {safety.silenced} silenced" if safety.silenced else ""
    peak = "" if safety.rate_limit_peak is None else f", peak {percent(safety.rate_limit_peak)} of the rate limit"
    return f"{_counted(safety.requests, 'request')}, {blocked}, {permitted}{silenced}{peak}"


def again(run: Run, check: Check) -> str:
    """Return the command that runs ``check`` once more against the target of ``run``."""
    journey = check.kind is CheckKind.JOURNEY
    at_home = (run.execution_point, run.environment) == AT_HOME
    wanted = {
        "--suite": run.suite,
        "--env": None if at_home else run.environment,
        "--base-url": run.given_url,
        "--expect-build": run.expected_build,
        "--browser": run.browser if journey else None,
    }
    said = [word for flag, value in wanted.items() if value and value != DEFAULTS[flag] for word in (flag, value)]
    point = [] if run.execution_point == AT_HOME[0] else [run.execution_point]
    return shlex.join(["smoke", "run", *point, *said, "--check", check.id, *(["--headed"] if journey else [])])


def cut_lines(text: str) -> str:
    """Return of each line of ``text`` as much as a person reads, and how many characters more it had."""
    return "\n".join(
        line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]} … ({len(line) - LONGEST_LINE} more)"
        for line in text.split("\n")
    )


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{what} x{count}" for what, count in counts.items())


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"
