"""What a rule sees of its subject at a moment. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import assert_never

from smoke import moments, spans
from smoke.alerts import values
from smoke.alerts.look import Impression, Look, failing_regions, looks
from smoke.alerts.past import Past, midnight
from smoke.alerts.scope import counted, interval_of, reach, schedules_of
from smoke.alerts.subject import Subject
from smoke.config.alerts.condition import Facts, Measure, Window
from smoke.config.alerts.rule import Rule
from smoke.config.alerts.rule_file import Maintenance
from smoke.timeline import states
from smoke.timeline.quiet import under_maintenance
from smoke.timeline.states import Span, Word, clipped, holds, needed_of, timeline
from smoke.timeline.times import times_of

SHOWN = 3
WORDS = {Impression.GOOD: states.State.UP, Impression.BAD: states.State.DOWN, Impression.UNKNOWN: states.State.UNKNOWN}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The value of a rule's measure, and what it hangs on."""

    value: float | None
    """None: too little could be judged to say anything."""
    began: float
    """The first bad look of those that led to the newest one."""
    newest_bad: float
    """When something bad was last seen; minus infinity: never."""
    newest_good: float
    good_since: int
    """Good looks since then."""
    bad_in_a_row: int
    """Bad looks up to the newest."""
    evidence: tuple[str, ...]
    run_id: str | None = None
    """The newest bad run."""
    bad_in: frozenset[str] = frozenset()
    """Regions of which the newest look that could be judged was bad."""
    good_in: frozenset[str] = frozenset()
    """Regions of which it was good."""
    seen_in: frozenset[str] = frozenset()
    """Regions of which the window holds a look: the value says something of them."""


NEVER = float("-inf")
NOTHING = Seen(value=None, began=NEVER, newest_bad=NEVER, newest_good=NEVER, good_since=0, bad_in_a_row=0, evidence=())


def see(rule: Rule, subject: Subject, past: Past, maintenance: tuple[Maintenance, ...], now: float) -> Seen:
    """Look at ``subject`` with the eyes of ``rule``."""
    match rule.asks.facts:
        case Facts.ACCOUNTS:
            return _password(rule, subject, past, now)
        case Facts.SLOTS:
            return _slots(rule, subject, past, maintenance, now)
        case Facts.LOOKS | Facts.CHECKS | Facts.READINGS:
            return _looked(rule, subject, past, maintenance, now)
        case _:
            assert_never(rule.asks.facts)


def _looked(rule: Rule, subject: Subject, past: Past, maintenance: tuple[Maintenance, ...], now: float) -> Seen:
    def available() -> float | None:
        return _available(rule, subject, past, maintenance, {look.region for look in every}, now)

    interval = interval_of(rule, past)
    every = looks(rule, subject, past, maintenance, now - reach(rule, interval), now)
    judged = [look for look in every if look.state is not Impression.UNKNOWN]
    bad = [look for look in judged if look.state is Impression.BAD]
    last = bad[-1] if bad else None
    good = [look for look in judged if look.state is Impression.GOOD]
    inside = _within(rule.past, judged, interval, now)
    newest = {look.region: look.state for look in judged}
    return Seen(
        value=_value(rule, inside, available),
        began=_began(judged, last),
        newest_bad=last.at if last else NEVER,
        newest_good=good[-1].at if good else NEVER,
        good_since=sum(1 for look in good if last is None or look.at > last.at),
        bad_in_a_row=values.streak([look.state is Impression.BAD for look in judged]),
        evidence=tuple(look.line for look in reversed(bad[-SHOWN:])),
        run_id=last.run_id if last else None,
        bad_in=frozenset(region for region, state in newest.items() if state is Impression.BAD),
        good_in=frozenset(region for region, state in newest.items() if state is Impression.GOOD),
        seen_in=frozenset(look.region for look in inside),
    )


def _within(window: Window, judged: Sequence[Look], interval: float, now: float) -> list[Look]:
    """Cut the window out: the newest looks of each region are none any more when a run more would have come."""
    if window.looks is None:
        return [look for look in judged if look.at > now - (window.seconds or 0)]
    oldest, left = now - (window.looks + 1) * interval, dict[str, int]()
    found = []
    for look in reversed(judged):
        left[look.region] = left.get(look.region, window.looks) - 1
        if left[look.region] >= 0 and look.at > oldest:
            found.append(look)
    return found[::-1]


