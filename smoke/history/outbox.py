"""What must be delivered: kept until its recipient has it, in order, whatever happens to the run that put it there."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from enum import StrEnum

from smoke.storage.store import Db, Row, Store, insert_new

HOLD_S = 60.0
"""How long a run may take to send what it took, before another one may send it too."""
AT_ONCE = 500


class ParcelState(StrEnum):
    """Where a parcel is."""

    WAITING = "waiting"
    SENT = "sent"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """Something that must reach one recipient."""

    key: str
    """Names it for good: put twice, it is kept once. The recipient may need it too, as it may arrive twice."""
    to: str
    """Sink or channel. Parcels to the same recipient keep their order."""
    kind: str
    """What its recipient makes of ``body``."""
    body: str
    """Already scrubbed."""
    created: float
    """Seconds since the epoch, as every time here."""
    expires: float | None = None
    """When its recipient would refuse its age; None: never."""
    tries: int = 0
    next_try: float = 0.0
    """It is not due before that."""
    state: ParcelState = ParcelState.WAITING
    note: str = ""
    """Why it could not be sent, or what was answered when it was."""


_COLUMNS = ("key", "kind", "body", "created", "expires", "tries", "next_try", "state", "note")
_PUT = insert_new("deliveries", ("number", "recipient", "changed", *_COLUMNS), key=("key",))
_SELECT = f"SELECT {', '.join(_COLUMNS)}, recipient, holder, held_until FROM deliveries"  # noqa: S608 - our own names
_WAITING = f"{_SELECT} WHERE recipient = ? AND state = 'waiting' ORDER BY number LIMIT ?"
_ALIVE = (
    f"{_SELECT} WHERE recipient = ? AND state = 'waiting' AND (expires IS NULL OR expires > ?) ORDER BY number LIMIT ?"
)


@dataclass(frozen=True, slots=True)
class Outbox:
    """The parcels in ``store``; every method raises HistoryError. Any number of processes may share it.

    Whoever takes parcels sends them in order and says of each what became of it, stopping at the first that failed.
    A parcel arrives at least once: again, where its sender died before it could say that it was sent.
    """

    store: Store
    _holder: str = field(default_factory=lambda: uuid.uuid4().hex)

    def put(self, *parcels: Parcel) -> int:
        """Keep ``parcels`` in their order, all or none, and return how many are new by their keys."""
        with self.store.writing() as db:
            return put(db, *parcels)

    def due(self, to: str, now: float) -> tuple[Parcel, ...]:
        """Take the parcels to ``to`` that are due, the oldest first: nobody else gets them for HOLD_S seconds.

        None overtakes another: it ends before the first that is not yet to be tried, or that somebody else holds.
        What has expired is never due.
        """
        with self.store.writing() as db:
            taken = []
            for row in db.execute(_ALIVE, (to, now, AT_ONCE)).fetchall():
                parcel = _parcel(row)
                if parcel.next_try > now or self._is_kept(row, now):
                    break
                taken.append(parcel)
            held = "UPDATE deliveries SET holder = ?, held_until = ? WHERE key = ?"
            db.executemany(held, [(self._holder, now + HOLD_S, parcel.key) for parcel in taken])
        return tuple(taken)

    def sent(self, key: str, now: float, receipt: str = "") -> None:
        """Note that a parcel arrived; its body is forgotten, its key stays so that it is not put again."""
        self._end(key, ParcelState.SENT, receipt, now)

    def refused(self, key: str, now: float, why: str) -> None:
        """Note that a parcel will never be accepted, in one line: it is not tried again, and blocks none behind it."""
        self._end(key, ParcelState.DROPPED, why, now)

    def failed(self, key: str, now: float, why: str, next_try: float) -> None:
        """Note why a parcel could not be sent, and when to try again; it is nobody's until then."""
        query = (
            "UPDATE deliveries SET tries = tries + 1, note = ?, next_try = ?, changed = ?, holder = NULL,"
            " held_until = NULL WHERE key = ? AND state = 'waiting' AND (holder IS NULL OR holder = ?)"
        )
        with self.store.writing() as db:
            db.execute(query, (why, next_try, now, key, self._holder))

    def give_back(self, to: str) -> None:
        """Let others have at once what was taken of the parcels to ``to`` and not sent."""
        query = (
            "UPDATE deliveries SET holder = NULL, held_until = NULL"
            " WHERE recipient = ? AND state = 'waiting' AND holder = ?"
        )
        with self.store.writing() as db:
            db.execute(query, (to, self._holder))

    def drop_expired(self, to: str, now: float) -> int:
        """Drop the parcels to ``to`` that nobody would accept any more, and return how many those are."""
        query = (
            "UPDATE deliveries SET state = 'dropped', note = 'expired', body = '', changed = ?"
            " WHERE recipient = ? AND state = 'waiting' AND expires <= ?"
        )
        with self.store.writing() as db:
            return db.execute(query, (now, to, now)).rowcount

    def waiting(self, to: str) -> tuple[Parcel, ...]:
        """Return what waits for ``to``, due or not, the oldest first; nothing is taken."""
        with self.store.reading() as db:
            return tuple(_parcel(row) for row in db.execute(_WAITING, (to, AT_ONCE)))

    def recipients(self, like: str) -> tuple[str, ...]:
        """Return for whom something waits, of those whose names begin with ``like``: the least tried first."""
        query = (
            "SELECT recipient FROM deliveries WHERE state = 'waiting' AND substr(recipient, 1, ?) = ?"
            " GROUP BY recipient ORDER BY max(tries), min(number)"
        )
        with self.store.reading() as db:
            return tuple(row["recipient"] for row in db.execute(query, (len(like), like)))

    def _is_kept(self, row: Row, now: float) -> bool:
        """Tell whether another run is sending this one."""
        return row["holder"] not in {None, self._holder} and row["held_until"] > now

    def _end(self, key: str, state: ParcelState, note: str, now: float) -> None:
        query = (
            "UPDATE deliveries SET state = ?, note = ?, tries = tries + 1, body = '', changed = ?, holder = NULL"
            " WHERE key = ? AND state = 'waiting'"
        )
        with self.store.writing() as db:
            db.execute(query, (state.value, note, now, key))


def put(db: Db, *parcels: Parcel) -> int:
    """Do the same as :meth:`Outbox.put` inside the caller's transaction: with what it tells of, or not at all."""
    number = db.execute("SELECT coalesce(max(number), 0) FROM deliveries").fetchone()[0]
    new = 0
    for each in parcels:
        told = (each.key, each.kind, each.body, each.created, each.expires)
        state = (each.tries, each.next_try, each.state.value, each.note)
        new += db.execute(_PUT, (number + new + 1, each.to, each.created, *told, *state)).rowcount
    return new


def _parcel(row: Row) -> Parcel:
    values = {name: row[name] for name in _COLUMNS}
    return Parcel(to=row["recipient"], **{**values, "state": ParcelState(values["state"])})
