"""Parcels of the outbox as lines of JSON: a machine that is thrown away leaves the next what it could not deliver.

The keys of those that were delivered lately are carried, too: a copy that is older sends none of them again.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from smoke.history.lines import Moment, Name, explained
from smoke.history.outbox import Parcel, ParcelState, put
from smoke.spans import A_DAY
from smoke.storage.store import Db

OF_DELIVERY = b'{"smoke_delivery":'
"""How the line of a parcel begins."""
LATELY_S = 2 * A_DAY
"""How long before the newest change a parcel may have ended for its key to be carried."""
_COLUMNS = ("key", "kind", "body", "created", "expires", "tries", "next_try", "state", "note", "changed")
_SELECT = (
    f'SELECT {", ".join(_COLUMNS)}, recipient AS "to" FROM deliveries'  # noqa: S608 - our own names
    " WHERE state = 'waiting' OR changed >= (SELECT max(changed) FROM deliveries) - ? ORDER BY number"
)
_END = "UPDATE deliveries SET state = ?, note = ?, body = '', changed = ?, holder = NULL WHERE key = ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """A parcel, and when something last became of it (seconds since the epoch)."""

    parcel: Parcel
    changed: float


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid")

    smoke_delivery: Literal[1] = 1
    key: Name
    to: Name
    kind: str
    body: str
    created: Moment
    expires: Moment | None
    tries: Annotated[int, Field(ge=0)]
    next_try: Moment
    state: ParcelState
    note: str
    changed: Moment


def carried(db: Db) -> tuple[Carried, ...]:
    """Return what waits, and what ended lately, in order."""
    found = []
    for row in db.execute(_SELECT, (LATELY_S,)):
        values = {name: row[name] for name in (*_COLUMNS, "to")}
        changed = values.pop("changed")
        found.append(Carried(parcel=Parcel(**{**values, "state": ParcelState(row["state"])}), changed=changed))
    return tuple(found)


def take(db: Db, given: Carried) -> bool:
    """Keep a parcel of another history where it is unknown here, or ended there alone; tell whether it was."""
    parcel, ended = given.parcel, given.parcel.state is not ParcelState.WAITING
    here = db.execute("SELECT state FROM deliveries WHERE key = ?", (parcel.key,)).fetchone()
    if here is not None and not (ended and here["state"] == ParcelState.WAITING):
        return False
    put(db, parcel)
    if ended:
        db.execute(_END, (parcel.state.value, parcel.note, given.changed, parcel.key))
    return True


def to_parcel_line(given: Carried) -> str:
    """Return a parcel as one line without its end."""
    return _Line(**asdict(given.parcel), changed=given.changed).model_dump_json()


def from_parcel_line(line: str | bytes) -> Carried:
    """Return the parcel of a line; raises LineError."""
    try:
        told = _Line.model_validate_json(line)
    except ValidationError as error:
        raise explained(error) from None
    values = told.model_dump(exclude={"smoke_delivery", "changed"})
    return Carried(parcel=Parcel(**values), changed=told.changed)


def is_of_delivery(line: str | bytes) -> bool:
    """Tell whether a line means to be of a parcel."""
    return (line if isinstance(line, bytes) else line.encode()).lstrip().startswith(OF_DELIVERY)
