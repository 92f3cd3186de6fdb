"""Finds out how a user sees that the login worked, and how to sign out again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from smoke.init.controls import login_form, openers, ways_in, ways_out
from smoke.init.room import Room
from smoke.init.seen import WayOut
from smoke.init.spot import By, Spot, is_steady
from smoke.init.words import CONFIRM

MOST_MENUS = 8


@dataclass(frozen=True, slots=True)
class Exit:
    """Where the way out is."""

    opener: Spot | None
    log_out: Spot


def exit_of(room: Room, user: str) -> Exit | None:
    """Find the way out on the page, or in a menu of it; None if there is none. The menu is left open."""
    from playwright.sync_api import Error

    if (spot := _in_sight(room)) is not None:
        return Exit(None, spot)
    for number in range(MOST_MENUS):
        menus = list(openers(room.controls(), user))
        if number >= len(menus):
            return None
        opener, path = room.spot(menus[number]), room.path
        if opener is None:
            continue
        try:
            room.click(menus[number])
        except Error:  # something lies over it
            continue
        if (spot := _in_sight(room)) is not None:
            return Exit(opener, spot)
        if room.path != path:
            room.go(path)
        else:
            room.page.keyboard.press("Escape")
    return None


def _in_sight(room: Room) -> Spot | None:
    return next((spot for each in ways_out(room.controls()) if (spot := room.spot(each)) is not None), None)


def leave(room: Room, found: Exit, login: tuple[Spot, ...]) -> WayOut:
    """Sign out by the way that was found and opened; ``login`` is what the form to sign in shows."""
    asked, offered = len(room.dialogs), {each.says for each in ways_in(room.controls())}
    room.press(found.log_out)
    confirm = _confirmed(room, found)
    return WayOut(
        opener=found.opener,
        log_out=found.log_out,
        asks=len(room.dialogs) > asked,
        confirm=confirm,
        signed_out=_signed_out(room, login, offered),
    )


def _confirmed(room: Room, found: Exit) -> Spot | None:
    """Say that it is meant, where a page or a dialog asks; return by what."""
    controls = room.controls()
    if login_form(controls) is not None or any(ways_in(controls)):
        return None
    for each in reversed(controls):  # what asks comes last, on top of the page
        if each.tag in {"button", "input"} and CONFIRM.search(each.says):
            spot = room.spot(each)
            if spot not in (None, found.log_out):
                room.click(each)
                return spot
    return None


def _signed_out(room: Room, login: tuple[Spot, ...], offered: set[str]) -> Spot | None:
    """Return what shows that nobody is signed in: not what was ``offered`` before, too."""
    controls = room.controls()
    if any(ways_out(controls)):
        return None
    for each in (way for way in ways_in(controls) if way.says not in offered):
        if (spot := room.spot(each)) is not None:
            return spot
    return room.only(login)


def signed_in(room: Room, found: Exit | None, visitors: Sequence[Room]) -> Spot | None:
    """Return what the page shows that it does not show to ``visitors``, who are not signed in."""
    candidates = [spot for spot in (found.opener, found.log_out) if spot] if found else []
    headings = [
        Spot(by=By.ROLE, role="heading", level=each.level, name=each.name)
        for each in room.nodes()
        if each.role == "heading" and is_steady(each.name)
    ]
    return room.only(spot for spot in (*candidates, *headings) if not any(visitor.shows(spot) for visitor in visitors))
