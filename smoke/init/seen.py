"""What was seen of an application: what its suite is written from. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import takewhile

from smoke.answers.pages import Visit
from smoke.init.spot import Spot
from smoke.observation import Signal


@dataclass(frozen=True, slots=True)
class Item:
    """Something that a page shows, with the name that it has in the page object."""

    attribute: str
    spot: Spot


@dataclass(frozen=True, slots=True, kw_only=True)
class StartPage:
    """The page that opens at the address."""

    title: str
    landmark: Item
    """It is there, and there alone, as soon as the page is."""
    parts: tuple[Item, ...]
    banner: Spot | None
    """What answers a banner about cookies that lies over it at first; None: there is none."""
    load_ms: float | None
    """None: not observed."""

    @property
    def title_is_steady(self) -> bool:
        """Whether its title reads the same tomorrow, as far as can be seen."""
        return not re.search(r"\d", self.title)

    @property
    def title_begins(self) -> str:
        """A regular expression for the words of its title before the first number."""
        steady = takewhile(lambda word: not re.search(r"\d", word), self.title.split(" "))
        return "^" + re.escape(" ".join(steady)).replace(r"\ ", " ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What one GET request was answered."""

    path: str
    """Below the address."""
    status: int
    media_type: str
    location: str
    """Where it redirects to; empty: nowhere."""
    body: str
    json: object = None
    """The body, where it is JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactor:
    """The page, or part of one, that asks for a one-time code after the password."""

    code: Spot
    submit: Spot | None
    """None: sent with the Enter key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """How a login looks that is refused."""

    message: Spot
    answers: tuple[str, ...]
    """Bad answers, such as ``POST /login 401``."""
    writes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOut:
    """How a user signs out."""

    opener: Spot | None
    """What opens the menu that it stands in; None: it is in sight."""
    log_out: Spot
    asks: bool
    """The browser's own dialog asks whether it is meant."""
    confirm: Spot | None
    """What says on a page or in a dialog of the page that it is meant; None: nothing asks."""
    signed_out: Spot | None
    """What shows that it worked; None: nothing was found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """How an account signs in, and out again."""

    path: str
    """Of the page with the form, below the address."""
    banner: Spot | None
    """What answers a banner about cookies there; None: there is none."""
    entrance: Spot | None
    """What must be clicked there before the form is there; None: nothing."""
    user: Spot | None
    """None: it asks for the password alone."""
    onward: tuple[Spot | None, ...]
    """How the page with the user alone is sent, where there is one: by a button, or None, with the Enter key."""
    password: Spot
    code: Spot | None
    """Beside the password; None: not there."""
    submit: Spot | None
    """None: sent with the Enter key."""
    second: SecondFactor | None
    refused: Refused | None
    """None: nothing on the page was found to say so."""
    signed_in: Spot | None
    """What only somebody sees who is signed in; None: nothing was found."""
    way_out: WayOut | None
    """None: nothing was found."""
    protected: str
    """Path of a page that asks to sign in when one is signed out; empty: none is known."""
    writes: tuple[str, ...]
    """Such as ``POST /login``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """All of it."""

    start: StartPage
    answers: tuple[Answered, ...]
    visits: tuple[Visit, ...]
    signals: tuple[Signal, ...]
    stopped: tuple[str, ...]
    """What pages tried to write unasked, such as ``POST /events``."""
    login: Login | None
    """None: nobody wanted one."""

    @property
    def banner(self) -> Spot | None:
        """What answers the banner about cookies; None: there is none."""
        return self.start.banner or (self.login.banner if self.login else None)
