"""The two dashboards: how the product does, and how the smoke test itself does. Pure.

Dashboards have no tags of one's own, only those of teams: ours are known by the last line of their description.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from smoke.datadog.definition import MANAGED, Definition, Kind
from smoke.datadog.queries import Over
from smoke.sinks.metrics import UP
from smoke.sinks.metrics import Kind as MetricKind
from smoke.sinks.metrics import MetricName as Name

WIDE = 12
"""Columns of a dashboard."""
Definitions = Sequence[dict[str, Any]]


def dashboards() -> tuple[Definition, ...]:
    """Return both dashboards."""
    return (
        _dashboard(
            "production_health",
            "How the application does for its users, as the smoke test sees it.",
            [
                [_rate("Success, last day", Name.SUCCESS), _level("API response", Name.API_RESPONSE), _up(), _alerts()],
                [_lines("Success by suite", Name.SUCCESS, Over.AVG, "suite"), _least("Weakest checks")],
                [_lines("API response by check", Name.API_RESPONSE, Over.MAX, "check")],
                [
                    _lines("Homepage load", Name.HOMEPAGE_LOAD, Over.AVG, "region"),
                    _lines("Largest contentful paint", Name.LCP, Over.AVG, "check"),
                    _lines("Layout shift", Name.CLS, Over.MAX, "check"),
                ],
                [
                    _lines("Database time", Name.DB_QUERY, Over.AVG, "check"),
                    _lines("Cache hit rate", Name.CACHE_HIT_RATE, Over.MIN, "check"),
                    _lines("Error rate that the target tells", Name.ERROR_RATE, Over.MAX, "check"),
                ],
                [
                    _lines("Jobs that wait", Name.QUEUE_DEPTH, Over.MAX, "check"),
                    _lines("Days until certificates end", Name.TLS_DAYS_LEFT, Over.MIN, "check"),
                ],
            ],
        ),
        _dashboard(
            "smoke_test_status",
            "Whether the smoke test itself runs, how long it takes, and whether it can be believed.",
            [
                [_runs("Runs, last day"), _rate("Success, last day", Name.SUCCESS), _up(), _alerts()],
                [_bars("Runs by region; a gap is nobody looking", Name.HEARTBEAT, "region")],
                [
                    _lines("Success by region; a gap with runs is INCONCLUSIVE", Name.SUCCESS, Over.MIN, "region"),
                    _lines("Duration of a run", Name.DURATION, Over.MAX, "suite"),
                ],
                [
                    _lines("Duration of checks", Name.CHECK_DURATION, Over.MAX, "check"),
                    _lines("Slowest steps", Name.STEP_DURATION, Over.MAX, "check"),
                ],
                [_lines("Injected faults that were caught", Name.DETECTION_RATE, Over.MIN, "suite")],
            ],
        ),
    )


def name_in(description: str | None) -> str | None:
    """Return which dashboard of ours bears ``description``; None if it is not ours."""
    found = re.search(rf"^{MANAGED} (\w+)$", description or "", re.MULTILINE)
    return found[1] if found else None


def _dashboard(name: str, about: str, rows: Sequence[Definitions]) -> Definition:
    document = {
        "title": f"Smoke: {name.replace('_', ' ')}",
        "description": f"{about}\nMade by smoke monitors sync; what is changed by hand is put back.\n{MANAGED} {name}",
        "layout_type": "ordered",
        "reflow_type": "fixed",
        "template_variables": [_variable("env", "production"), _variable("suite", "*"), _variable("region", "*")],
        "widgets": [widget for number, row in enumerate(rows) for widget in _row(number, row)],
    }
    return Definition(kind=Kind.DASHBOARD, name=name, document=document)


def _variable(name: str, default: str) -> dict[str, Any]:
    return {"name": name, "prefix": name, "defaults": [default]}


def _row(number: int, widgets: Definitions) -> list[dict[str, Any]]:
    width, height = WIDE // len(widgets), 2 if number == 0 else 3
    y = 0 if number == 0 else 2 + 3 * (number - 1)
    return [
        {"definition": widget, "layout": {"x": place * width, "y": y, "width": width, "height": height}}
        for place, widget in enumerate(widgets)
    ]


def _asked(metric: Name, over: Over, by: str | None = None) -> str:
    groups = f" by {{{by}}}" if by else ""
    count = ".as_count()" if metric.kind is MetricKind.COUNT else ""
    return f"{over}:{metric}{{$env,$suite,$region}}{groups}{count}"


def _request(query: str, **more: Any) -> dict[str, Any]:
    return {
        "response_format": "timeseries",
        "queries": [{"data_source": "metrics", "name": "query1", "query": query}],
        "formulas": [{"formula": "query1"}],
        **more,
    }


def _scalar(query: str, aggregator: Over, **formula: Any) -> dict[str, Any]:
    return {
        "response_format": "scalar",
        "queries": [{"data_source": "metrics", "name": "query1", "query": query, "aggregator": str(aggregator)}],
        "formulas": [{"formula": "query1", **formula}],
    }


def _lines(title: str, metric: Name, over: Over, by: str) -> dict[str, Any]:
    request = _request(_asked(metric, over, by), display_type="line")
    return {"type": "timeseries", "title": title, "show_legend": True, "requests": [request]}


def _bars(title: str, metric: Name, by: str) -> dict[str, Any]:
    request = _request(_asked(metric, Over.SUM, by), display_type="bars")
    return {"type": "timeseries", "title": title, "show_legend": True, "requests": [request]}


def _rate(title: str, metric: Name) -> dict[str, Any]:
    request = _scalar(_asked(metric, Over.AVG), Over.AVG, formula="query1 * 100")
    return {**_value(title, request), "custom_unit": "%"}


def _level(title: str, metric: Name) -> dict[str, Any]:
    return _value(title, _scalar(_asked(metric, Over.AVG), Over.AVG))


def _runs(title: str) -> dict[str, Any]:
    return _value(title, _scalar(_asked(Name.HEARTBEAT, Over.SUM), Over.SUM))


def _value(title: str, request: dict[str, Any]) -> dict[str, Any]:
    time = {"live_span": "1d"}
    return {"type": "query_value", "title": title, "precision": 1, "time": time, "requests": [request]}


def _least(title: str) -> dict[str, Any]:
    request = _scalar(_asked(Name.CHECK_SUCCESS, Over.AVG, "check"), Over.AVG, limit={"count": 10, "order": "asc"})
    return {"type": "toplist", "title": title, "requests": [request]}


def _up() -> dict[str, Any]:
    return {
        "type": "check_status",
        "title": "Last runs",
        "check": UP,
        "grouping": "cluster",
        "group_by": ["suite", "region"],
        "tags": ["$env", "$suite", "$region"],
    }


def _alerts() -> dict[str, Any]:
    return {
        "type": "manage_status",
        "title": "Monitors of the rules",
        "query": f"tag:({MANAGED})",
        "summary_type": "monitors",
        "display_format": "countsAndList",
        "color_preference": "text",
        "hide_zero_counts": True,
        "sort": "status,asc",
    }
