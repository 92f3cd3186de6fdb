"""Signs an account in and out once, in a browser of its own, and takes note of how."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from smoke.accounts.broker import Broker
from smoke.accounts.pacing import LoginAnswer
from smoke.init.controls import login_form
from smoke.init.entering import Door, Entered, UnknownLoginError, door, enter, refusals, refused
from smoke.init.ground import LOOKS, SIGNS
from smoke.init.leaving import Exit, exit_of, leave, signed_in
from smoke.init.room import Room
from smoke.init.seen import Login
from smoke.init.wanted import AccountWanted
from smoke.running.window import Window
from smoke.secrets.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The secrets of the account, and who keeps its logins apart from those of others."""

    password: Secret
    totp: Secret | None
    broker: Broker
    learn: Callable[[str], None]
    """Told each one-time code."""


@dataclass
class SigningIn:
    """One login, from the form to the way out."""

    account: AccountWanted
    keys: Keys
    window: Window
    base: str
    tell: Callable[[str], None]
    room: Room = field(init=False)

    def __post_init__(self) -> None:
        self.room = self._room(SIGNS)

    def explore(self, visitor: Room) -> Login:
        """Return how it goes; ``visitor`` stands on the start page. Raises UnknownLoginError, AccountError."""
        self.tell("looking for the form that signs in")
        here = door(self._room(LOOKS), self.account.start)
        self.tell("signing in as nobody, to see how that is refused")
        stranger = self._room(SIGNS)
        refusal = refused(stranger, here)
        here.open(stranger)
        self.tell(f"signing in as {self.account.user}")
        entered, found = self._enter(here)
        landing, shown = self.room.path, signed_in(self.room, found, [visitor, stranger])
        if found is None and shown is None:
            raise UnknownLoginError(f"nothing on the page shows that {self.account.user} is signed in")
        self.room.listeners.visiting.look()
        self.tell("looking for the way out" if found is None else "signing out")
        way_out = leave(self.room, found, entered.fields) if found else None
        return Login(
            path=here.path,
            banner=stranger.banner,
            entrance=here.entrance,
            user=entered.user,
            onward=entered.onward,
            password=entered.password,
            code=entered.code,
            submit=entered.submit,
            second=entered.second,
            refused=refusal,
            signed_in=shown,
            way_out=way_out,
            writes=self.room.writes,
            protected=self._protected(landing, here.path, entered) if way_out else "",
        )

    def _enter(self, here: Door) -> tuple[Entered, Exit | None]:
        user, broker = self.account.user, self.keys.broker
        answer, told = LoginAnswer.UNKNOWN, "nobody can say"
        with broker.lease(user):
            broker.before_login(user)
            try:
                form = here.open(self.room)
                before = refusals(self.room)
                entered = enter(self.room, form, user, self.keys.password, self._code)
                found = exit_of(self.room, user)
                if found is None and (said := self._refusal(before)):
                    answer, told = LoginAnswer.REFUSED, said
                    raise UnknownLoginError(f"{said} after {user} signed in: was the password refused?")
                answer, told = LoginAnswer.ACCEPTED, "the form is gone"
            finally:
                broker.after_login(user, SIGNS, answer, told)
        return entered, found

    def _refusal(self, before: tuple[str, ...]) -> str:
        """Say what of the page looks like a refusal; empty: nothing does."""
        if login_form(self.room.controls()) is not None:
            return "the form is there again"
        return "the page says so" if {*refusals(self.room)} - {*before} else ""

    def _code(self) -> str:
        if self.keys.totp is None:
            raise UnknownLoginError("it asks for a one-time code: name the variable with its key by --totp")
        code = self.keys.broker.codes.fresh(self.account.user, self.keys.totp)
        self.keys.learn(code)
        return code

    def _protected(self, landing: str, door_path: str, entered: Entered) -> str:
        """Return ``landing`` if it asks to sign in now, does so without an error, and is not the form's own page."""
        if landing == door_path:
            return ""
        signed_out = self._room(LOOKS)
        signed_out.go(landing)
        asks = signed_out.is_ours and any(map(signed_out.shows, entered.fields))
        return landing if asks and not signed_out.signals else ""

    def _room(self, asker: str) -> Room:
        return Room(*self.window.open(asker), self.base)
