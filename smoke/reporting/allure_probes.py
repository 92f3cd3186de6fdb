"""Writes a probe into Allure's results, as allure-pytest writes a journey (Allure 2 result files)."""

from __future__ import annotations

import hashlib
import json
import uuid
from pathlib import Path
from typing import Any

from smoke.judged import CheckResult
from smoke.model import Outcome, told
from smoke.plan import Plan
from smoke.reporting.allure_labels import TABLE, labels, measurements_table, parameters

STATUSES = {
    Outcome.PASS: "passed",
    Outcome.FLAKY: "passed",
    Outcome.FAIL: "failed",
    Outcome.INCONCLUSIVE: "broken",
    Outcome.NOT_RUN: "skipped",
}


def write(result: CheckResult, plan: Plan, base_url: str, folder: Path) -> None:
    """Write one result, and the table of its measurements, into ``folder``; raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    check, last = result.check, result.last
    name = f"{plan.suite.name}#{check.id}"
    started = int(last.started * 1000) if last else 0
    content: dict[str, Any] = {
        "uuid": str(uuid.uuid4()),
        "name": f"{check.id}: {check.title}",
        "fullName": name,
        "historyId": hashlib.md5(name.encode(), usedforsecurity=False).hexdigest(),
        "description": f"{check.title}.\n\nDeclared in {check.source}.",
        "status": STATUSES[result.outcome],
        "start": started,
        "stop": started + int(last.duration_ms) if last else started,
        "labels": [{"name": label, "value": value} for label, value in labels(check, plan)],
        "parameters": [{"name": each, "value": value, "excluded": True} for each, value in parameters(plan, base_url)],
    }
    if result.outcome is not Outcome.PASS:
        said = told(last.findings) if last and last.findings else result.reason or ""
        content["statusDetails"] = {"message": said}
    if last and last.measurements:
        source = f"{uuid.uuid4()}-attachment.csv"
        (folder / source).write_text(measurements_table(last.measurements), encoding="utf-8")
        content["attachments"] = [{"name": TABLE, "source": source, "type": "text/csv"}]
    (folder / f"{content['uuid']}-result.json").write_text(json.dumps(content), encoding="utf-8")
