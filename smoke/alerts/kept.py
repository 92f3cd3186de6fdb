"""Incidents as the history keeps them, and back."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from smoke.alerts.incident import Incident
from smoke.history import incidents as kept

if TYPE_CHECKING:
    from pydantic import TypeAdapter


def row_of(incident: Incident) -> kept.IncidentRow:
    """Return ``incident`` as it is kept."""
    return kept.IncidentRow(
        incident_id=incident.id,
        suite=incident.subject.suite,
        environment=incident.subject.environment,
        rule=incident.rule,
        opened=incident.opened,
        closed=incident.closed,
        body=_adapter().dump_json(incident).decode(),
    )


def incident_of(row: kept.IncidentRow) -> Incident:
    """Return the incident that was kept."""
    return _adapter().validate_json(row.body)


@lru_cache(1)
def _adapter() -> TypeAdapter[Incident]:
    from pydantic import TypeAdapter

    return TypeAdapter(Incident)
