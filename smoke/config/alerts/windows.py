"""Whether the windows of a rule can hold enough runs: a rule that can never hold would read as green for ever."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from smoke import spans
from smoke.config.alerts.condition import COUNTS, Facts, Measure
from smoke.config.alerts.rule import Per, Rule
from smoke.config.alerts.rule_file import concerns
from smoke.config.cron_schedule import Schedule
from smoke.config.source import Source


def never_holds(rule: Rule, schedules: Sequence[Schedule], source: Source) -> Iterator[str]:
    """Yield why ``rule`` can never hold, for each schedule under which it cannot, and the way out."""
    if rule.asks.facts is Facts.ACCOUNTS:
        return
    watched = [(index, each) for index, each in enumerate(schedules) if watches(rule, each)]
    if not watched and rule.apart is None and (rule.past.looks is not None or rule.asks.facts is Facts.SLOTS):
        yield (
            f"nothing says how far two runs are apart that this rule looks at, {_watched(rule)}: add a"
            " schedule to config/cron-schedule.yaml, or write cadence, such as cadence: 30m; scheduled are"
            f" {'; '.join(map(_written, schedules)) or 'none'}"
        )
    for index, schedule in watched:
        place = f"{source.file}:{source.lines.get(('schedules', index), 1)}"
        every = rule.apart or schedule.interval
        often = f"{schedule.suite} runs in {schedule.environment} every {spans.written(every)} ({place})"
        yield from _too_few(rule, len(_regions(rule, schedule)), every, often)


def _too_few(rule: Rule, regions: int, every: float, often: str) -> Iterator[str]:
    if rule.asks.measure is Measure.FAILING_REGIONS and needed_of(rule) > regions:
        yield f"takes {needed_of(rule)} regions, and it has {regions}: {often}"
    span = rule.past.seconds
    if rule.asks.facts is Facts.SLOTS:
        least = needed_of(rule) * every + spans.seconds(rule.grace)
        if span is not None and span < least:
            yield f"is too short for {rule.condition} with its grace: {often}; write at least {spans.written(least)}"
        return
    together = regions if rule.per in {Per.ENVIRONMENT, Per.CHECK} else 1
    room = (rule.past.looks or math.floor((span or 0) / every + 1e-9)) * together
    needed = max(rule.min_samples, needed_of(rule) if rule.asks.measure in COUNTS else 1)
    if span is not None and span < every:
        yield (
            f"{rule.window!r} is shorter than the time between two runs, so most of the time it is empty and the rule"
            f" says nothing: {often}; write window: {needed} run{'s' * (needed != 1)}, a time of at least"
            f" {spans.written(every)}, or cadence where it is run more often than scheduled"
        )
    elif room < needed:
        least = math.ceil(needed / together)
        yield (
            f"never holds: it takes {needed} looks, and {rule.window!r} holds {room}: {often}; "
            f"write window: {least} runs, or a time of at least {spans.written(least * every)}"
        )


def needed_of(rule: Rule) -> int:
    """Return the smallest count for which the condition of ``rule`` holds."""
    threshold = rule.asks.threshold
    return math.floor(threshold) + 1 if rule.asks.comparison == ">" else math.ceil(threshold)


def watches(rule: Rule, schedule: Schedule) -> bool:
    """Tell whether ``rule`` looks at runs of ``schedule``."""
    return (
        concerns(rule, schedule.suite, schedule.environment)
        and schedule.point in (rule.points or (schedule.point,))
        and bool(_regions(rule, schedule))
    )


def _watched(rule: Rule) -> str:
    """Say which runs ``rule`` looks at, as ``_written`` says which come."""
    suites = " or ".join(rule.suites) or "any suite"
    environments = " or ".join(rule.environments) or "any environment"
    points = " or ".join(rule.points) or "any point"
    return f"{suites} in {environments} at {points} from {' or '.join(rule.regions) or 'any region'}"


def _written(schedule: Schedule) -> str:
    return f"{schedule.suite} in {schedule.environment} at {schedule.point} from {', '.join(schedule.regions)}"


def _regions(rule: Rule, schedule: Schedule) -> list[str]:
    return [region for region in schedule.regions if region in (rule.regions or (region,))]
