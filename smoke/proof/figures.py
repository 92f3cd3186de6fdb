"""Sends what a drill showed to the sinks, as a run sends its measurements."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from smoke.judged import Run
from smoke.model import Action, Outcome
from smoke.proof.matrix import Matrix
from smoke.settings import Settings
from smoke.sinks.delivery import deliver_all
from smoke.sinks.metrics import Metric, detection
from smoke.sinks.registry import enabled


def figures_of(matrix: Matrix) -> tuple[Metric, ...]:
    """Return the detection rate, overall and by category; nothing of a drill that could not try everything."""
    if matrix.outcome is Outcome.INCONCLUSIVE or matrix.detection_rate is None:
        return ()
    return detection(matrix.suite, matrix.environment, matrix.detection_rate, matrix.rates(), matrix.finished)


def send(matrix: Matrix, settings: Settings, say: Callable[[str], None]) -> None:
    """Deliver the figures of ``matrix`` to all sinks that are enabled, telling ``say`` what did not work."""
    figures = figures_of(matrix)
    for delivery in deliver_all(_as_run(matrix, settings), enabled(settings), settings, metrics=figures):
        if not delivery.ok:
            say(f"{delivery.sink}: {delivery.detail}; the figures stay in {settings.reports}")


def _as_run(matrix: Matrix, settings: Settings) -> Run:
    """Return ``matrix`` as sinks know what figures come from."""
    caught = matrix.outcome is Outcome.PASS
    return Run(
        run_id=f"proof-{uuid.uuid4().hex[:8]}",
        suite=matrix.suite,
        environment=matrix.environment,
        execution_point=settings.point,
        region=settings.region,
        browser=settings.browser,
        base_url=settings.base_url or "",
        started=matrix.finished - matrix.duration_s,
        finished=matrix.finished,
        verdict=matrix.outcome,
        passed=caught,
        action=Action.PROCEED if caught else Action.BLOCK,
        reason=f"{len(matrix.cases) - len(matrix.bad)} of {len(matrix.cases)} faults were caught",
        failed_category=None,
        results=(),
        target_s=0.0,
        timeout_s=0.0,
        config_sha256=matrix.config_sha256,
    )
