"""JSON Schemas of everything people or programs exchange with us, generated from the classes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from smoke.config.alerts.rule_file import AlertRulesFile
from smoke.config.cron_schedule import CronScheduleFile
from smoke.config.monitoring import monitoring_file
from smoke.config.noise import NoiseFile
from smoke.config.points import ExecutionPointsFile
from smoke.config.probe import ChecksFile
from smoke.config.suite_file import SuiteFile
from smoke.strict import Strict

FOLDER = Path("config/schema")
FILES: dict[str, type] = {
    "suite": SuiteFile,
    "checks": ChecksFile,
    "noise": NoiseFile,
    "execution-points": ExecutionPointsFile,
    "alert-rules": AlertRulesFile,
    "cron-schedule": CronScheduleFile,
}


def schemas() -> dict[str, dict[str, Any]]:
    """Return every schema by name; YAML files name theirs in their first line."""
    from pydantic import TypeAdapter

    from smoke.reporting.document import json_schema
    from smoke.status import monitors

    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    with _with_docstrings():
        shapes = {**FILES, "monitoring-integration": monitoring_file()}
        found = {name: {**head, **TypeAdapter(shape).json_schema()} for name, shape in shapes.items()}
    return {**found, "verdict": json_schema(), "status": monitors.json_schema()}


@contextmanager
def _with_docstrings() -> Iterator[None]:
    """Let pydantic take the docstrings of fields as descriptions; always, it would cost every run 50 ms."""
    usual = Strict.__pydantic_config__
    Strict.__pydantic_config__ = {**usual, "use_attribute_docstrings": True}
    try:
        yield
    finally:
        Strict.__pydantic_config__ = usual


def text(schema: dict[str, Any]) -> str:
    """Write a schema the way it is committed."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
