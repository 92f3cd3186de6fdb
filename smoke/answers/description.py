"""What an API description (OpenAPI) lists. Pure."""

from __future__ import annotations

from typing import Any

from smoke.answers.exchange import Exchange
from smoke.answers.shapes import OpenApiExpect
from smoke.answers.variables import filled, names_in


def listed_paths(exchange: Exchange, rule: OpenApiExpect) -> list[str]:
    """Return every GET path of an OpenAPI description with its parameters filled in; none if it is no description."""
    try:
        document: Any = exchange.json
    except ValueError:
        return []
    paths = document.get("paths") if isinstance(document, dict) else None
    found = []
    for path, item in (paths or {}).items():
        if path not in rule.skip and isinstance(item, dict) and "get" in item:
            values = {name: str(rule.parameters.get(name, _example(item, name))) for name in names_in(path)}
            found.append(filled(path, values))
    return found


def _example(item: dict[str, Any], name: str) -> object:
    for parameter in (*item.get("parameters", ()), *item["get"].get("parameters", ())):
        if parameter.get("name") == name:
            return parameter.get("example", parameter.get("schema", {}).get("example", 1))
    return 1
