"""What a check is called and filed under in Allure, and its attachments. Silent where Allure is not in use."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from smoke.model import Check

if TYPE_CHECKING:
    from smoke.plan import Plan
    from smoke.running.record import Record

PNG, TEXT, TRACE = ("image/png", "png"), ("text/plain", "txt"), ("application/vnd.allure.playwright-trace", "zip")
TYPES = {"screenshot": PNG, "trace": TRACE, "console": TEXT, "network": TEXT}


def describe(check: Check, plan: Plan, base_url: str) -> None:
    """Title, description, severity, labels and parameters of the running check."""
    import allure

    allure.dynamic.title(f"{check.id}: {check.title}")
    allure.dynamic.description(f"{check.title}.\n\nDeclared in {check.source}.")
    allure.dynamic.severity("critical" if check.critical else "normal")
    allure.dynamic.parent_suite(plan.suite.about.title)
    allure.dynamic.suite(check.category)
    allure.dynamic.feature(check.category)
    allure.dynamic.tag(check.kind)
    allure.dynamic.label("environment", plan.environment_name)
    allure.dynamic.parameter("environment", plan.environment_name, excluded=True)
    allure.dynamic.parameter("execution point", plan.point_name, excluded=True)
    allure.dynamic.parameter("target", base_url, excluded=True)


def attach(record: Record, reports: Path) -> None:
    """Attach the measurements and the artifacts of the running attempt."""
    import allure

    if record.measurements:
        rows = "\n".join(
            f"{each.name},{'' if each.value is None else round(each.value, 3)},{each.unit},"
            f"{'' if each.budget is None else each.budget},{'' if each.ok is None else each.ok}"
            for each in record.measurements
        )
        allure.attach(f"measurement,value,unit,budget,ok\n{rows}\n", "measurements", "text/csv", "csv")
    for blame in dict.fromkeys(finding.blame for finding in record.findings):
        allure.dynamic.label("blame", blame)
    for artifact in record.artifacts:
        kind, extension = TYPES[artifact.kind]
        allure.attach.file(str(reports / artifact.path), artifact.kind, kind, extension)
