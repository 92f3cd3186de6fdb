"""What runs did with smoke accounts: logins, TOTP steps and leases, in a file of this machine or a shared database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from smoke.accounts.errors import LedgerError
from smoke.accounts.fingerprint import fingerprint
from smoke.accounts.pacing import STEP_S, Closed, Go, LoginAnswer, Pace, PastLogin, Turn, turn_of, wait_for_step
from smoke.secrets.secret import Secret
from smoke.storage.sqlite import SqliteFile, SqliteMemory
from smoke.storage.store import Db, Store, upsert

VARIABLE = "SMOKE_STATE"
FILE = "accounts.db"
KEPT_S = 86_400.0
"""Older rows decide nothing any more."""
FAR_STEPS = 4
"""A used step so far in the future was written while a clock was wrong: no server has seen it."""

_FIRST = """
CREATE TABLE logins (id INTEGER PRIMARY KEY, origin TEXT, "user" TEXT, at REAL, answer TEXT);
CREATE INDEX logins_by_account ON logins (origin, "user", at);
CREATE TABLE used_steps (origin TEXT, "user" TEXT, step INTEGER, PRIMARY KEY (origin, "user", step)) WITHOUT ROWID;
CREATE TABLE leases (
  origin TEXT, "user" TEXT, run_id TEXT, host TEXT, pid INTEGER, since REAL, due REAL, PRIMARY KEY (origin, "user")
) WITHOUT ROWID
"""
_PASSWORDS = """
ALTER TABLE logins ADD COLUMN password TEXT;
ALTER TABLE logins ADD COLUMN until REAL;
CREATE TABLE salts (salt TEXT);
INSERT INTO salts VALUES (lower(hex(randomblob(16))));
CREATE TABLE rotations (origin TEXT, "user" TEXT, at REAL, old TEXT, PRIMARY KEY (origin, "user")) WITHOUT ROWID
"""
MIGRATIONS = (_FIRST, _PASSWORDS)
"""What leads from each schema version to the next, statements parted by semicolons; only ever appended to."""

_ROTATED = upsert("rotations", ("origin", '"user"', "at", "old"), key=("origin", '"user"'))
_TAKEN = upsert("leases", ("origin", '"user"', "run_id", "host", "pid", "since", "due"), key=("origin", '"user"'))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """A run that holds accounts, or wants to."""

    run_id: str
    host: str
    pid: int
    since: float
    """Seconds since the epoch, as ``due``."""
    due: float
    """When its leases end at the latest, whatever became of it."""


def ledger_path(environ: Mapping[str, str]) -> Path:
    """Return where the ledger is: in $SMOKE_STATE, or in the user's state folder (XDG Base Directory)."""
    if named := environ.get(VARIABLE):
        return Path(named).expanduser() / FILE
    state = environ.get("XDG_STATE_HOME", "")
    folder = Path(state) if state.startswith("/") else Path(environ.get("HOME") or "~").expanduser() / ".local/state"
    return folder / "smoke-harness" / FILE


def ledger_file(path: Path) -> SqliteFile:
    """Return the file of a ledger; it is opened by whoever needs it."""
    return SqliteFile(
        path=path, migrations=MIGRATIONS, raises=LedgerError, elsewhere=VARIABLE, lost="what is known of past logins"
    )


def ledger_store(path: Path, url: Secret | None) -> Store:
    """Return the ledger of several machines, in the PostgreSQL database at ``url``; without it the file ``path``."""
    if url is None:
        return ledger_file(path)
    from smoke.storage.postgres import Postgres

    return Postgres(url, part="accounts", migrations=MIGRATIONS, raises=LedgerError)


def ledger_memory() -> SqliteMemory:
    """Return a ledger for accounts that nobody else has, and that are gone after this run."""
    return SqliteMemory(MIGRATIONS)


