"""Both dashboards: as they are committed, and as Datadog describes them."""

from __future__ import annotations

import json
import re
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from smoke.datadog.dashboards import WIDE, dashboards, name_in
from smoke.datadog.definition import Definition
from smoke.sinks.metrics import TAG_KEYS, Kind, MetricName

GOLDEN = Path(__file__).parent / "golden"
QUERY = re.compile(r"(avg|min|max|sum):([a-z_.]+)\{\$env,\$suite,\$region\}(?: by \{(\w+)\})?(\.as_count\(\))?")
BOARDS = pytest.mark.parametrize("board", dashboards(), ids=lambda board: board.name)


def queries(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["query"]] if "data_source" in node else []
        return [*own, *(query for each in node.values() for query in queries(each))]
    return [query for each in node for query in queries(each)] if isinstance(node, list) else []


@BOARDS
def test_a_dashboard_is_as_it_was_agreed(board: Definition) -> None:
    """What is on it changes with its golden file, and so in a review; to write it anew, copy what differs."""
    assert json.loads((GOLDEN / f"{board.name}.json").read_text()) == board.document


@BOARDS
def test_a_dashboard_asks_for_what_is_sent(board: Definition) -> None:
    """Each query names a metric and a tag of ours, and a count is asked as one."""
    asked = queries(board.document["widgets"])
    assert len(asked) > 5
    for query in asked:
        found = QUERY.fullmatch(query)
        assert found, query
        _, metric, by, count = found.groups()
        assert by is None or by in TAG_KEYS
        assert bool(count) == (MetricName(metric).kind is Kind.COUNT)


@BOARDS
def test_widgets_lie_side_by_side(board: Definition) -> None:
    """No two share a square, and none sticks out."""
    squares = []
    for widget in board.document["widgets"]:
        at = widget["layout"]
        assert at["x"] + at["width"] <= WIDE
        columns = range(at["x"], at["x"] + at["width"])
        squares.append({(x, y) for x in columns for y in range(at["y"], at["y"] + at["height"])})
    assert [pair for pair in combinations(squares, 2) if pair[0] & pair[1]] == []


@BOARDS
def test_a_dashboard_is_known_by_its_description(board: Definition) -> None:
    """Its last line names it; a description that only speaks of us is not ours."""
    assert name_in(board.document["description"]) == board.name
    assert name_in(f"see managed-by:smoke {board.name}") is None
    assert name_in(None) is None
