"""Writes down what a gate after a deployment or a rollback saw of it."""

from __future__ import annotations

import math
import subprocess
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from smoke.dora.deployment import Deployment
from smoke.dora.document import history_jsonl
from smoke.gates.acting import Means
from smoke.gates.decision import Decision
from smoke.gates.pipeline import commit_of
from smoke.history.deployments import Deployments
from smoke.model import Outcome
from smoke.storage.store import Store

POINTS = ("post-production", "post-rollback")
FILE = "deployment_history.jsonl"


def record_gate(decision: Decision, means: Means, reports: Path) -> None:
    """Record what a gate at post-production or post-rollback judged; nothing elsewhere, or where nothing was judged.

    Raises HistoryError and OSError.
    """
    if decision.point in POINTS and is_judged(decision):
        record(_deployment(decision, means), means.store, reports)


def is_judged(decision: Decision) -> bool:
    """Tell whether ``decision`` says anything of the deployment."""
    return decision.outcome in (Outcome.PASS, Outcome.FLAKY, Outcome.FAIL)


def last_good(means: Means) -> str | None:
    """Return the build that was last deployed well, other than that of ``means``; None: nobody knows of one.

    Raises HistoryError.
    """
    known = Deployments(means.store).between(means.suite, means.environment, 0.0, float("inf"))
    good = [each.build for each in known if each.success and each.build != means.build]
    return good[-1] if good else None


def record(deployment: Deployment, store: Store, reports: Path) -> Path:
    """Keep ``deployment`` in the history and return the file of all of them; raises HistoryError and OSError.

    A gate that is run again for the same build and point takes the place of its earlier record.
    """
    deployments = Deployments(store)
    known = deployments.between(deployment.suite, deployment.environment, 0.0, deployment.at)
    last = max(known, key=lambda each: each.at, default=None)
    again = last is not None and (last.build, last.point) == (deployment.build, deployment.point)
    deployments.save(_replaced(last, deployment) if again and last is not None else deployment)
    every = deployments.between(deployment.suite, deployment.environment, 0.0, float("inf"))
    return write_history(reports, every)


def write_history(reports: Path, deployments: Iterable[Deployment]) -> Path:
    """Write deployment_history.jsonl among the reports and return where it is; raises OSError."""
    reports.mkdir(parents=True, exist_ok=True)
    path = reports / FILE
    path.write_text(history_jsonl(deployments), encoding="utf-8")
    return path


def _deployment(decision: Decision, means: Means) -> Deployment:
    commit = commit_of(means.environ)
    return Deployment(
        suite=means.suite,
        environment=means.environment,
        build=means.build or "unknown",
        commit=commit,
        point=decision.point,
        at=time.time(),
        committed_at=_committed_at(commit, means.environ, means.folder),
        success=decision.passed,
        failure_reason=None if decision.passed else decision.reason,
    )


def _replaced(last: Deployment, now: Deployment) -> Deployment:
    return replace(now, at=last.at, detected_at=None if now.success else now.at)


def _committed_at(commit: str | None, environ: Mapping[str, str], folder: Path) -> float | None:
    """Return when ``commit`` was made: SMOKE_COMMITTED_AT in seconds since the epoch, else what git knows here."""
    if said := environ.get("SMOKE_COMMITTED_AT"):
        try:
            when = float(said)
        except ValueError:
            return None
        return when if math.isfinite(when) else None
    if commit is None:
        return None
    command = ["git", "show", "-s", "--format=%ct", "--end-of-options", commit]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=5)
    except (OSError, subprocess.SubprocessError):
        return None
    told = done.stdout.strip().splitlines()
    return float(told[-1]) if done.returncode == 0 and told and told[-1].isdigit() else None
