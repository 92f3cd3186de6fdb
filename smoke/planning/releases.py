"""What a release asks of smoke: its runs in order, with their times. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from smoke.config.suite import Suite
from smoke.model import Action
from smoke.planning.plan import Selection, plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One smoke run of a release."""

    point: str
    environment: str
    checks: int
    target_s: float
    monitoring_s: float
    """Of the monitoring period, where the release counts it."""
    action: Action
    """Asked for on failure."""

    @property
    def seconds(self) -> float:
        """Time that this stage takes of the release."""
        return self.target_s + self.monitoring_s


def stages(suite: Suite, release: str) -> tuple[Stage, ...]:
    """Return the stages of ``release``; raises KeyError if there is none of this name."""
    return tuple(
        Stage(
            point=stage.point,
            environment=suite.points[stage.point].environment,
            checks=len(plan(suite, stage.point, None, Selection()).checks),
            target_s=stage.target_s or suite.points[stage.point].target_s,
            monitoring_s=_monitoring(suite, stage.point) if stage.then_monitor else 0.0,
            action=suite.points[stage.point].on_failure.action,
        )
        for stage in suite.releases[release]
    )


def _monitoring(suite: Suite, point: str) -> float:
    watch = suite.points[point].monitoring
    return watch.duration_s if watch else 0.0
