"""What was deployed, as gates recorded it."""

from __future__ import annotations

from dataclasses import dataclass

from smoke.dora.deployment import Deployment
from smoke.storage.store import Row, Store, upsert

_COLUMNS = (
    "suite", "environment", "build", "point", "at", "commit_id", "committed_at", "success", "failure_reason",
    "detected_at",
)  # fmt: skip
_SAVE = upsert("deployment_history", _COLUMNS, key=_COLUMNS[:5])


@dataclass(frozen=True, slots=True)
class Deployments:
    """The deployments in ``store``; both methods raise HistoryError."""

    store: Store

    def save(self, *deployments: Deployment) -> None:
        """Keep ``deployments`` in the place of what was known of them."""
        with self.store.writing() as db:
            db.executemany(_SAVE, [_row(each) for each in deployments])

    def between(self, suite: str, environment: str, since: float, until: float) -> tuple[Deployment, ...]:
        """Return what was deployed in [``since``, ``until``), the newest last; seconds since the epoch."""
        query = (
            f"SELECT {', '.join(_COLUMNS)} FROM deployment_history"  # noqa: S608 - our own names
            " WHERE suite = ? AND environment = ? AND at >= ? AND at < ? ORDER BY at, build, point"
        )
        with self.store.reading() as db:
            return tuple(_deployment(row) for row in db.execute(query, (suite, environment, since, until)))


def _row(each: Deployment) -> tuple[object, ...]:
    key = (each.suite, each.environment, each.build, each.point, each.at)
    return (*key, each.commit, each.committed_at, int(each.success), each.failure_reason, each.detected_at)


def _deployment(row: Row) -> Deployment:
    suite, environment, build, point, at, commit, committed_at, success, failure_reason, detected_at = row
    return Deployment(
        suite=suite,
        environment=environment,
        build=build,
        commit=commit,
        point=point,
        at=at,
        committed_at=committed_at,
        success=bool(success),
        failure_reason=failure_reason,
        detected_at=detected_at,
    )
