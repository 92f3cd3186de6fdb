"""Whether people must be told of an incident now, who, and in which words. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from smoke import spans
from smoke.alerts.incident import Incident
from smoke.alerts.notice import Ending, Notice, NoticeKind
from smoke.config.alerts.condition import parse
from smoke.config.alerts.rule import Rule
from smoke.config.alerts.rule_file import AlertRulesFile, Level
from smoke.model import Urgency
from smoke.moments import minute

NOBODY = Level(after="0s", action="nobody in particular")


def told(book: AlertRulesFile, rule: Rule, incident: Incident, now: float) -> tuple[Incident, Notice | None]:
    """Return an open ``incident`` as it is when people were told what they must be told now, and what that is."""
    level = _level_at(book, rule, incident, now)
    if (kind := _due(book, rule, incident, level, now)) is None:
        return incident, None
    alerted = now if incident.alerted is None else incident.alerted
    after = replace(
        incident, alerted=alerted, told=now, level=level, recipients=_recipients(book, rule, incident, level)
    )
    return _written(book, rule, after, kind, now)


def told_of_closing(
    book: AlertRulesFile, rule: Rule | None, incident: Incident, now: float
) -> tuple[Incident, Notice | None]:
    """Return a closed ``incident`` and what is said of its end, to everybody who knows of it; silences end here."""
    if incident.told is None:
        return incident, None
    return _written(book, rule, replace(incident, told=now), NoticeKind.CLOSED, now)


def next_due(book: AlertRulesFile, rule: Rule, incident: Incident) -> float:
    """Return when an open incident that was told of has something to say again, if nothing changes."""
    if incident.alerted is None or incident.told is None:
        return float("inf")
    steps = [incident.alerted + spans.seconds(level.after) for level in _levels(book, rule)[incident.level + 1 :]]
    if incident.acknowledged is None:
        steps.append(incident.told + _remind(book, rule))
    if rule.give_up is not None:
        steps.append(incident.seen + spans.seconds(rule.give_up))
    return min(steps, default=float("inf"))


def _due(book: AlertRulesFile, rule: Rule, incident: Incident, level: int, now: float) -> NoticeKind | None:
    if incident.told is None:
        return NoticeKind.OPENED
    if level > incident.level:
        return NoticeKind.ESCALATED
    if incident.acknowledged is None and now >= incident.told + _remind(book, rule):
        return NoticeKind.REMINDED
    return None


def _remind(book: AlertRulesFile, rule: Rule) -> float:
    return spans.seconds(rule.remind or book.severities[rule.severity].remind)


def _levels(book: AlertRulesFile, rule: Rule | None) -> tuple[Level, ...]:
    named = rule.escalation if rule else None
    return book.escalations[named] if named else (NOBODY,)


def _level_at(book: AlertRulesFile, rule: Rule, incident: Incident, now: float) -> int:
    since = 0.0 if incident.alerted is None else now - incident.alerted
    reached = [index for index, level in enumerate(_levels(book, rule)) if spans.seconds(level.after) <= since]
    return max(reached[-1], incident.level)


def _recipients(book: AlertRulesFile, rule: Rule, incident: Incident, level: int) -> tuple[str, ...]:
    steps = _levels(book, rule)[: level + 1]
    of_roles = [each for step in steps for role in step.roles for each in book.roles[role].notify]
    return tuple(dict.fromkeys([*incident.recipients, *rule.notify, *of_roles]))


def _written(
    book: AlertRulesFile, rule: Rule | None, incident: Incident, kind: NoticeKind, now: float
) -> tuple[Incident, Notice]:
    incident = replace(incident, notices=incident.notices + 1)
    levels, grade = _levels(book, rule), book.severities[incident.severity]
    level = levels[min(incident.level, len(levels) - 1)]
    return incident, Notice(
        kind=kind,
        incident=incident.id,
        number=incident.notices,
        at=now,
        rule=incident.rule,
        title=incident.title,
        severity=incident.severity,
        urgency=Urgency.TELL if kind is NoticeKind.CLOSED else level.urgency or grade.urgency,
        subject=incident.subject,
        recipients=incident.recipients,
        roles=level.roles,
        action="" if kind is NoticeKind.CLOSED or level is NOBODY else level.action,
        sentence=_sentence(incident, kind, spans.seconds(grade.target), spans.seconds(grade.longest), now),
        evidence=incident.evidence,
        hint=rule.hint if rule else None,
        runbook=incident.runbook,
        run_id=incident.run_id,
        began=incident.began,
        opened=incident.opened,
        closed=incident.closed,
        ending=incident.ending,
        detect_s=incident.detect_s,
        recover_s=incident.recover_s,
        target_s=spans.seconds(grade.target),
        longest_s=spans.seconds(grade.longest),
    )


def _sentence(incident: Incident, kind: NoticeKind, target: float, longest: float, now: float) -> str:
    condition = parse(incident.condition)
    began = minute(incident.began)
    what = f"{incident.title}: {incident.subject}"
    why = f"{condition} over {incident.window}, seen {condition.shown(incident.value)} ({incident.rule})"
    match kind:
        case NoticeKind.OPENED:
            return f"{what}, since {began}: {why}"
        case NoticeKind.REMINDED | NoticeKind.ESCALATED:
            return f"{what}, still, for {spans.written(now - incident.began)} since {began}: {why}"
        case NoticeKind.CLOSED:
            return f"{what}: {_ending(incident, target, longest)} ({incident.rule})"
        case _:
            assert_never(kind)


def _ending(incident: Incident, target: float, longest: float) -> str:
    took = incident.recover_s
    match incident.ending:
        case Ending.UNCONFIRMED:
            return "closed, not because it is well: nothing more could be seen of it"
        case Ending.RETIRED:
            return "closed, not because it is well: its rule speaks of it no more"
        case Ending.RECOVERED | None:
            kept = "within" if (took or 0) <= target else "beyond" if (took or 0) <= longest else "far beyond"
            goal = f"{kept} the {spans.written(target)} that are the target, {spans.written(longest)} at most"
            return f"over after {spans.written(took or 0)}, {goal}"
        case _:
            assert_never(incident.ending)
