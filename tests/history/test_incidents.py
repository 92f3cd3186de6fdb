"""Incidents outlive the run that opened them."""

from __future__ import annotations

from typing import Any

from smoke.history.incidents import IncidentRow, Incidents
from smoke.storage.store import Store

NOW = 1_800_000_000.0


def an_incident(incident_id: str = "one", **changes: Any) -> IncidentRow:
    told = {"suite": "shop", "environment": "production", "rule": "down", "opened": NOW, "closed": None, "body": "{}"}
    return IncidentRow(incident_id=incident_id, **{**told, **changes})


def test_an_incident_is_open_until_it_is_saved_closed(store: Store) -> None:
    """It keeps its id, and what is known of it is what was said last."""
    incidents = Incidents(store)
    incidents.save(an_incident())
    incidents.save(an_incident("later", opened=NOW + 5))
    incidents.save(an_incident("elsewhere", environment="staging"))
    assert {each.incident_id: each.closed for each in incidents.between(NOW, NOW + 100)} == dict.fromkeys(
        ("one", "later", "elsewhere")
    )
    closed = an_incident(closed=NOW + 9, body='{"note": "back"}')
    incidents.save(closed)
    assert closed in incidents.between(NOW, NOW + 100)


def test_between_tells_what_was_open_meanwhile(store: Store) -> None:
    """One that began before, one that goes on, but none that had closed or had yet to open."""
    incidents = Incidents(store)
    for incident_id, opened, closed in (("over", -9, -1), ("into", -9, 1), ("goes on", -5, None), ("next", 10, None)):
        incidents.save(an_incident(incident_id, opened=NOW + opened, closed=closed and NOW + closed))
    assert [each.incident_id for each in incidents.between(NOW, NOW + 10)] == ["into", "goes on"]
