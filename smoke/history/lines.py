"""Runs and incidents as lines of JSON, one for each, so that they can be carried from one history to another."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from smoke.history.incidents import COLUMNS, IncidentRow
from smoke.history.rows import ATTEMPT, CHECK, MEASUREMENT, RUN, RunRows
from smoke.model import Action, Blame, Category, CheckKind, Outcome
from smoke.observation import Unit

VERSION = 1
FORMAT = "smoke_history"
OF_RUN = '{"smoke_history":'
"""How the line of a run begins, as it is written."""
OF_INCIDENT = b'{"smoke_incident":'
"""How the line of an incident begins."""
Moment = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Name = Annotated[str, Field(min_length=1)]


class LineError(ValueError):
    """A line that is no run of ours; says what is wrong with it."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", ser_json_inf_nan="constants")


class _Measurement(_Part):
    position: int
    name: Name
    value: float | None
    unit: Unit
    budget: float | None


class _Attempt(_Part):
    number: int
    started: float | None
    duration_ms: float | None
    outcome: Outcome
    findings: str
    measurements: list[_Measurement]


class _Check(_Part):
    check_id: Name
    category: Category
    kind: CheckKind
    critical: bool
    outcome: Outcome
    blame: Blame | None
    duration_ms: float
    reason: str | None
    attempts: list[_Attempt]


class _Line(_Part):
    smoke_history: Literal[1]
    run_id: Name
    suite: Name
    environment: Name
    execution_point: str
    region: str
    browser: str
    base_url: str
    started: Moment
    finished: Moment
    verdict: Outcome
    passed: bool
    action: Action
    reason: str
    failed_category: Category | None
    expected_build: str | None
    builds: str
    config_sha256: str
    checks: list[_Check]

    @model_validator(mode="after")
    def each_once(self) -> _Line:
        """A run has each check once, each attempt of it once, and each of their measurements."""
        checks = [check.check_id for check in self.checks]
        attempts = [(check.check_id, each.number) for check in self.checks for each in check.attempts]
        if len({*checks}) < len(checks) or len({*attempts}) < len(attempts):
            raise ValueError("has a check or an attempt twice")
        return self


class _Incident(_Part):
    smoke_incident: Literal[1] = 1
    incident_id: Name
    suite: Name
    environment: Name
    rule: Name
    opened: Moment
    closed: Moment | None
    body: str

    @field_validator("body")
    @classmethod
    def is_object(cls, body: str) -> str:
        """What more there is to say of it is a JSON object."""
        if not isinstance(json.loads(body), dict):
            raise ValueError("is no JSON object")
        return body


def to_incident_line(incident: IncidentRow) -> str:
    """Return an incident as one line without its end."""
    told = {name: getattr(incident, name) for name in COLUMNS}
    return json.dumps({"smoke_incident": VERSION, **told}, separators=(",", ":"))


def from_incident_line(line: str | bytes) -> IncidentRow:
    """Return the incident of a line; raises LineError."""
    try:
        told = _Incident.model_validate_json(line)
    except ValidationError as error:
        raise explained(error) from None
    return IncidentRow(**{name: getattr(told, name) for name in COLUMNS})


def is_of_incident(line: str | bytes) -> bool:
    """Tell whether a line means to be of an incident."""
    return (line if isinstance(line, bytes) else line.encode()).lstrip().startswith(OF_INCIDENT)


def to_line(rows: RunRows) -> str:
    """Return a run as one line without its end; raises LineError where what is kept is no run."""
    told = dict(zip(RUN, rows.run, strict=True))
    checks: dict[Any, dict[str, Any]] = {}
    for row in rows.checks:
        checks[row[0]] = {**dict(zip(CHECK, row, strict=True)), "attempts": []}
    attempts: dict[Any, dict[str, Any]] = {}
    for row in rows.attempts:
        attempts[row[0], row[1]] = {**dict(zip(ATTEMPT[1:], row[1:], strict=True)), "measurements": []}
        checks[row[0]]["attempts"].append(attempts[row[0], row[1]])
    for row in rows.measurements:
        attempts[row[0], row[1]]["measurements"].append(dict(zip(MEASUREMENT[2:], row[2:], strict=True)))
    return _checked({FORMAT: VERSION, **told, "checks": [*checks.values()]}).model_dump_json()


def from_line(line: str | bytes) -> RunRows:
    """Return the run of a line; raises LineError."""
    try:
        told = _Line.model_validate_json(line)
    except ValidationError as error:
        raise explained(error) from None
    return RunRows(
        run=[_column(told, name) for name in RUN],
        checks=[[_column(check, name) for name in CHECK] for check in told.checks],
        attempts=[
            [check.check_id, *(_column(attempt, name) for name in ATTEMPT[1:])]
            for check in told.checks
            for attempt in check.attempts
        ],
        measurements=[
            [check.check_id, attempt.number, *(_column(taken, name) for name in MEASUREMENT[2:])]
            for check in told.checks
            for attempt in check.attempts
            for taken in attempt.measurements
        ],
    )


def _column(part: _Part, name: str) -> object:
    value = getattr(part, name)
    return int(value) if isinstance(value, bool) else value


def _checked(told: dict[str, Any]) -> _Line:
    try:
        return _Line.model_validate(told)
    except ValidationError as error:
        raise explained(error) from None


def explained(error: ValidationError) -> LineError:
    """Return what is wrong with a line, in one sentence."""
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(map(str, first["loc"]))
    if where == FORMAT and first["type"] == "literal_error":
        return LineError(f"was written by another version of smoke ({FORMAT} is not {VERSION})")
    return LineError(f"{where}: {first['msg']}" if where else str(first["msg"]))
