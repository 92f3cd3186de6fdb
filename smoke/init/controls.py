"""What can be filled and clicked on a page, and which of it signs somebody in. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from smoke.init.spot import By, Spot, spellings
from smoke.init.words import CODE, ELSEWHERE, GO_ON, MENU, MINE, SIGN_IN, SIGN_OUT, USER

TYPED = frozenset({"text", "email", "tel", "number", "url", ""})
NOT_A_NAME = re.compile(r"\d{3}|[\"\\]|^$")
"""In the attributes of an element: made for one visit, or not to be written in a selector."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """One element that a user can fill or click, as the page has it."""

    index: int
    """Its number among all of them, from 0."""
    tag: str
    type: str = ""
    """Lower-case; of an input, or of a button that sends its form: ``submit``."""
    name: str = ""
    id: str = ""
    autocomplete: str = ""
    placeholder: str = ""
    label: str = ""
    text: str = ""
    form: int = -1
    """Number of its form; -1: none."""
    over: str = ""
    """Text of what it stands in, where that lies over the page: a dialog, or what does not scroll with it."""
    opens: bool = False
    """It says that it opens something."""

    @property
    def is_typed(self) -> bool:
        """Whether words are typed into it, and shown."""
        return self.tag == "input" and self.type in TYPED

    @property
    def is_password(self) -> bool:
        """Whether a password is typed into it."""
        return self.tag == "input" and self.type == "password" and not self.wants_code

    @property
    def wants_code(self) -> bool:
        """Whether it wants a one-time code."""
        return self.tag == "input" and self.type in {*TYPED, "password"} and bool(CODE.search(self._told))

    @property
    def sends(self) -> bool:
        """Whether it sends its form."""
        return self.type in {"submit", "image"} and self.tag in {"button", "input"}

    @property
    def says(self) -> str:
        """What a user reads on it."""
        return self.text or self.label

    @property
    def names_user(self) -> bool:
        """Whether it seems to want a user's name or address."""
        known = {"username", "email"} & {*self.autocomplete.split()}
        return self.is_typed and bool(known or self.type == "email" or USER.search(self._told))

    @property
    def _told(self) -> str:
        return " ".join((self.autocomplete, self.name, self.id, self.label, self.placeholder))


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A page's part of signing in; None: it has no such element."""

    user: Control | None = None
    password: Control | None = None
    code: Control | None = None
    submit: Control | None = None
    """None: sent with the Enter key."""


def login_form(controls: Sequence[Control]) -> Form | None:
    """Return the form that asks for user and password, or for the user alone; None if there is none."""
    for password in (each for each in controls if each.is_password):
        around = [each for each in controls if each.form == password.form]
        if len([each for each in around if each.is_password]) == 1 and password.autocomplete != "new-password":
            before = [each for each in around if each.is_typed and each.index < password.index and not each.wants_code]
            user = _first(before[::-1], lambda each: each.names_user) or (before[-1] if before else None)
            code = _first(around, lambda each: each.wants_code)
            return Form(user=user, password=password, code=code, submit=_submit(around, password))
    for user in (each for each in controls if each.names_user and not each.wants_code):
        around = [each for each in controls if each.form == user.form]
        submit = _submit(around, user)
        known = "username" in user.autocomplete.split() if submit is None else _goes_on(submit)
        if known:
            return Form(user=user, submit=submit)
    return None


def code_form(controls: Sequence[Control]) -> Form | None:
    """Return the form that asks for a one-time code alone; None if there is none."""
    code = _first(controls, lambda each: each.wants_code)
    if code is None or any(each.is_password for each in controls):
        return None
    around = [each for each in controls if each.form == code.form]
    return Form(code=code, submit=_submit(around, code))


def ways_in(controls: Iterable[Control]) -> Iterator[Control]:
    """Yield what seems to lead to the login."""
    return (each for each in controls if SIGN_IN.search(each.says) and not ELSEWHERE.search(each.says))


def ways_out(controls: Iterable[Control]) -> Iterator[Control]:
    """Yield what seems to sign out."""
    return (each for each in controls if SIGN_OUT.search(each.says))


def openers(controls: Iterable[Control], user: str) -> Iterator[Control]:
    """Yield what may open a menu with the way out; the likely ones first."""
    bears = re.compile(re.escape(user.partition("@")[0]), re.IGNORECASE)
    likely = (bears, MINE, MENU)

    def rank(control: Control) -> int:
        told = f"{control.says} {control.label} {control.id}"
        return next((number for number, words in enumerate(likely) if words.search(told)), len(likely))

    yield from sorted((each for each in controls if each.opens), key=rank)


def spots(control: Control, role: str, name: str) -> Iterator[Spot]:
    """Yield locators for ``control``, whose role and accessible name these are: what users go by first."""
    if control.tag == "input" and not control.sends:
        yield from _spelt(By.LABEL, control.label)
        yield from _spelt(By.PLACEHOLDER, control.placeholder)
    if role and name:
        yield from spellings(Spot(by=By.ROLE, role=role, name=name))
    tag = control.tag
    if not NOT_A_NAME.search(control.id):
        yield Spot(by=By.CSS, name=f'{tag}[id="{control.id}"]')
    if not NOT_A_NAME.search(control.name):
        yield Spot(by=By.CSS, name=f'{tag}[name="{control.name}"]')
    if control.type:
        yield Spot(by=By.CSS, name=f'{tag}[type="{control.type}"]')
        yield Spot(by=By.CSS, name=f'form:has([type="password"]) {tag}[type="{control.type}"]')


def _spelt(by: By, text: str) -> Iterator[Spot]:
    plain = text.strip().rstrip("*:").strip()
    if plain:
        yield from spellings(Spot(by=by, name=plain))


def _submit(around: Sequence[Control], field: Control) -> Control | None:
    sends = [each for each in around if each.sends and not ELSEWHERE.search(each.says)]
    if field.form == -1:
        sends = [each for each in around if each.tag == "button" and SIGN_IN.search(each.says) and each not in sends]
    named = _first(sends, lambda each: bool(SIGN_IN.search(each.says)))
    return named or _first(sends, lambda each: each.index > field.index) or (sends[0] if sends else None)


def _goes_on(submit: Control) -> bool:
    return bool(GO_ON.search(submit.says) or SIGN_IN.search(submit.says))


def _first(controls: Iterable[Control], fits: Callable[[Control], bool]) -> Control | None:
    return next((each for each in controls if fits(each)), None)