def _value(rule: Rule, judged: Sequence[Look], available: Callable[[], float | None]) -> float | None:
    if len(judged) < rule.min_samples:
        return None
    bad = [look.state is Impression.BAD for look in judged]
    match rule.asks.measure:
        case Measure.FAILURES:
            return sum(bad)
        case Measure.CONSECUTIVE_FAILURES | Measure.INCONCLUSIVE_STREAK:
            return values.streak(bad)
        case Measure.FAILING_REGIONS:
            return failing_regions(judged, bad)
        case Measure.AVAILABILITY:
            return available()
        case measure:
            return values.over(measure, [value for look in judged for value in look.values])


def _available(
    rule: Rule, subject: Subject, past: Past, maintenance: tuple[Maintenance, ...], regions: Collection[str], now: float
) -> float | None:
    """Return the share of the known time that it was up, as history and status page count it."""
    key = ("timeline", rule, subject, maintenance, frozenset(regions))
    if key not in past.memo:
        past.memo[key] = _timeline(rule, subject, past, maintenance, regions)
    found: tuple[Span, ...] = past.memo[key]
    return times_of(clipped(found, now - (rule.past.seconds or 0), now)).seen


def _timeline(
    rule: Rule, subject: Subject, past: Past, maintenance: tuple[Maintenance, ...], regions: Collection[str]
) -> tuple[Span, ...]:
    """Return the states of all the past: later looks change nothing about the time before them."""
    every = looks(rule, subject, past, maintenance, NEVER, float("inf"))
    schedules = schedules_of(rule, past)
    lasts = holds(rule.apart or max((each.pace for each in schedules), default=spans.A_DAY))
    since, until = every[0].at, every[-1].at + lasts
    return timeline(
        [Word(look.at, look.region, WORDS[look.state], look.at + lasts) for look in every],
        regions,
        under_maintenance(maintenance, past.suite, past.environment, since, until),
        since=since,
        until=until,
        needed=needed_of(schedules, regions),
    )


def _began(judged: Sequence[Look], last: Look | None) -> float:
    """Return when the bad looks began that end with ``last``, in its region."""
    if last is None:
        return NEVER
    began = last.at
    for look in reversed(judged):
        if look.region == last.region and look.at <= last.at:
            if look.state is Impression.GOOD:
                break
            began = look.at
    return began


def _slots(rule: Rule, subject: Subject, past: Past, maintenance: tuple[Maintenance, ...], now: float) -> Seen:
    """See which slots of the schedule nobody has answered; a run of any verdict is an answer.

    Where no run is known at all nothing is said: other regions may keep a history of their own.
    """
    grace, since = spans.seconds(rule.grace), now - (rule.past.seconds or 0)
    quiet = under_maintenance(maintenance, past.suite, past.environment, since, now)
    known = counted(rule, subject, past, (), now - reach(rule, interval_of(rule, past)), now)
    last = max((run.finished for run in known), default=None)
    if last is None:
        return NOTHING
    expected = sorted(set(_expected(rule, subject, past, since, now - grace)))
    missed = [slot for slot in expected if slot > last and not any(each.holds(slot, slot + grace) for each in quiet)]
    needed = min(math.ceil(rule.asks.threshold) or 1, len(missed))
    return Seen(
        value=len(missed),
        began=missed[0] if missed else NEVER,
        newest_bad=missed[needed - 1] + grace if missed else NEVER,
        newest_good=last,
        good_since=0 if missed else rule.close_after,
        bad_in_a_row=rule.open_after if missed else 0,
        evidence=tuple(f"no run answered {moments.second(slot)}" for slot in reversed(missed[-SHOWN:])),
    )


def _expected(rule: Rule, subject: Subject, past: Past, since: float, until: float) -> Iterator[float]:
    for schedule in schedules_of(rule, past):
        if subject.region in {None, *schedule.regions}:
            yield from schedule.slots(since, until + 1e-3)


def _password(rule: Rule, subject: Subject, past: Past, now: float) -> Seen:
    changed = next((fact.changed for fact in past.passwords if fact.account == subject.account), None)
    if changed is None:
        return NOTHING
    age = (now - midnight(changed)) / spans.A_DAY
    due = midnight(changed) + rule.asks.threshold * spans.A_DAY
    old = rule.asks.holds(age)
    return Seen(
        value=age,
        began=due,
        newest_bad=due if old else NEVER,
        newest_good=NEVER if old else midnight(changed),
        good_since=0 if old else rule.close_after,
        bad_in_a_row=rule.open_after if old else 0,
        evidence=(f"the password of {subject.account} was set on {changed}, {age:.0f} days ago",),
    )
