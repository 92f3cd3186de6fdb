"""Signs in as a user does, page by page, and takes note of how."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from smoke.init.controls import Control, Form, code_form, login_form, ways_in
from smoke.init.room import Room
from smoke.init.seen import Refused, SecondFactor
from smoke.init.spot import By, Spot
from smoke.init.words import REFUSAL
from smoke.observation import SignalKind

if TYPE_CHECKING:
    from smoke.secrets.secret import Secret

USUAL = ("/login", "/login/", "/accounts/login/", "/signin", "/sign-in", "/auth/login", "/users/sign_in", "/user/login")
NOBODY, NO_PASSWORD = "nobody@smoke.invalid", "no-such-password"
REFUSING = f"""() => {{
  const words = new RegExp({REFUSAL!r}, 'i')
  const found = [...document.querySelectorAll('body *')].filter(each => each.checkVisibility()
    && !each.matches('script, style, option, label, a') && words.test(each.innerText ?? '')
    && ![...each.children].some(child => words.test(child.innerText ?? '')))
  return found.map(each => each.innerText.trim().split('\\n').find(line => words.test(line)) ?? '')
}}"""
LONGEST_MESSAGE = 80


class UnknownLoginError(Exception):
    """How to sign in could not be found out; says why."""


@dataclass(frozen=True, slots=True)
class Door:
    """Where the form is that signs in."""

    path: str
    entrance: Spot | None
    """What must be clicked there first; None: nothing."""

    def open(self, room: Room) -> Form:
        """Go there; raises UnknownLoginError if the form is not there now."""
        room.go(self.path)
        if self.entrance is not None:
            room.press(self.entrance)
        if (form := login_form(room.controls())) is None:
            raise UnknownLoginError(f"the form of {self.path} was there before and is not any more")
        return form


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """The way in that was just taken."""

    user: Spot | None
    onward: tuple[Spot | None, ...]
    password: Spot
    code: Spot | None
    submit: Spot | None
    second: SecondFactor | None

    @property
    def fields(self) -> tuple[Spot, ...]:
        """What the form shows."""
        return (self.password, self.user) if self.user else (self.password,)


def door(room: Room, start: str) -> Door:
    """Find the form: at ``start`` if that is given, else on the start page, behind its links, or at the usual paths.

    At an address that is not the application's no password is typed. Raises UnknownLoginError.
    """
    begin, others = start or "/", list[str]()

    def has_form() -> bool:
        found = login_form(room.controls()) is not None
        if found and not room.is_ours:
            others.append(room.origin)
        return found and room.is_ours

    room.go(begin)
    begun = room.path
    if has_form():
        return Door(begin, None) if room.is_away or begun == begin else _direct(room)
    for control in list(ways_in(room.controls()))[:3]:
        spot = room.spot(control)
        room.click(control)
        if has_form():
            return Door(begin, spot) if room.is_away or room.path == begun else _direct(room)
        room.go(begin)
    for path in () if start or others else USUAL:
        room.go(path)
        if has_form():
            return Door(path, None)
    missing = "no form for user and password was found; say where it is with --login PATH"
    raise UnknownLoginError(_foreign(others[0]) if others else missing)


def _foreign(origin: str) -> str:
    return f"the form that signs in is at {origin}: say --sso {origin} if the password belongs there"


def _direct(room: Room) -> Door:
    """Return the door where ``room`` stands: by its path alone if that is enough, else with its query."""
    path, query = room.path, urlsplit(room.page.url).query
    room.go(path)
    if login_form(room.controls()) or not query:
        return Door(path, None)
    return Door(f"{path}?{query}", None)


def enter(room: Room, form: Form, user: str, password: Secret, one_time_code: Callable[[], str]) -> Entered:
    """Fill in ``form`` and what follows it, until nothing asks any more; raises UnknownLoginError."""
    named, onward = None, []
    if form.user is not None:
        named = _filled(room, form.user, user)
    if form.password is None and form.user is not None:
        onward.append(room.spot(form.submit) if form.submit else None)
        room.send(form.submit, form.user)
        form = _next(room)
    if form.password is None:
        raise UnknownLoginError("after the user no field for the password was found")
    secret = _filled(room, form.password, password.reveal())
    code = _filled(room, form.code, one_time_code()) if form.code else None
    submit = room.spot(form.submit) if form.submit else None
    room.send(form.submit, form.password)
    second = _second(room, one_time_code)
    return Entered(user=named, onward=tuple(onward), password=secret, code=code, submit=submit, second=second)


def _next(room: Room) -> Form:
    return login_form(room.controls()) or Form()


def _second(room: Room, one_time_code: Callable[[], str]) -> SecondFactor | None:
    form = code_form(room.controls())
    if form is None or form.code is None:
        return None
    code = _filled(room, form.code, one_time_code())
    submit = room.spot(form.submit) if form.submit else None
    room.send(form.submit, form.code)
    return SecondFactor(code=code, submit=submit)


def _filled(room: Room, control: Control, value: str) -> Spot:
    if not room.is_ours:
        raise UnknownLoginError(_foreign(room.origin))
    spot = room.spot(control)
    if spot is None:
        raise UnknownLoginError(f"no locator finds the field {control.label or control.name!r} alone")
    room.element(control).fill(value)
    return spot


def refused(room: Room, here: Door) -> Refused | None:
    """Try once to sign in as nobody, and return how that is refused; None if nothing on the page says so.

    No account comes nearer to its lock: where there is no field for a user, nothing is tried.
    """
    form = here.open(room)
    before, heard = set(refusals(room)), {each.text for each in room.signals}
    field = form.user
    if field is None:
        return None
    room.element(field).fill(NOBODY)
    if form.password:
        room.element(form.password).fill(NO_PASSWORD)
        if form.code:
            room.element(form.code).fill("000000")
        field = form.password
    room.send(form.submit, field)
    if form.password is None and room.is_ours and (following := _next(room)).password:
        room.element(following.password).fill(NO_PASSWORD)
        room.send(following.submit, following.password)
    told = [line for line in refusals(room) if line not in before and NOBODY not in line]
    message = room.only(Spot(by=By.TEXT, name=line[:LONGEST_MESSAGE]) for line in told)
    if message is None:
        return None
    bad = [each.text for each in room.signals if each.kind is SignalKind.REQUEST and each.text not in heard]
    return Refused(message=message, answers=tuple(dict.fromkeys(bad)), writes=room.writes)


def refusals(room: Room) -> tuple[str, ...]:
    """Return every line on the page that may refuse something."""
    return tuple(filter(None, room.page.evaluate(REFUSING)))
