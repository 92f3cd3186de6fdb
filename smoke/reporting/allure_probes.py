"""Writes a probe, and what was not run, into Allure's results, as allure-pytest writes a journey."""

from __future__ import annotations

import hashlib
import json
import uuid
from pathlib import Path
from typing import Any

from smoke.judging.judged import CheckResult, Run
from smoke.model import Check, Outcome
from smoke.observation import Attempt, told
from smoke.planning.plan import Plan
from smoke.reporting.allure_labels import TABLE, labels, measurements_table, parameters

STATUSES = {
    Outcome.PASS: "passed",
    Outcome.FLAKY: "passed",
    Outcome.FAIL: "failed",
    Outcome.INCONCLUSIVE: "broken",
    Outcome.NOT_RUN: "skipped",
}


def write(result: CheckResult, plan: Plan, base_url: str, folder: Path) -> None:
    """Write a result for each attempt, with the table of its measurements, into ``folder``; raises OSError.

    A check that was not run has one, too.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for attempt in result.attempts or (None,):
        _write(result, attempt, _content(result.check, plan, base_url), folder)


def write_missing(run: Run, plan: Plan, folder: Path) -> None:
    """Write what ``folder`` has no result of: nobody looked, and the report says so; raises OSError and ValueError."""
    contents = (json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*-result.json"))
    there = {content.get("name", "").partition(": ")[0] for content in contents}
    for result in run.results:
        if result.check.id not in there:
            write(result, plan, run.base_url, folder)


def _content(check: Check, plan: Plan, base_url: str) -> dict[str, Any]:
    name = f"{plan.suite.name}#{check.id}"
    return {
        "uuid": str(uuid.uuid4()),
        "name": f"{check.id}: {check.title}",
        "fullName": name,
        "historyId": hashlib.md5(name.encode(), usedforsecurity=False).hexdigest(),
        "description": f"{check.title}.\n\nDeclared in {check.source}.",
        "labels": [{"name": label, "value": value} for label, value in labels(check, plan)],
        "parameters": [{"name": each, "value": value, "excluded": True} for each, value in parameters(plan, base_url)],
    }


def _write(result: CheckResult, attempt: Attempt | None, content: dict[str, Any], folder: Path) -> None:
    outcome = result.outcome if attempt is None else attempt.outcome
    started = int(attempt.started * 1000) if attempt else 0
    content["status"] = STATUSES[outcome]
    content["start"], content["stop"] = started, started + int(attempt.duration_ms if attempt else 0)
    if outcome is not Outcome.PASS:
        said = told(attempt.findings) if attempt and attempt.findings else result.reason or ""
        content["statusDetails"] = {"message": said}
    if attempt and attempt.measurements:
        source = f"{uuid.uuid4()}-attachment.csv"
        (folder / source).write_text(measurements_table(attempt.measurements), encoding="utf-8")
        content["attachments"] = [{"name": TABLE, "source": source, "type": "text/csv"}]
    (folder / f"{content['uuid']}-result.json").write_text(json.dumps(content), encoding="utf-8")
