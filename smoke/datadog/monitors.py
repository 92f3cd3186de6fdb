"""The monitor that stands for a rule of alert-rules.yaml. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, assert_never

from smoke import spans
from smoke.config.alerts.condition import Measure
from smoke.config.alerts.rule import Rule
from smoke.config.alerts.rule_file import AlertRulesFile
from smoke.config.cron_schedule import Schedule
from smoke.datadog.definition import MANAGED, Definition, Kind, Omitted
from smoke.datadog.queries import CheckQuery, MetricQuery
from smoke.datadog.rules import Query, query_of
from smoke.model import Severity
from smoke.sinks.metrics import tag_value

RULE_TAG = "smoke-rule"
LONGEST_TIMEOUT_H = 24
SHORTEST_REMINDER_MIN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """How Datadog reaches whom alert-rules.yaml names, and where runbooks are."""

    handles: Mapping[str, str]
    """Recipient, as alert-rules.yaml writes it, to ``@handle``."""
    runbooks: str
    """What stands before a runbook that is a file of the project; empty: nothing."""

    def handle(self, recipient: str) -> str | None:
        """Return ``@…`` for ``oncall@example.com``, ``slack:#alerts``, ``pagerduty``; None where Datadog has none."""
        if recipient in self.handles:
            return self.handles[recipient]
        if recipient.startswith("slack:#"):
            return f"@slack-{recipient.removeprefix('slack:#')}"
        return f"@{recipient}" if "@" in recipient or recipient == "pagerduty" else None

    def runbook(self, rule: Rule) -> str:
        """Return where the runbook of ``rule`` is."""
        return rule.runbook if "://" in rule.runbook else f"{self.runbooks}{rule.runbook}"


def monitors(
    book: AlertRulesFile, schedules: Sequence[Schedule], telling: Telling, environment: str | None
) -> tuple[list[Definition], list[Omitted]]:
    """Return the monitors of all rules, or those that watch ``environment``; and the rules without a Datadog form."""
    made: list[Definition] = []
    omitted: list[Omitted] = []
    for rule in book.rules:
        if environment is not None and environment not in (rule.environments or (environment,)):
            continue
        query = query_of(rule, schedules)
        if isinstance(query, Omitted):
            omitted.append(query)
        else:
            made.append(monitor(rule, query, book, telling))
    return made, omitted


def monitor(rule: Rule, query: Query, book: AlertRulesFile, telling: Telling) -> Definition:
    """Return the monitor that asks ``query`` for ``rule``."""
    document = {
        "name": f"{rule.title} (smoke rule {rule.name})",
        "type": "service check" if isinstance(query, CheckQuery) else "query alert",
        "query": str(query),
        "message": message(rule, telling),
        "tags": [MANAGED, f"{RULE_TAG}:{tag_value(rule.name)}", f"severity:{rule.severity}"],
        "priority": priority(rule.severity),
        "options": _options(rule, query, book),
    }
    return Definition(kind=Kind.MONITOR, name=tag_value(rule.name), document=document)


def priority(severity: Severity) -> int:
    """Return Datadog's priority, from 1 (high) to 5."""
    match severity:
        case Severity.CRITICAL:
            return 1
        case Severity.HIGH:
            return 2
        case Severity.WARNING:
            return 3
        case Severity.LOW:
            return 4
        case _:
            assert_never(severity)


def message(rule: Rule, telling: Telling) -> str:
    """Return what Datadog tells: what it means, what to do first, where it goes on, and to whom."""
    hint = f"\n{rule.hint}." if rule.hint else ""
    handles = " ".join(dict.fromkeys(filter(None, map(telling.handle, rule.notify))))
    return (
        f"{{{{#is_alert}}}}{rule.title}: {rule.asks} over {rule.window}.{hint}\n"
        f"Runbook: {telling.runbook(rule)}{{{{/is_alert}}}}\n"
        f"{{{{#is_no_data}}}}{rule.title}: nothing has arrived.{hint}\n"
        f"Runbook: {telling.runbook(rule)}{{{{/is_no_data}}}}\n"
        f"{{{{#is_recovery}}}}It is over: {rule.title}.{{{{/is_recovery}}}}\n"
        f"{handles}"
    ).rstrip()


def _options(rule: Rule, query: Query, book: AlertRulesFile) -> dict[str, Any]:
    silent = rule.asks.measure is Measure.MISSED_SLOTS
    common = {
        "include_tags": True,
        "notify_audit": False,
        # One missed run must not be told by every monitor: only the one whose business it is.
        "notify_no_data": silent,
        "renotify_interval": _reminder(rule, book),
        "renotify_statuses": ["no data" if silent else "alert"],
        **({"timeout_h": _timeout(rule.give_up)} if rule.give_up else {}),
    }
    if isinstance(query, CheckQuery):
        return {**common, "thresholds": {"critical": query.critical, "ok": query.good}}
    return {
        **common,
        "thresholds": _thresholds(query),
        "require_full_window": False,
        **({"no_data_timeframe": 2 * query.window_s // 60} if silent else {}),
    }


def _thresholds(query: MetricQuery) -> dict[str, float]:
    found = {"critical": query.threshold}
    if query.recovery is not None and query.recovery != query.threshold:
        found["critical_recovery"] = query.recovery
    return found


def _reminder(rule: Rule, book: AlertRulesFile) -> int:
    after = spans.seconds(rule.remind or book.severities[rule.severity].remind)
    return max(SHORTEST_REMINDER_MIN, math.ceil(after / 60))


def _timeout(give_up: str) -> int:
    return min(LONGEST_TIMEOUT_H, max(1, math.ceil(spans.seconds(give_up) / 3600)))
