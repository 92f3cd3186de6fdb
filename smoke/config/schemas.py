"""JSON Schemas of everything people or programs exchange with us, generated from the classes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from smoke.config.probe import ChecksFile
from smoke.config.schema import ExecutionPointsFile, NoiseFile, SuiteFile

FOLDER = Path("config/schema")
FILES: dict[str, type] = {
    "suite": SuiteFile,
    "checks": ChecksFile,
    "noise": NoiseFile,
    "execution-points": ExecutionPointsFile,
}


def schemas() -> dict[str, dict[str, Any]]:
    """Return every schema by name; YAML files name theirs in their first line."""
    from pydantic import TypeAdapter

    from smoke.reporting.document import json_schema

    head = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    found = {name: {**head, **TypeAdapter(shape).json_schema()} for name, shape in FILES.items()}
    return {**found, "verdict": json_schema()}


def text(schema: dict[str, Any]) -> str:
    """Write a schema the way it is committed."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
