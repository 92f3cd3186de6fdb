"""Runs a point's checks for a gate: ``smoke run`` as a program of its own, so that its end, too, is evidence."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from smoke.gates.checklist import CheckSeen
from smoke.model import Category, Outcome
from smoke.options import OPTIONS, PART_OPTIONS
from smoke.settings import Settings

LATE_S = 180.0
"""Beyond the point's time-out: set-up, and what follows the verdict."""
ENDS_S = 20.0
"""How long a run that is interrupted has for its end."""
CODES = {0: (Outcome.PASS, Outcome.FLAKY), 1: (Outcome.FAIL, Outcome.FLAKY), 3: (Outcome.INCONCLUSIVE, Outcome.NOT_RUN)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a run of the checks said."""

    verdict: Outcome
    reason: str
    failed_category: Category | None = None
    builds: Mapping[str, int] = field(default_factory=dict)
    """Answers by the build that they showed."""
    silent: int = 0
    run_id: str | None = None
    finished: float | None = None
    """Seconds since the epoch."""
    checks: tuple[CheckSeen, ...] = ()


def run_checks(settings: Settings, timeout_s: float, *, expect_build: str | None) -> Checked:
    """Run ``smoke run POINT`` with ``settings``; whatever is not a whole verdict is INCONCLUSIVE.

    Its progress goes to stderr as it comes.
    """
    command = [sys.executable, "-m", "smoke", "run", settings.point, "--json"]
    environ = {**settings.environ, **_variables(settings)}
    environ["SMOKE_EXPECT_BUILD"] = expect_build or ""  # said, so that .env does not say otherwise
    child = subprocess.Popen(command, cwd=settings.root, env=environ, stdout=subprocess.PIPE, text=True)
    try:
        output, _ = child.communicate(timeout=timeout_s + LATE_S)
    except subprocess.TimeoutExpired:
        _end(child)
        return Checked(verdict=Outcome.INCONCLUSIVE, reason=f"the run did not end within {timeout_s + LATE_S:.0f} s")
    except BaseException:
        _end(child)
        raise
    return checked(output, child.returncode)


def checked(output: str, code: int) -> Checked:
    """Read verdict.json as ``smoke run --json`` printed it; its exit code must say the same."""
    try:
        said = json.loads(output)
        verdict = Outcome(said["verdict"])
        failed = said["failed_category"]
        found = Checked(
            verdict=verdict,
            reason=said["reason"],
            failed_category=Category(failed) if failed else None,
            builds={str(build): int(count) for build, count in said["build"]["answers"].items()},
            silent=int(said["build"]["silent"]),
            run_id=said["run_id"],
            finished=datetime.fromisoformat(said["finished"]).timestamp(),
            checks=tuple(_check(each) for each in said["checks"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        why = {2: "the configuration is wrong"}.get(code, f"the run exited with {code}")
        return Checked(verdict=Outcome.INCONCLUSIVE, reason=f"the run said no verdict: {why}")
    if verdict not in CODES.get(code, ()):
        return Checked(verdict=Outcome.INCONCLUSIVE, reason=f"the run said {verdict}, but exited with {code}")
    return found


def _check(row: Mapping[str, str]) -> CheckSeen:
    return CheckSeen(
        id=row["id"],
        category=Category(row["category"]),
        critical=bool(row["critical"]),
        outcome=Outcome(row["outcome"]),
    )


def _variables(settings: Settings) -> dict[str, str]:
    """Return the environment variables that settle every option as ``settings`` has it."""
    found = {option.variable: "" for option in PART_OPTIONS}  # a gate looks at the whole
    for option in OPTIONS:
        value = getattr(settings, option.name)
        if value is None or value is False or value == ():
            found[option.variable] = ""
        else:
            found[option.variable] = ",".join(map(str, value)) if option.repeat else str(value)
    return found


def _end(child: subprocess.Popen[str]) -> None:
    child.terminate()
    try:
        child.communicate(timeout=ENDS_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.communicate()
