"""Reads deployment_history.jsonl: our own lines, and those of seed 004, which say less. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from smoke.dora.deployment import Deployment

Name = Annotated[str, Field(min_length=1)]


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid")

    timestamp: AwareDatetime
    commit: Name | None = None
    build: Name | None = None
    suite: Name | None = None
    environment: Name | None = None
    execution_point: Literal["post-production", "post-rollback"] = "post-production"
    success: bool
    failure_reason: str | None = None
    committed_at: AwareDatetime | None = None
    detected_at: AwareDatetime | None = None


def from_line(line: str, suite: str, environment: str) -> Deployment:
    """Return the deployment of a line; what it does not say is of ``suite`` in ``environment``, its build the commit.

    Raises ValueError with what is wrong.
    """
    try:
        told = _Line.model_validate_json(line)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise ValueError(f"{where}: {first['msg']}" if where else str(first["msg"])) from None
    build = told.build or told.commit
    if build is None:
        raise ValueError("names neither a build nor a commit")
    return Deployment(
        suite=told.suite or suite,
        environment=told.environment or environment,
        build=build,
        commit=told.commit,
        point=told.execution_point,
        at=told.timestamp.timestamp(),
        committed_at=_epoch(told.committed_at),
        success=told.success,
        failure_reason=told.failure_reason,
        detected_at=_epoch(told.detected_at),
    )


def _epoch(at: datetime | None) -> float | None:
    return None if at is None else at.timestamp()
