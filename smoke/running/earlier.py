"""Which element a journey used last, and where that was when all was well."""

from __future__ import annotations

import contextlib
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from smoke.bundle.good import Good, album_of, places_of
from smoke.bundle.scene import Box, Picture
from smoke.running.camera import PLACE, SCROLL
from smoke.running.journey import Journey
from smoke.running.session import Session

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

LOOK_MS = 500


def last_used(trace: Path) -> str:
    """Return the selector of the last element that a trace shows to be used; empty if there is none."""
    selector = ""
    with contextlib.suppress(OSError, zipfile.BadZipFile, ValueError), zipfile.ZipFile(trace) as archive:
        for entry in sorted(name for name in archive.namelist() if name.endswith(".trace")):
            for call in _calls(archive.read(entry)):
                selector = call.get("params", {}).get("selector") or selector
    return selector


def _calls(lines: bytes) -> Iterator[dict[str, Any]]:
    for line in lines.splitlines():
        if line.startswith(b'{"type":"before"'):
            yield json.loads(line)


def first(page: Page, selector: str) -> Locator | None:
    """Return the first element that ``selector`` finds, without waiting for it."""
    from playwright.sync_api import Error

    with contextlib.suppress(Error):
        if selector and (found := page.locator(selector)).count():
            return found.first
    return None


@dataclass(frozen=True, slots=True)
class Earlier:
    """Where an element stood in a picture of the last good run."""

    box: Box
    file: str
    scrolled: tuple[float, float]
    is_whole: bool
    """The picture shows it; else it is of another part of the page."""


def earlier_of(session: Session, journey: Journey, selector: str) -> Earlier | None:
    """Return where the element was last seen in the last good run, near the step in which this one ended."""
    good = session.good.get(journey.check.id)
    if not selector or good is None or not good.pictures or session.shelf is None:
        return None
    album = album_of(session.shelf, journey.check.id)
    with session.spares.bare() as page:
        page.context.set_offline(True)
        seen = [
            each for picture in _nearest(good, journey.camera.step) if (each := _seen(page, album, picture, selector))
        ]
    return next((each for each in seen if each.is_whole), seen[0] if seen else None)


def _seen(page: Page, album: Path, picture: Picture, selector: str) -> Earlier | None:
    page.set_content(places_of(album / picture.file).read_text(encoding="utf-8"), timeout=LOOK_MS * 2)
    found = first(page, selector)
    box = _numbers(found, PLACE) if found else ()
    if len(box) != len(Box.__slots__):
        return None
    x, y, width, height = box
    place, scrolled = Box(x=x, y=y, width=width, height=height), _numbers(page.locator("html"), SCROLL) or (0.0, 0.0)
    return Earlier(place, picture.file, (scrolled[0], scrolled[-1]), place.is_in(picture))


def _numbers(locator: Locator, name: str) -> tuple[float, ...]:
    return tuple(map(float, (locator.get_attribute(name, timeout=LOOK_MS) or "").split()))


def _nearest(good: Good, step: str) -> Sequence[Picture]:
    """Return the pictures from the end of the step in which the journey ended back to the first, then the others."""
    ends = [number for number, picture in enumerate(good.pictures, 1) if step and picture.step == step]
    end = ends[-1] if ends else len(good.pictures)
    return (*reversed(good.pictures[:end]), *good.pictures[end:])
