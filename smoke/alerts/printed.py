"""Incidents and notices as lines for a terminal. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from smoke import spans
from smoke.alerts.incident import Incident
from smoke.alerts.notice import Ending, Notice
from smoke.alerts.replay import Change, Difference, Replayed
from smoke.moments import second

SIGNS = {Change.ADDED: "+", Change.REMOVED: "-", Change.CHANGED: "~", Change.SAME: " "}


def incident_line(incident: Incident) -> str:
    """Write when it was open, for how long, how bad it was and what it was about."""
    by = f", {incident.acknowledged.by} looks after it" if incident.acknowledged else ""
    return f"{_when(incident)}  {incident.severity:<8}  {incident.rule}  {incident.subject}  [{incident.id}]{by}"


def notice_lines(notice: Notice) -> Iterator[str]:
    """Write what is told, to whom, and what supports it."""
    yield f"{notice.kind} ({notice.severity}, {notice.urgency} {', '.join(notice.recipients)})"
    yield f"  {notice.sentence}"
    yield from (f"    {line}" for line in notice.evidence)
    yield from (f"  {text}" for text in (notice.action, notice.hint, notice.runbook) if text)


def replayed_lines(found: Replayed) -> Iterator[str]:
    """Write every incident of a replay, and how often people would have been told."""
    yield from map(incident_line, found.incidents)
    told = Counter(str(notice.kind) for notice in found.notices)
    pages = sum(1 for notice in found.notices if notice.urgency == "page")
    kinds = ", ".join(f"{count} {kind}" for kind, count in told.items())
    yield f"{len(found.incidents)} incidents, {len(found.notices)} notices ({kinds or 'none'}), {pages} of them paged"


def difference_lines(found: Sequence[Difference]) -> Iterator[str]:
    """Write what other rules would have told: ``+`` more, ``-`` no more, ``~`` at another time or severity."""
    for each in found:
        for sign, incident in _sides(each):
            yield f"{sign} {incident_line(incident)}"
    counted = Counter(each.change for each in found)
    yield ", ".join(f"{counted[change]} {change}" for change in Change)


def _sides(each: Difference) -> Iterable[tuple[str, Incident]]:
    if each.change is Change.CHANGED and each.now is not None and each.new is not None:
        return [("~-", each.now), ("~+", each.new)]
    return [(SIGNS[each.change], incident) for incident in (each.new or each.now,) if incident is not None]


def _when(incident: Incident) -> str:
    opened = second(incident.opened)
    if incident.closed is None:
        return f"{opened}  open"
    how = "" if incident.ending is Ending.RECOVERED else f" ({incident.ending})"
    return f"{opened}  {spans.written(incident.closed - incident.opened)}{how}"
