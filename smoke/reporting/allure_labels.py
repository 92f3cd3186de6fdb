"""What a check is called and filed under in Allure, and its attachments. Silent where Allure is not in use."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from smoke.model import Check
from smoke.observation import Measurement

if TYPE_CHECKING:
    from smoke.planning.plan import Plan
    from smoke.running.record import Record

PNG, TEXT, TRACE = ("image/png", "png"), ("text/plain", "txt"), ("application/vnd.allure.playwright-trace", "zip")
TABLE = "measurements"
JPEG = ("image/jpeg", "jpg")
TYPES = {"screenshot": PNG, "before": JPEG, "trace": TRACE, "console": TEXT, "network": TEXT}


def labels(check: Check, plan: Plan) -> list[tuple[str, str]]:
    """What a check is filed under: names and values of Allure's labels."""
    return [
        ("severity", "critical" if check.critical else "normal"),
        ("parentSuite", plan.suite.about.title),
        ("suite", check.category),
        ("feature", check.category),
        ("tag", check.kind),
        ("environment", plan.environment_name),
    ]


def parameters(plan: Plan, base_url: str) -> list[tuple[str, str]]:
    """Where a check ran: names and values of Allure's parameters, none of which makes it another test."""
    return [("environment", plan.environment_name), ("execution point", plan.point_name), ("target", base_url)]


def measurements_table(measurements: Iterable[Measurement]) -> str:
    """Write measurements as CSV with a heading."""
    rows = "\n".join(
        f"{each.name},{'' if each.value is None else round(each.value, 3)},{each.unit},"
        f"{'' if each.budget is None else each.budget},{'' if each.ok is None else each.ok}"
        for each in measurements
    )
    return f"measurement,value,unit,budget,ok\n{rows}\n"


def describe(check: Check, plan: Plan, base_url: str) -> None:
    """Title, description, labels and parameters of the running check."""
    import allure

    allure.dynamic.title(f"{check.id}: {check.title}")
    allure.dynamic.description(f"{check.title}.\n\nDeclared in {check.source}.")
    for name, value in labels(check, plan):
        allure.dynamic.label(name, value)
    for name, value in parameters(plan, base_url):
        allure.dynamic.parameter(name, value, excluded=True)


def attach(record: Record, reports: Path) -> None:
    """Attach the measurements and the artifacts of the running attempt."""
    import allure

    if record.measurements:
        allure.attach(measurements_table(record.measurements), TABLE, "text/csv", "csv")
    for blame in dict.fromkeys(finding.blame for finding in record.findings):
        allure.dynamic.label("blame", blame)
    for artifact in record.artifacts:
        kind, extension = TYPES[artifact.kind]
        allure.attach.file(str(reports / artifact.path), artifact.kind, kind, extension)
