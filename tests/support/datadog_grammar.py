"""Queries of monitors as Datadog documents them (POST /api/v1/monitor): its schema takes any text for one.

Only the forms that we write are known here, and only the metrics and tags that we send.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from smoke.sinks.metrics import TAG_KEYS, UP, Kind, MetricName

METRIC = re.compile(
    r"(avg|sum|max|min)\(last_(\d+)([mhdw])\):(avg|sum|min|max):([a-z_.]+)\{([^{}]*)\}(?: by \{([^{}]*)\})?"
    r"(\.as_count\(\))? (<=|>=|<|>) (-?\d+(?:\.\d+)?)"
)
CHECK = re.compile(r'"([\w.]+)"\.over\((.+?)\)\.by\((.+?)\)\.last\((\d+)\)\.count_by_status\(\)')
VALUE = r"[a-z0-9][a-z0-9._-]*"
TERM = re.compile(rf"(\w+):{VALUE}\*?|(\w+) IN \({VALUE}(?:, {VALUE})+\)")
LONGEST = {"m": 10080, "h": 168, "d": 1, "w": 1}
MOST_STATUSES = 100


def query_fault(monitor: dict[str, Any]) -> str | None:
    """Return what is wrong with the query of a monitor, or between it and its options; None: nothing is."""
    query, type_ = monitor["query"], monitor["type"]
    faults = _check_faults(query, monitor) if type_ == "service check" else _metric_faults(query, monitor)
    found = next(faults, None)
    return f"The value provided for parameter 'query' is invalid: {found}" if found else None


def _metric_faults(query: str, monitor: dict[str, Any]) -> Iterator[str]:
    if not (found := METRIC.fullmatch(query)):
        yield f"no metric query: {query}"
        return
    _, count, unit, _, metric, scope, groups, as_count, comparison, threshold = found.groups()
    if not 1 <= int(count) <= LONGEST[unit]:
        yield f"no such window: last_{count}{unit}"
    if metric not in set(MetricName):
        yield f"nobody sends {metric}"
    elif bool(as_count) != (MetricName(metric).kind is Kind.COUNT):
        yield f"as_count goes with counts: {metric}"
    yield from _scope_faults(scope)
    yield from (f"nobody sends the tag {key}" for key in (groups or "env").split(",") if key not in TAG_KEYS)
    options = monitor.get("options", {})
    thresholds = options.get("thresholds", {"critical": float(threshold)})
    if thresholds["critical"] != float(threshold):
        yield f"alert threshold {thresholds['critical']} does not match that used in the query {threshold}"
    recovery = thresholds.get("critical_recovery")
    if recovery is not None and not _is_better(recovery, comparison, thresholds["critical"]):
        yield f"the recovery threshold {recovery} is not better than {thresholds['critical']}"
    if "on_missing_data" in options:
        yield "on_missing_data is not for metric monitors without a schedule of their own"


def _is_better(recovery: float, comparison: str, critical: float) -> bool:
    return recovery < critical if comparison.startswith(">") else recovery > critical


def _scope_faults(scope: str) -> Iterator[str]:
    if scope == "*":
        return
    flat = re.sub(r"\(((?:check:[^ ]+)(?: OR check:[^ ]+)+)\)", lambda found: found[1].replace(" OR ", " AND "), scope)
    for each in flat.split(" AND "):
        if not (found := TERM.fullmatch(each)):
            yield f"no filter: {each!r} of {scope!r}"
        elif (found[1] or found[2]) not in TAG_KEYS:
            yield f"nobody sends the tag {found[1] or found[2]}"


def _check_faults(query: str, monitor: dict[str, Any]) -> Iterator[str]:
    if not (found := CHECK.fullmatch(query)):
        yield f"no service check query: {query}"
        return
    check, over, by, last = found.groups()
    if check != UP:
        yield f"nobody sends the check {check}"
    for quoted in over.split(", "):
        if not re.fullmatch(rf'"(?:\*|(?:{"|".join(TAG_KEYS)}):{VALUE})"', quoted):
            yield f"no tag: {quoted}"
    if wrong := {key.strip('"') for key in by.split(", ")} - set(TAG_KEYS):
        yield f"nobody sends the tags {wrong}"
    thresholds = monitor.get("options", {}).get("thresholds", {})
    if not max([*thresholds.values(), 1]) <= int(last) <= MOST_STATUSES:
        yield f"last({last}) does not hold the thresholds {thresholds}"
