"""Looks at an application from its start page to its way out."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from smoke.init.entering import UnknownLoginError
from smoke.init.ground import LOOKS
from smoke.init.looking import answers, start_page
from smoke.init.room import Room
from smoke.init.seen import Login, Seen
from smoke.init.signing import Keys, SigningIn
from smoke.init.wanted import Wanted
from smoke.judging.blame import AccountError
from smoke.observation import Signal
from smoke.running.window import Window


def explore(wanted: Wanted, window: Window, keys: Keys | None, tell: Callable[[str], None]) -> tuple[Seen, str]:
    """Return what was seen, and why a wanted login was not found out (empty: it was, or none was wanted).

    ``keys`` belong to the account that is wanted; ``tell`` is told in one line what comes next. Raises
    NoStartPageError, and Playwright's Error where nothing answers.
    """
    from playwright.sync_api import Error

    tell(f"looking at {wanted.url}/")
    rooms = [Room(*window.open(LOOKS), wanted.url) for _ in range(2)]
    start = start_page(rooms[0], rooms[1])
    answered = answers(rooms[0].page.context, wanted.url)
    stopped = rooms[0].stopped
    login: Login | None = None
    why = ""
    if wanted.account and keys:
        signing = SigningIn(wanted.account, keys, window, wanted.url, tell)
        try:
            login = signing.explore(rooms[0])
            rooms.append(signing.room)
        except (UnknownLoginError, AccountError, Error) as error:
            why = str(error).partition("\n")[0]
    seen = Seen(
        start=start,
        answers=answered,
        visits=tuple(room.listeners.visiting.visit() for room in rooms),
        signals=tuple(_signals(rooms)),
        stopped=stopped,
        login=login,
    )
    return seen, why


def _signals(rooms: Iterable[Room]) -> Iterable[Signal]:
    return (signal for room in rooms for signal in room.signals)
