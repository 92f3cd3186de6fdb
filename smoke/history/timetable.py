"""When runs were due, when they began, and when one was last heard of."""

from __future__ import annotations

from dataclasses import dataclass

from smoke.storage.store import Db, Store, upsert

_SLOT = ("suite", "environment", "region", "slot", "started", "drift")
_BEAT = ("suite", "environment", "region", "at")
_ANSWER = f"{upsert('slots', _SLOT, key=_SLOT[:4])} WHERE slots.started IS NULL OR slots.started > excluded.started"
_SAVE_BEAT = f"{upsert('heartbeats', _BEAT, key=_BEAT[:3])} WHERE heartbeats.at < excluded.at"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A moment at which the schedule wanted a run."""

    suite: str
    environment: str
    region: str
    slot: float
    """Seconds since the epoch, as every time here."""
    started: float | None
    """When its run began; None: not yet, or never."""
    drift: float | None
    """Seconds from the slot to that."""


@dataclass(frozen=True, slots=True)
class Timetable:
    """The slots and heartbeats in ``store``; every method raises HistoryError."""

    store: Store

    def slots(self, suite: str, environment: str, since: float, until: float) -> tuple[Slot, ...]:
        """Return the slots of an environment in [``since``, ``until``), in all regions, the newest last."""
        query = (
            f"SELECT {', '.join(_SLOT)} FROM slots WHERE suite = ? AND environment = ?"  # noqa: S608 - our own names
            " AND slot >= ? AND slot < ? ORDER BY slot, region"
        )
        with self.store.reading() as db:
            return tuple(Slot(**row) for row in db.execute(query, (suite, environment, since, until)))

    def last_beat(self, suite: str, environment: str, region: str | None = None) -> float | None:
        """Return when a run was last heard of, in a region or anywhere; None: never."""
        query = "SELECT max(at) FROM heartbeats WHERE suite = ? AND environment = ? AND region = coalesce(?, region)"
        with self.store.reading() as db:
            found: float | None = db.execute(query, (suite, environment, region)).fetchone()[0]
            return found


def answer(db: Db, suite: str, environment: str, region: str, slot: float, started: float) -> None:
    """Note that a run began for a slot; one that was answered before stays so."""
    db.execute(_ANSWER, (suite, environment, region, slot, started, started - slot))


def beat(db: Db, suite: str, environment: str, region: str, at: float) -> None:
    """Note that a run of the schedule was heard of at ``at``; what is older than the last changes nothing."""
    db.execute(_SAVE_BEAT, (suite, environment, region, at))
