"""verdict.json: the one document from which gates, metrics, alerts, reports and summaries are built."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from smoke.calibration import Calibration
from smoke.judging.causes import Cause, causes_of
from smoke.judging.judged import CheckResult, Run
from smoke.model import Action, Blame, Category, CheckKind, Outcome
from smoke.observation import Attempt, Measurement, Signal, Standard, Step, Unit
from smoke.reporting.lines import again
from smoke.safety import Safety

SCHEMA = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasurementRow:
    """A measurement with its judgement."""

    name: str
    value: float | None
    unit: Unit
    budget: float | None
    ok: bool | None
    samples: tuple[float, ...] = ()
    """Everything that ``value`` stands for, where one sample was not enough."""
    standard: Standard = Standard.MEDIAN
    """Which of ``samples`` is held against the budget."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRow:
    """One try at a check."""

    number: int
    started: str
    duration_ms: float
    outcome: Outcome
    findings: tuple[str, ...]
    steps: tuple[Step, ...]
    signals: tuple[Signal, ...]
    calibration: Calibration | None = None
    """How fast the runner was, where a budget was exceeded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRow:
    """One check, judged."""

    id: str
    title: str
    category: Category
    kind: CheckKind
    critical: bool
    outcome: Outcome
    blame: Blame | None
    duration_ms: float
    attempts: tuple[AttemptRow, ...]
    measurements: tuple[MeasurementRow, ...]
    evidence: tuple[str, ...]
    hint: str | None
    artifacts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseRow:
    """Why checks came out badly, and what to do: all that are listed fell to the same thing."""

    text: str
    blame: Blame
    checks: tuple[str, ...]
    hint: str | None
    again: str
    """The command that runs the first of them once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """The build that was expected, and those that were seen."""

    expected: str | None
    observed: tuple[str, ...]
    answers: dict[str, int]
    """How many showed each of them."""
    silent: int
    """Answers that showed none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """The run's time budget, in seconds."""

    target_s: float
    timeout_s: float
    used_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A verdict as other programs read it. Times are UTC in ISO 8601."""

    schema: int
    run_id: str
    suite: str
    environment: str
    execution_point: str
    region: str
    base_url: str
    started: str
    finished: str
    duration_s: float
    part: str | None
    """Which part of a run this is, that `smoke report merge` judges as a whole; null: the whole."""
    verdict: Outcome
    passed: bool
    failed_category: Category | None
    action: Action
    reason: str
    build: Build
    versions: dict[str, str]
    config_sha256: str
    budget: Budget
    causes: tuple[CauseRow, ...]
    checks: tuple[CheckRow, ...]
    safety: Safety


def document(run: Run) -> Document:
    """Write ``run`` down."""
    return Document(
        schema=SCHEMA,
        run_id=run.run_id,
        suite=run.suite,
        environment=run.environment,
        execution_point=run.execution_point,
        region=run.region,
        base_url=run.base_url,
        started=_iso(run.started),
        finished=_iso(run.finished),
        duration_s=round(run.duration_s, 3),
        part=run.part,
        verdict=run.verdict,
        passed=run.passed,
        failed_category=run.failed_category,
        action=run.action,
        reason=run.reason,
        build=Build(
            expected=run.expected_build,
            observed=tuple(run.builds),
            answers=dict(run.builds),
            silent=run.silent_answers,
        ),
        versions=run.versions,
        config_sha256=run.config_sha256,
        budget=Budget(target_s=run.target_s, timeout_s=run.timeout_s, used_s=round(run.duration_s, 3)),
        causes=tuple(_cause(cause, run) for cause in causes_of(run.results)),
        checks=tuple(_check(result) for result in run.results),
        safety=run.safety,
    )


def _cause(cause: Cause, run: Run) -> CauseRow:
    first = next(result for result in run.results if result.check.id == cause.checks[0])
    return CauseRow(
        text=cause.text, blame=cause.blame, checks=cause.checks, hint=first.hint, again=again(run, first.check)
    )


def _check(result: CheckResult) -> CheckRow:
    check, last = result.check, result.last
    return CheckRow(
        id=check.id,
        title=check.title,
        category=check.category,
        kind=check.kind,
        critical=check.critical,
        outcome=result.outcome,
        blame=result.blame,
        duration_ms=round(result.duration_ms, 1),
        attempts=tuple(_attempt(attempt) for attempt in result.attempts),
        measurements=tuple(_measurement(each) for each in last.measurements) if last else (),
        evidence=_evidence(result),
        hint=result.hint,
        artifacts=tuple(artifact.path for attempt in result.attempts for artifact in attempt.artifacts),
    )


def _evidence(result: CheckResult) -> tuple[str, ...]:
    findings = [finding for attempt in result.attempts for finding in attempt.findings]
    lines = tuple(line for finding in findings for line in (finding.rule, *finding.evidence))
    return (result.not_run, *lines) if result.not_run else lines


def _attempt(attempt: Attempt) -> AttemptRow:
    return AttemptRow(
        number=attempt.number,
        started=_iso(attempt.started),
        duration_ms=round(attempt.duration_ms, 1),
        outcome=attempt.outcome,
        findings=tuple(finding.rule for finding in attempt.findings),
        steps=attempt.steps,
        signals=attempt.signals,
        calibration=attempt.calibration,
    )


def _measurement(each: Measurement) -> MeasurementRow:
    value = None if each.value is None else round(each.value, 3)
    samples = tuple(round(sample, 3) for sample in each.samples)
    return MeasurementRow(
        name=each.name,
        value=value,
        unit=each.unit,
        budget=each.budget,
        ok=each.ok,
        samples=samples,
        standard=each.standard,
    )


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def to_json(run: Run) -> str:
    """Return verdict.json as text."""
    return json.dumps(document(run), default=_members, indent=2, ensure_ascii=False)


def _members(value: object) -> dict[str, object]:
    if is_dataclass(value):
        return {each.name: getattr(value, each.name) for each in fields(value)}
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


def write(run: Run, reports: Path) -> Path:
    """Write ``verdict.json`` into ``reports`` in one step, so that nobody reads half of it; return its path."""
    path = reports / "verdict.json"
    draft = path.with_suffix(".part")
    draft.write_text(to_json(run) + "\n", encoding="utf-8")
    return draft.replace(path)


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of verdict.json, generated from the classes above."""
    from pydantic import TypeAdapter

    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **TypeAdapter(Document).json_schema()}
