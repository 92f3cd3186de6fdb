"""From facts, rules, what was open, and the clock, to what is open now and what people must be told. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import assert_never

from smoke import spans
from smoke.alerts.incident import Incident, incident_id
from smoke.alerts.notice import Ending, Notice
from smoke.alerts.past import Past
from smoke.alerts.scope import checks_of, counted, interval_of, reach, regions_of, watches_check
from smoke.alerts.seen import Seen, see
from smoke.alerts.subject import Subject
from smoke.alerts.telling import told, told_of_closing
from smoke.config.alerts.condition import Measure
from smoke.config.alerts.rule import Per, Rule
from smoke.config.alerts.rule_file import AlertRulesFile, concerns
from smoke.timeline.quiet import silenced, under_maintenance

Key = tuple[str, Subject]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """What came of one evaluation."""

    incidents: tuple[Incident, ...]
    """Everything that is open, and what was closed last of each rule and subject: what the next evaluation needs."""
    changed: tuple[Incident, ...]
    """Of these, the ones that are new or otherwise than before: what must be kept."""
    notices: tuple[Notice, ...]
    """What people must be told, incidents in the order of their rules."""


def evaluate(book: AlertRulesFile, pasts: Iterable[Past], incidents: Iterable[Incident], now: float) -> Evaluated:
    """Judge every rule of ``book`` about every past at the time ``now``, in seconds since the epoch.

    The same twice changes nothing, at the same clock nobody is told twice, and facts after ``now`` are not looked at.
    Incidents about what ``pasts`` does not hold stay as they are.
    """
    incidents = tuple(incidents)
    before = _newest(incidents)
    after, notices, twins = dict(before), list[Notice](), list[Incident]()
    for past in pasts:
        gone = dict(_orphans(book, past, before, now))
        for rule in book.rules:
            if concerns(rule, past.suite, past.environment):
                for subject in _subjects(rule, past, before, now):
                    if (rule.name, subject) in gone:
                        continue
                    incident, notice = _advance(book, rule, subject, past, before.get((rule.name, subject)), now)
                    if incident is not None:
                        after[rule.name, subject] = incident
                    notices += [notice] if notice else []
        for key, incident in gone.items():
            retired = replace(incident, closed=now, ending=Ending.RETIRED)
            after[key], notice = told_of_closing(book, None, retired, now)
            notices += [notice] if notice else []
    for twin, kept in _ended_with_another(incidents, after):
        ended, notice = told_of_closing(book, None, replace(twin, closed=kept.closed, ending=kept.ending), now)
        twins.append(ended)
        notices += [notice] if notice else []
    changed = (*(incident for key, incident in after.items() if incident != before.get(key)), *twins)
    return Evaluated(incidents=tuple(after.values()), changed=changed, notices=tuple(notices))


def _ended_with_another(
    incidents: Iterable[Incident], after: dict[Key, Incident]
) -> Iterator[tuple[Incident, Incident]]:
    """Yield what was opened for the same by another machine, before their histories met, with the one that ended."""
    for incident in incidents:
        kept = after[incident.rule, incident.subject]
        if incident.closed is None and kept.closed is not None and incident.id != kept.id:
            yield incident, kept


def _newest(incidents: Iterable[Incident]) -> dict[Key, Incident]:
    """Keep of each rule and subject the one incident that counts: the open one, else the one that closed last."""
    found: dict[Key, Incident] = {}
    for incident in sorted(incidents, key=lambda each: (each.closed is None, each.closed or each.opened, each.id)):
        found[incident.rule, incident.subject] = incident
    return found


def _orphans(
    book: AlertRulesFile, past: Past, before: dict[Key, Incident], now: float
) -> Iterator[tuple[Key, Incident]]:
    """Yield what is open and of which no rule speaks any more."""
    rules = {rule.name: rule for rule in book.rules if concerns(rule, past.suite, past.environment)}
    for key, incident in before.items():
        about = (incident.subject.suite, incident.subject.environment)
        if incident.closed is None and about == (past.suite, past.environment):
            rule = rules.get(incident.rule)
            if rule is None or not _speaks_of(rule, incident.subject, past, now):
                yield key, incident


def _speaks_of(rule: Rule, subject: Subject, past: Past, now: float) -> bool:
    """Tell whether ``rule`` still watches the check and the region of ``subject``.

    A region of which nothing was heard for long is watched as long as some schedule names it.
    """
    if subject.check is not None and not watches_check(rule, subject.check):
        return False
    if subject.region is None:
        return True
    if subject.region not in (rule.regions or (subject.region,)):
        return False
    heard = counted(rule, subject, past, (), now - reach(rule, interval_of(rule, past)), now)
    scheduled = regions_of(rule, past)
    return not scheduled or subject.region in scheduled or any(heard)


def _subjects(rule: Rule, past: Past, before: dict[Key, Incident], now: float) -> list[Subject]:
    known = [
        subject
        for (name, subject), incident in before.items()
        if name == rule.name
        and incident.closed is None
        and (subject.suite, subject.environment) == (past.suite, past.environment)
    ]
    return list(dict.fromkeys([*known, *_present(rule, past, now)]))


def _present(rule: Rule, past: Past, now: float) -> Iterator[Subject]:
    whole = Subject(suite=past.suite, environment=past.environment)
    since = now - reach(rule, interval_of(rule, past))
    match rule.per:
        case Per.ENVIRONMENT:
            yield whole
        case Per.REGION:
            ran = {run.region for run in counted(rule, whole, past, (), since, now)}
            yield from (replace(whole, region=region) for region in sorted(ran))
        case Per.CHECK:
            yield from (replace(whole, check=check_id) for check_id in checks_of(rule, past, since, now))
        case Per.ACCOUNT:
            yield from (replace(whole, account=each.account) for each in past.passwords)
        case _:
            assert_never(rule.per)


def _advance(
    book: AlertRulesFile, rule: Rule, subject: Subject, past: Past, incident: Incident | None, now: float
) -> tuple[Incident | None, Notice | None]:
    about = (past.suite, past.environment)
    muted = silenced(book.silences, rule.name, *about, now) or under_maintenance(book.maintenance, *about, now, now)
    seen = see(rule, subject, past, book.maintenance, now)
    if incident is None or incident.closed is not None:
        if (opened := _opened(rule, subject, seen, incident, now)) is None:
            return incident, None
        incident = opened
    else:
        incident = _continued(rule, seen, past, incident, now)
        if incident.closed is not None:
            return told_of_closing(book, rule, incident, now)
    return (incident, None) if muted else told(book, rule, incident, now)


def _opened(rule: Rule, subject: Subject, seen: Seen, last: Incident | None, now: float) -> Incident | None:
    """Open an incident where the condition holds by something that was not over already."""
    if seen.value is None or not rule.asks.holds(seen.value) or seen.bad_in_a_row < rule.open_after:
        return None
    if last is not None and last.closed is not None and seen.newest_bad <= last.closed:
        return None
    opened = min(now, seen.newest_bad)
    return Incident(
        id=incident_id(rule.name, subject, opened),
        rule=rule.name,
        title=rule.title,
        severity=rule.severity,
        subject=subject,
        began=min(seen.began, opened),
        opened=opened,
        seen=max(seen.newest_bad, seen.newest_good),
        value=seen.value,
        evidence=seen.evidence,
        condition=rule.condition,
        window=rule.window,
        runbook=rule.runbook,
        run_id=seen.run_id,
        failing=tuple(sorted(seen.bad_in)),
    )


def _continued(rule: Rule, seen: Seen, past: Past, incident: Incident, now: float) -> Incident:
    newest = max(incident.seen, seen.newest_bad, seen.newest_good)
    failing = {*incident.failing, *seen.bad_in} - seen.good_in
    incident = replace(incident, failing=tuple(sorted(failing)))
    if seen.value is None:
        given_up = rule.give_up is not None and now - newest >= spans.seconds(rule.give_up)
        return replace(incident, closed=now, ending=Ending.UNCONFIRMED) if given_up else incident
    lost = (failing & regions_of(rule, past)) - seen.seen_in
    good_again = not _is_still_bad(rule, seen.value, len(lost)) and seen.good_since >= rule.close_after
    if good_again and seen.newest_good >= incident.opened:
        return replace(incident, seen=newest, closed=seen.newest_good, ending=Ending.RECOVERED)
    if rule.asks.holds(seen.value):
        return replace(
            incident,
            title=rule.title,
            severity=rule.severity,
            seen=newest,
            value=seen.value,
            evidence=seen.evidence,
            condition=rule.condition,
            window=rule.window,
            runbook=rule.runbook,
            run_id=seen.run_id,
        )
    return replace(incident, seen=newest)


def _is_still_bad(rule: Rule, value: float, lost: int) -> bool:
    """Tell whether it may still be as bad as before, where ``lost`` regions failed and were not seen since.

    That others are well says nothing of these.
    """
    if rule.asks.measure is Measure.FAILING_REGIONS:
        return rule.asks.beyond(value + lost, rule.closes_at)
    return lost > 0 or rule.asks.beyond(value, rule.closes_at)
