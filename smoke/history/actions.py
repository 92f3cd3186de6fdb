"""What gates did, so that nothing is done twice for one build."""

from __future__ import annotations

from dataclasses import dataclass

from smoke.storage.store import Row, Store, insert_new

_COLUMNS = ("key", "suite", "environment", "point", "build", "action", "begun", "ended", "ok", "detail")
_BEGIN = insert_new("actions", _COLUMNS, key=("key",))
_SELECT = f"SELECT {', '.join(_COLUMNS)} FROM actions WHERE key = ?"  # noqa: S608 - our own names


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionTaken:
    """One action of a gate, from the moment that it was begun."""

    key: str
    """Names it for good: suite, environment, build and action."""
    suite: str
    environment: str
    point: str
    """Execution point whose gate began it."""
    build: str
    action: str
    begun: float
    """Seconds since the epoch, as ``ended``."""
    ended: float | None = None
    """None: nobody knows how it ended, or whether it did."""
    ok: bool | None = None
    detail: str = ""
    """What its hook said, in one line, scrubbed."""


@dataclass(frozen=True, slots=True)
class Actions:
    """The actions in ``store``; every method raises HistoryError."""

    store: Store

    def begin(self, action: ActionTaken) -> ActionTaken | None:
        """Note that ``action`` is begun now, and return None; if it was begun before, do nothing and return that."""
        with self.store.writing() as db:
            values = (getattr(action, column) for column in _COLUMNS)
            if db.execute(_BEGIN, tuple(values)).rowcount:
                return None
            return _action(db.execute(_SELECT, (action.key,)).fetchone())

    def end(self, key: str, *, ok: bool, detail: str, now: float) -> None:
        """Note how the action ``key`` ended."""
        with self.store.writing() as db:
            query = "UPDATE actions SET ended = ?, ok = ?, detail = ? WHERE key = ?"
            db.execute(query, (now, int(ok), detail, key))


def _action(row: Row) -> ActionTaken:
    values = {name: row[name] for name in _COLUMNS}
    return ActionTaken(**{**values, "ok": None if values["ok"] is None else bool(values["ok"])})
