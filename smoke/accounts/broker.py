"""Gives the checks of one run their accounts: one at a time, no more often than a product takes without locking them.

A refused login is never tried again in the same run: not by the check that saw it, and not by another.
"""

from __future__ import annotations

import contextlib
import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from smoke.accounts.clock import Clock
from smoke.accounts.errors import AccountUnavailableError, LedgerError
from smoke.accounts.leases import Leases
from smoke.accounts.ledger import Ledger, Tenant
from smoke.accounts.one_time import OneTimeCodes
from smoke.accounts.pacing import Closed, LoginAnswer, Pace, Wait
from smoke.accounts.waits import Waits
from smoke.secrets.secret import Secret

PATIENCE_S = 30.0
"""Longest wait for an account that another run holds, or whose logins come too fast."""


@dataclass(slots=True, kw_only=True)
class Broker:
    """The accounts of one run; users are the names that they sign in with. Any thread may call."""

    ledger: Ledger
    tenant: Tenant
    users: tuple[str, ...] = ()
    """Everybody whom the run may need: they are taken together and in one order, so that two runs never each hold
    what the other one waits for."""
    passwords: Mapping[str, Secret] = field(default_factory=dict)
    """By user, as far as known: refusals of another password do not count against these."""
    folder: Path | None = None
    """Where the locks between processes are; None: these accounts are this run's alone."""
    pace: Pace = field(default_factory=Pace)
    patience_s: float = PATIENCE_S
    ends: float = float("inf")
    """Monotonic time at which the run ends, and with it every wait."""
    clock: Clock = field(default_factory=Clock)
    pause: Callable[[float], object] | None = None
    """Lets so many seconds pass, on whatever thread waits; None: nothing else is done there meanwhile."""
    tell: Callable[[str], None] = lambda _line: None
    """Told in one line whom or what is waited for, and how long at most; on whatever thread waits."""
    waits: Waits = field(default_factory=Waits)
    codes: OneTimeCodes = field(init=False)
    _leases: Leases | None = field(init=False, default=None)
    _taken: dict[str, Exception | None] = field(init=False, default_factory=dict)
    """Users that were asked for, with what kept us from them."""
    _busy: set[str] = field(init=False, default_factory=set)
    _begun: dict[str, int] = field(init=False, default_factory=dict)
    """Users whose login is under way, with its number in the ledger."""
    _refused: dict[str, str] = field(init=False, default_factory=dict)
    """Users that were refused, with who saw it and how."""
    _closing: threading.Event = field(init=False, default_factory=threading.Event)
    _free: threading.Condition = field(init=False, default_factory=threading.Condition)
    _taking: threading.Lock = field(init=False, default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.codes = OneTimeCodes(self.ledger, self.clock, self._wait, self._tell)
        if self.folder is not None:
            self._leases = Leases(self.ledger, self.folder, self.tenant, self._wait, self._tell)

    @contextmanager
    def lease(self, user: str) -> Iterator[None]:
        """Keep ``user`` from every other check, and from other runs until this one is over.

        Raises AccountUnavailableError if it is not to be had in time, LedgerError if nobody can say.
        """
        self._hold(user)
        with self._free:
            if not self._free.wait_for(lambda: self._ended or user not in self._busy, self._left):
                raise AccountUnavailableError(f"account {user} is free, but another check of this run has it")
            self._go_on()
            self._busy.add(user)
        try:
            yield
        finally:
            with self._free:
                self._busy.discard(user)
                self._free.notify_all()

    def prepare(self) -> None:
        """Take every account that the run may need from other runs; whoever asks for one is told what prevents it."""
        for user in self.users:
            with contextlib.suppress(AccountUnavailableError, LedgerError):
                self._hold(user)

    def before_login(self, user: str) -> None:
        """Wait until ``user`` may sign in, and note that it does; inside its lease.

        Raises AccountUnavailableError if it may not, LedgerError if nobody can say.
        """
        self._not_refused(user)
        until = min(time.monotonic() + self.patience_s, self.ends)
        password = self.passwords.get(user)
        while not isinstance(turn := self.ledger.begin_login(user, self.pace, time.time(), password), int):
            match turn:
                case Closed(reason, way_out):
                    raise AccountUnavailableError(
                        f"login of {user} may be tried, but {reason}; {way_out.format(user=user)}"
                    )
                case Wait(seconds, reason):
                    if time.monotonic() + seconds > until:
                        raise AccountUnavailableError(
                            f"login of {user} may be tried, but {reason}, and this run cannot wait so long"
                        )
                    self._tell(f"waiting up to {math.ceil(seconds)} s for a login of {user}: {reason}")
                    self._wait(seconds)
        self._begun[user] = turn

    def after_login(self, user: str, check_id: str, answer: LoginAnswer, told: str, wait_s: float = 0.0) -> None:
        """Note what became of a login that ``check_id`` made; ``told`` is its request and answer as evidence.

        ``wait_s`` is for how many seconds the product wants no other (Retry-After).
        """
        if answer in (LoginAnswer.REFUSED, LoginAnswer.LIMITED):
            self._refused.setdefault(user, f"{check_id}: {told}")
        number, now = self._begun.pop(user, None), time.time()
        until = now + wait_s if wait_s > 0 else None
        if number is None:
            self.ledger.add_login(user, now, answer, self.passwords.get(user), until)
        else:
            self.ledger.end_login(number, answer, until)

    def no_login(self, user: str) -> None:
        """Note that the check had no need to sign in; what was told of its logins stays."""
        if (number := self._begun.pop(user, None)) is not None:
            self.ledger.drop_login(number)

    def close(self) -> None:
        """Wake whoever waits, and give the accounts back."""
        self._closing.set()
        with self._free:
            self._free.notify_all()
        if self._leases is not None:
            try:
                with self._taking:
                    self._leases.give_back()
            except LedgerError:
                return  # this machine's locks are free all the same, and other machines wait until it is due

    def _hold(self, user: str) -> None:
        with self._taking:
            self._go_on()
            if user not in self._taken and self._leases is not None:
                until = min(time.monotonic() + self.patience_s, self.ends)
                for each in sorted({user, *self.users} - self._taken.keys()):
                    self._taken[each] = _failure_of(self._leases.take, each, until)
            if (failure := self._taken.get(user)) is not None:
                raise type(failure)(*failure.args)

    def _not_refused(self, user: str) -> None:
        if (seen := self._refused.get(user)) is not None:
            raise AccountUnavailableError(f"login of {user} is tried again after a refusal: never within one run", seen)

    def _wait(self, seconds: float) -> None:
        if time.monotonic() + seconds > self.ends:
            raise AccountUnavailableError(
                f"an account can be waited for, but {seconds:.0f} s more, and the run's time-out comes first"
            )
        on_main = threading.current_thread() is threading.main_thread()
        with self.waits.one():
            (self.pause if self.pause and on_main else self._closing.wait)(seconds)
        self._go_on()

    def _tell(self, line: str) -> None:
        self.tell(line)

    def _go_on(self) -> None:
        if self._ended:
            raise AccountUnavailableError("an account can be waited for, but the run ends")

    @property
    def _ended(self) -> bool:
        return self._closing.is_set()

    @property
    def _left(self) -> float | None:
        return None if self.ends == float("inf") else max(0.0, self.ends - time.monotonic())


def _failure_of(take: Callable[[str, float], None], user: str, until: float) -> Exception | None:
    try:
        take(user, until)
    except (AccountUnavailableError, LedgerError) as error:
        return error
    return None
