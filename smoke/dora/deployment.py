"""A deployment, as a gate recorded it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """A build that reached production, or went back to it."""

    suite: str
    environment: str
    build: str
    commit: str | None
    point: str
    """Execution point whose gate recorded it: post-production or post-rollback."""
    at: float
    """When its gate decided; seconds since the epoch, as every time here."""
    committed_at: float | None = None
    """When its commit was made; None: nobody said."""
    success: bool
    failure_reason: str | None = None
    detected_at: float | None = None
    """When the failure was noticed; None: by its own gate, or there was none."""

    @property
    def is_rollback(self) -> bool:
        """Tell whether it went back: it restores service, and is no deployment of its own."""
        return self.point == "post-rollback"


def marked_failed(deployments: Sequence[Deployment], build: str, reason: str, now: float) -> tuple[Deployment, ...]:
    """Return the deployments with the latest one of ``build`` failed, noticed at ``now`` unless it was before.

    Raises KeyError if there is none of that build.
    """
    index = max(
        (number for number, each in enumerate(deployments) if each.build == build and not each.is_rollback),
        key=lambda number: deployments[number].at,
        default=None,
    )
    if index is None:
        raise KeyError(build)
    found = deployments[index]
    noticed = now if found.success else found.detected_at
    failed = replace(found, success=False, failure_reason=reason, detected_at=noticed)
    return (*deployments[:index], failed, *deployments[index + 1 :])


def is_known(deployment: Deployment, known: Iterable[Deployment]) -> bool:
    """Tell whether ``deployment`` is among ``known``; files have its time to the second only."""
    key = _key(deployment)
    return any(_key(each) == key for each in known)


def _key(each: Deployment) -> tuple[str, str, str, str, int]:
    return (each.suite, each.environment, each.build, each.point, int(each.at))