@dataclass(frozen=True, slots=True)
class Ledger:
    """The accounts of the target at ``origin``; every method raises LedgerError."""

    db: Store
    origin: str

    def begin_login(self, user: str, pace: Pace, now: float, password: Secret | None = None) -> int | Turn:
        """Note that ``user`` signs in now, and return the number to end that with; or why it may not."""
        with self.db.writing() as db:
            _prune(db, now)
            mine = _fingerprint(db, password)
            if (closed := self._replaced(db, user, mine)) is not None:
                return closed
            query = 'SELECT at, answer, password, until FROM logins WHERE origin = ? AND "user" = ?'
            rows = db.execute(query, (self.origin, user))
            turn = turn_of(
                [PastLogin(**{**row, "answer": LoginAnswer(row["answer"])}) for row in rows], pace, now, mine
            )
            return self._insert(db, user, now, LoginAnswer.UNKNOWN, mine) if isinstance(turn, Go) else turn

    def end_login(self, number: int, answer: LoginAnswer, until: float | None = None) -> None:
        """Note what became of a login, and before which time the product wants no other."""
        with self.db.writing() as db:
            db.execute("UPDATE logins SET answer = ?, until = ? WHERE id = ?", (answer.value, until, number))

    def drop_login(self, number: int) -> None:
        """Note that a login was not made after all."""
        with self.db.writing() as db:
            db.execute("DELETE FROM logins WHERE id = ?", (number,))

    def add_login(
        self, user: str, now: float, answer: LoginAnswer, password: Secret | None = None, until: float | None = None
    ) -> None:
        """Note a login that nobody had begun here."""
        with self.db.writing() as db:
            self._insert(db, user, now, answer, _fingerprint(db, password), until)

    def rotated(self, user: str, old: Secret, now: float) -> None:
        """Note that ``old`` is no longer the password of ``user``: who still has it need not try it."""
        with self.db.writing() as db:
            row = (self.origin, user, now, _fingerprint(db, old))
            db.execute(_ROTATED, row)

    def forgive(self, user: str) -> int:
        """Forget every login of ``user``, and what password it had before; return how many logins that were."""
        with self.db.writing() as db:
            whose = (self.origin, user)
            db.execute('DELETE FROM rotations WHERE origin = ? AND "user" = ?', whose)
            return db.execute('DELETE FROM logins WHERE origin = ? AND "user" = ?', whose).rowcount

    def _insert(
        self,
        db: Db,
        user: str,
        now: float,
        answer: LoginAnswer,
        password: str | None,
        until: float | None = None,
    ) -> int:
        number = int(db.execute("SELECT coalesce(max(id), 0) + 1 FROM logins").fetchone()[0])
        row = (number, self.origin, user, now, answer.value, password, until)
        query = 'INSERT INTO logins (id, origin, "user", at, answer, password, until) VALUES (?, ?, ?, ?, ?, ?, ?)'
        db.execute(query, row)
        return number

    def _replaced(self, db: Db, user: str, password: str | None) -> Closed | None:
        query = 'SELECT at FROM rotations WHERE origin = ? AND "user" = ? AND old = ?'
        row = db.execute(query, (self.origin, user, password)).fetchone()
        if row is None:
            return None
        when = datetime.fromtimestamp(row["at"], UTC).strftime("%Y-%m-%d %H:%M")
        return Closed(
            f"its password was rotated at {when} UTC, and this run has the old one",
            "run again with the new one, or `smoke accounts forgive {user}` if the old one is in force",
        )

    def claim_step(self, user: str, now: float) -> float:
        """Take the time step of ``now``, the server's time, and return 0; or return the seconds to wait for one."""
        step = int(now // STEP_S)
        with self.db.writing() as db:
            query = 'SELECT max(step) FROM used_steps WHERE origin = ? AND "user" = ? AND step <= ?'
            last = db.execute(query, (self.origin, user, step + FAR_STEPS)).fetchone()[0]
            if (wait := wait_for_step(now, last)) == 0:
                db.execute("DELETE FROM used_steps WHERE step < ?", (step - KEPT_S / STEP_S,))
                db.execute("INSERT INTO used_steps VALUES (?, ?, ?)", (self.origin, user, step))
        return wait

    def holder(self, user: str) -> Tenant | None:
        """Return the run that took ``user`` last and has not given it back."""
        with self.db.reading() as db:
            return self._holder(db, user)

    def take(self, user: str, tenant: Tenant, now: float) -> Tenant | None:
        """Write the lease of ``tenant`` and return None; or return a run on another host that still holds it.

        Whoever held it on the same host is gone: that is decided by the lock, which ends with its process.
        """
        with self.db.writing() as db:
            held = self._holder(db, user)
            if held is not None and held.host != tenant.host and held.due > now:
                return held
            row = (self.origin, user, tenant.run_id, tenant.host, tenant.pid, now, tenant.due)
            db.execute(_TAKEN, row)
        return None

    def give_back(self, user: str, run_id: str) -> None:
        """End the lease that the run ``run_id`` has of ``user``."""
        with self.db.writing() as db:
            row = (self.origin, user, run_id)
            db.execute('DELETE FROM leases WHERE origin = ? AND "user" = ? AND run_id = ?', row)

    def _holder(self, db: Db, user: str) -> Tenant | None:
        query = 'SELECT run_id, host, pid, since, due FROM leases WHERE origin = ? AND "user" = ?'
        row = db.execute(query, (self.origin, user)).fetchone()
        return Tenant(**row) if row else None


def _fingerprint(db: Db, password: Secret | None) -> str | None:
    return None if password is None else fingerprint(password, db.execute("SELECT salt FROM salts").fetchone()[0])


def _prune(db: Db, now: float) -> None:
    db.execute("DELETE FROM rotations WHERE at < ?", (now - KEPT_S,))
    db.execute("DELETE FROM logins WHERE at < ?", (now - KEPT_S,))
    db.execute("DELETE FROM leases WHERE due < ?", (now - KEPT_S,))
