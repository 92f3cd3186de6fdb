"""Incidents, kept from the moment that they open."""

from __future__ import annotations

from dataclasses import dataclass

from smoke.storage.store import Db, Store, upsert

COLUMNS = ("incident_id", "suite", "environment", "rule", "opened", "closed", "body")
_SAVE = upsert("incidents", COLUMNS, key=("incident_id",))
_SELECT = f"SELECT {', '.join(COLUMNS)} FROM incidents"  # noqa: S608 - our own names
_IN_ORDER = "ORDER BY opened, incident_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentRow:
    """One outage as it is kept; what more there is to say of it is in ``body``."""

    incident_id: str
    suite: str
    environment: str
    rule: str
    opened: float
    """Seconds since the epoch, as ``closed``."""
    closed: float | None
    body: str
    """JSON, already scrubbed."""


@dataclass(frozen=True, slots=True)
class Incidents:
    """The incidents in ``store``; every method raises HistoryError."""

    store: Store

    def save(self, incident: IncidentRow) -> None:
        """Keep ``incident`` in the place of what was known of it."""
        with self.store.writing() as db:
            save(db, incident)

    def between(self, since: float, until: float) -> tuple[IncidentRow, ...]:
        """Return the incidents that were open at some moment of [``since``, ``until``), the oldest first."""
        with self.store.reading() as db:
            return between(db, since, until)


def between(db: Db, since: float, until: float) -> tuple[IncidentRow, ...]:
    """Do the same as :meth:`Incidents.between` inside the caller's transaction."""
    query = f"{_SELECT} WHERE opened < ? AND (closed IS NULL OR closed > ?) {_IN_ORDER}"
    return tuple(IncidentRow(**row) for row in db.execute(query, (until, since)))


def save(db: Db, incident: IncidentRow) -> None:
    """Do the same as :meth:`Incidents.save` inside the caller's transaction."""
    db.execute(_SAVE, tuple(getattr(incident, column) for column in COLUMNS))


def take(db: Db, incident: IncidentRow) -> bool:
    """Keep an incident of another history where it is unknown here, or was closed there alone; tell whether it was."""
    found = db.execute("SELECT closed FROM incidents WHERE incident_id = ?", (incident.incident_id,)).fetchone()
    if found is not None and (found["closed"] is not None or incident.closed is None):
        return False
    save(db, incident)
    return True
