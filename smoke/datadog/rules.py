"""Which query stands for a rule, or why none does. Pure.

We send gauges, one value for each run: Datadog can average them, and find the least and the greatest. It cannot count
them by their value, nor tell a percentile of them; and what is not sent at all, it cannot know.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace

from smoke import spans
from smoke.config.alerts.condition import SHARES, Measure
from smoke.config.alerts.rule import Per, Rule
from smoke.config.alerts.windows import needed_of, watches
from smoke.config.cron_schedule import Schedule
from smoke.datadog.definition import Omitted
from smoke.datadog.queries import CheckQuery, MetricQuery, Over, Term, branches, last, term
from smoke.model import CheckKind
from smoke.sinks.metrics import MetricName, name_of

Query = MetricQuery | CheckQuery
SHORTEST_S = 300
UNSCHEDULED_S = 3600
"""Between two runs of which no schedule and no cadence tells."""
LONGEST_COUNT = 100
"""Statuses that a service check monitor can look back at."""
PERCENTILES = "we send gauges, and Datadog tells percentiles of distributions only"
NO_FORM = {
    Measure.MEDIAN: PERCENTILES,
    Measure.P95: PERCENTILES,
    Measure.FAILING_REGIONS: "Datadog does not count the groups of a monitor that fail",
    Measure.INCONCLUSIVE_STREAK: "what could not be judged sends no success and no failure",
    Measure.PASSWORD_AGE: "the age of a password is not sent to Datadog",
}
READINGS = {Measure.MEAN: Over.AVG, Measure.MAX: Over.MAX, Measure.MIN: Over.MIN}


def query_of(rule: Rule, schedules: Sequence[Schedule]) -> Query | Omitted:
    """Return what a monitor asks in place of ``rule``, with windows that runs by ``schedules`` fill."""
    found = _query(rule, apart(rule, schedules))
    if isinstance(found, str):
        return Omitted(name=rule.name, reason=found)
    if isinstance(found, MetricQuery):
        try:
            last(found.window_s)
        except ValueError as error:
            return Omitted(name=rule.name, reason=str(error))
    return found


def apart(rule: Rule, schedules: Sequence[Schedule]) -> float | None:
    """Return the longest time between two runs that ``rule`` looks at, in seconds; None where nothing tells."""
    found = [each.interval for each in schedules if watches(rule, each)]
    return rule.apart or max(found, default=None)


def _query(rule: Rule, every: float | None) -> Query | str:
    measure = rule.asks.measure
    if reason := NO_FORM.get(measure):
        return reason
    if over := READINGS.get(measure):
        return _of_readings(rule, every, over)
    if measure is Measure.ERROR_RATE:
        return _turned(_metric(rule, every, Over.AVG, MetricName.CHECK_SUCCESS))
    if measure in SHARES:
        return _metric(rule, every, Over.AVG, _success(rule))
    return _of_failures(rule, every, needed_of(rule))


def _of_failures(rule: Rule, every: float | None, needed: int) -> Query | str:
    measure = rule.asks.measure
    if rule.asks.comparison in {"<", "<="}:
        return "it asks for few of what is bad"
    if measure is Measure.MISSED_SLOTS:
        return _failed(_metric(rule, every, Over.SUM, MetricName.HEARTBEAT))
    if measure is Measure.CONSECUTIVE_FAILURES:
        return _in_a_row(rule, every, needed)
    if measure is Measure.FAILURES and needed == 1:
        return _failed(_metric(rule, every, Over.MIN, _success(rule)))
    return "Datadog does not count the failed runs of a gauge"


def _success(rule: Rule) -> MetricName:
    return MetricName.CHECK_SUCCESS if rule.selective else MetricName.SUCCESS


def _metric(
    rule: Rule, every: float | None, over: Over, metric: MetricName, more: tuple[Term, ...] = ()
) -> MetricQuery:
    return MetricQuery(
        over=over,
        window_s=_window(rule, every),
        metric=metric,
        terms=(*_terms(rule), *more),
        by=_groups(rule),
        comparison=rule.asks.comparison,
        threshold=rule.asks.threshold,
        recovery=rule.close_at,
    )


def _turned(query: MetricQuery) -> MetricQuery:
    """Return the question of failures, asked of the successes that there are."""
    return replace(
        query,
        comparison={">": "<", ">=": "<=", "<": ">", "<=": ">="}[query.comparison],
        threshold=round(1 - query.threshold, 6),
        recovery=None if query.recovery is None else round(1 - query.recovery, 6),
    )


def _failed(query: MetricQuery) -> MetricQuery:
    return replace(query, comparison="<", threshold=1.0, recovery=None)


def _in_a_row(rule: Rule, every: float | None, needed: int) -> Query | str:
    """Return the exact question where there is one; else whether nothing but failures is in the window."""
    lists = (rule.suites, rule.environments, rule.regions, rule.points)
    if not rule.selective and all(len(each) <= 1 for each in lists):
        if max(needed, rule.close_after) >= LONGEST_COUNT:
            return f"Datadog looks back at {LONGEST_COUNT} statuses at most"
        by = (*dict.fromkeys((*_groups(rule), "execution_point", "region")),)
        tags = tuple(str(each) for each in _terms(rule))
        return CheckQuery(tags=tags, by=by, critical=needed, good=rule.close_after)
    return _failed(_metric(rule, every, Over.MIN if needed == 1 else Over.MAX, _success(rule)))


def _of_readings(rule: Rule, every: float | None, over: Over) -> MetricQuery | str:
    before, _, measurement = (rule.asks.reading or "").rpartition(".")
    metric = name_of(rule.asks.reading or "", CheckKind.PROBE)
    if metric is None:
        return f"{measurement} is not sent to Datadog"
    if metric is MetricName.HOMEPAGE_LOAD or before == "*":
        return _metric(rule, every, over, metric)
    branch = before.removesuffix(".*")
    if re.search(r"[*?\[]", branch):
        return f"Datadog cannot tell which checks {rule.asks.reading!r} means"
    return _metric(rule, every, over, metric, (branches([branch]),))


def _terms(rule: Rule) -> tuple[Term, ...]:
    named = {
        "suite": rule.suites,
        "env": rule.environments,
        "execution_point": rule.points,
        "region": rule.regions,
        "category": tuple(map(str, rule.categories)),
    }
    found = [term(key, values) for key, values in named.items() if values]
    return (*found, *([branches(rule.checks)] if rule.checks else []))


def _groups(rule: Rule) -> tuple[str, ...]:
    more = {Per.REGION: ("region",), Per.CHECK: ("check",), Per.ENVIRONMENT: (), Per.ACCOUNT: ()}[rule.per]
    return ("suite", "env", *(() if len(rule.points) == 1 else ("execution_point",)), *more)


def _window(rule: Rule, every: float | None) -> int:
    """Return what holds as many runs as the rule looks at, and two at least: a run comes late, or not at all."""
    between = every or UNSCHEDULED_S
    needed = needed_of(rule) * between if rule.asks.measure is Measure.CONSECUTIVE_FAILURES else 0
    if rule.asks.measure is Measure.MISSED_SLOTS:
        asked = needed_of(rule) * between + spans.seconds(rule.grace)
    else:
        asked = rule.past.seconds or (rule.past.looks or 1) * between
    return math.ceil(max(asked, needed, 2 * between, SHORTEST_S) / 60) * 60
