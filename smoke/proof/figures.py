"""Sends what a drill showed to the sinks, as a run sends its measurements."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from smoke.config.monitoring import monitoring
from smoke.history.opening import history_store
from smoke.model import Outcome
from smoke.proof.matrix import Matrix
from smoke.running.telling import tell
from smoke.settings import Settings
from smoke.sinks.bulletin import Bulletin
from smoke.sinks.metrics import Metric, detection


def figures_of(matrix: Matrix) -> tuple[Metric, ...]:
    """Return the detection rate, overall and by category; nothing of a drill that could not try everything."""
    if matrix.outcome is Outcome.INCONCLUSIVE or matrix.detection_rate is None:
        return ()
    return detection(matrix.suite, matrix.environment, matrix.detection_rate, matrix.rates(), matrix.finished)


def send(matrix: Matrix, settings: Settings, say: Callable[[str], None]) -> None:
    """Deliver the figures of ``matrix`` to all sinks that are enabled, telling ``say`` what did not work."""
    bulletin = Bulletin(
        run_id=f"proof-{uuid.uuid4().hex[:8]}",
        suite=matrix.suite,
        environment=matrix.environment,
        region=settings.region,
        reason=f"{len(matrix.cases) - len(matrix.bad)} of {len(matrix.cases)} faults were caught",
        finished=matrix.finished,
        duration_s=matrix.duration_s,
        metrics=figures_of(matrix),
    )
    tell(bulletin, monitoring(settings.root), history_store(settings), settings, say)
