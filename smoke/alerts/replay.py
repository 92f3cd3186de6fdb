"""What rules would have said in the past, and what a change of them would change. Pure."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from smoke import spans
from smoke.alerts.engine import evaluate
from smoke.alerts.incident import Incident
from smoke.alerts.notice import Notice
from smoke.alerts.past import Past, midnight
from smoke.alerts.scope import schedules_of
from smoke.alerts.telling import next_due
from smoke.config.alerts.condition import Facts
from smoke.config.alerts.rule_file import AlertRulesFile, concerns
from smoke.timeline.quiet import edges

SOON = 1e-3
"""After a slot: at the slot itself it is not yet missed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What happened."""

    incidents: tuple[Incident, ...]
    """All of them, in the order of their opening; what is not closed was open at the end."""
    notices: tuple[Notice, ...]
    """In the order of their times."""


def replay(book: AlertRulesFile, pasts: Sequence[Past], since: float, until: float) -> Replayed:
    """Judge as if somebody had, after each run, at each time of the schedule, and whenever something was due.

    Facts from before ``since`` are known at the beginning; nothing is open then.
    """
    moments = [(at, index) for index, past in enumerate(pasts) for at in _moments(book, past, since, until)]
    heapq.heapify(moments)
    state: list[tuple[Incident, ...]] = [() for _ in pasts]
    found: dict[str, Incident] = {}
    notices: list[Notice] = []
    while moments:
        at, index = heapq.heappop(moments)
        while moments and moments[0] == (at, index):
            heapq.heappop(moments)
        done = evaluate(book, [pasts[index]], state[index], at)
        state[index] = done.incidents
        found |= {incident.id: incident for incident in done.changed}
        notices += done.notices
        for due in _due(book, done.changed):
            if at < due <= until:
                heapq.heappush(moments, (due, index))
    return Replayed(
        incidents=tuple(sorted(found.values(), key=lambda each: (each.opened, each.rule, each.subject.key))),
        notices=tuple(notices),
    )


def _moments(book: AlertRulesFile, past: Past, since: float, until: float) -> Iterator[float]:
    yield since
    yield from (run.finished for run in past.runs if since < run.finished <= until)
    yield from edges(book.maintenance, book.silences, since, until)
    for rule in book.rules:
        if past.runs and concerns(rule, past.suite, past.environment) and rule.asks.facts is Facts.SLOTS:
            grace = spans.seconds(rule.grace)
            known = max(since, past.runs[0].finished)  # nothing is missed where nothing was ever heard of
            for schedule in schedules_of(rule, past):
                yield from (slot + grace + SOON for slot in schedule.slots(known - grace, until - grace))
        if concerns(rule, past.suite, past.environment) and rule.asks.facts is Facts.ACCOUNTS:
            due = (midnight(fact.changed) + rule.asks.threshold * spans.A_DAY + SOON for fact in past.passwords)
            yield from (at for at in due if since < at <= until)


def _due(book: AlertRulesFile, incidents: Iterable[Incident]) -> Iterator[float]:
    rules = {rule.name: rule for rule in book.rules}
    for incident in incidents:
        if incident.closed is None:
            yield next_due(book, rules[incident.rule], incident)


class Change(StrEnum):
    """What becomes of an incident when the rules change."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One incident under the rules of now and under new ones, as far as it is in both."""

    change: Change
    now: Incident | None
    new: Incident | None


def compare(now: Replayed, new: Replayed) -> tuple[Difference, ...]:
    """Pair the incidents of the same rule and subject that were open at the same time."""
    left = list(new.incidents)
    found = []
    for incident in now.incidents:
        partner = next((other for other in left if _is_partner(incident, other)), None)
        if partner is not None:
            left.remove(partner)
        found.append(_difference(incident, partner))
    found += [Difference(change=Change.ADDED, now=None, new=incident) for incident in left]
    return tuple(sorted(found, key=_opened))


def _is_partner(one: Incident, other: Incident) -> bool:
    later, sooner = max(one.opened, other.opened), min(_end(one), _end(other))
    return (one.rule, one.subject) == (other.rule, other.subject) and later <= sooner


def _end(incident: Incident) -> float:
    return float("inf") if incident.closed is None else incident.closed


def _difference(now: Incident, new: Incident | None) -> Difference:
    if new is None:
        return Difference(change=Change.REMOVED, now=now, new=None)
    same = (now.opened, now.closed, now.severity) == (new.opened, new.closed, new.severity)
    return Difference(change=Change.SAME if same else Change.CHANGED, now=now, new=new)


def _opened(difference: Difference) -> float:
    return next(each.opened for each in (difference.now, difference.new) if each is not None)
