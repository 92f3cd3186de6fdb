"""Keeps where a journey ended: what it looked for, where that was when all was well, and what came before."""

from __future__ import annotations

import contextlib
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from smoke.bundle.good import Good, album_of, places_of
from smoke.bundle.scene import SCENE, Box, Event, Picture, Scene, written
from smoke.firewall import scrubbed
from smoke.model import Artifact
from smoke.running.aside import Aside
from smoke.running.camera import CAPTURE_MS, PLACE, SCROLL, Camera
from smoke.running.journey import Journey
from smoke.running.session import Session

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

LOOK_MS = 500
BAD_KEPT, OTHERS_KEPT = 100, 200
BEFORE, PLACED = "before.jpg", "place.jpg"


def keep_scene(session: Session, journey: Journey, folder: Path) -> list[Artifact]:
    """Write the scene of a bad attempt into its ``folder`` of evidence; nothing that is missing raises."""
    from playwright.sync_api import Error

    found: list[tuple[str, Path]] = []
    with contextlib.suppress(Error, TimeoutError, OSError, ValueError):
        scene = _scene(session, journey, folder)
        if scene.before is not None:
            found.append(("before", folder / BEFORE))
        (folder / SCENE).write_text(written(scrubbed(scene, session.scrubber)), encoding="utf-8", errors="replace")
    return [Artifact(kind=kind, path=path.relative_to(session.reports).as_posix()) for kind, path in found]


def _scene(session: Session, journey: Journey, folder: Path) -> Scene:
    page = _page(journey)
    used = last_used(folder / "trace.zip")
    earlier = _earlier(session, journey, used)
    framed = _framed(page, journey.camera, folder, used, earlier)
    events = journey.listeners.timeline
    kept = _kept(events)
    return Scene(
        url=page.url if page else "",
        title=_title(page),
        step=journey.camera.step,
        used=used,
        shown=framed.shown,
        box=framed.box,
        before=_before(journey.camera, folder),
        was=earlier.box if earlier else None,
        was_in=earlier.file if earlier else "",
        would=framed.would,
        timeline=kept,
        left_out=len(events) - len(kept),
    )


def _page(journey: Journey) -> Page | None:
    """Return the page of the journey, if it still answers."""
    from playwright.sync_api import Error

    with contextlib.suppress(Error, TimeoutError):
        for page in journey.context.pages[:1]:
            Aside(page, partial(page.evaluate, "1")).result(CAPTURE_MS / 1000)
            return page
    return None


def _title(page: Page | None) -> str:
    from playwright.sync_api import Error

    if page is not None:
        with contextlib.suppress(Error):
            return page.title()
    return ""


def _shown(page: Page | None, folder: Path) -> Picture | None:
    if page is None or not (folder / "screenshot.png").is_file():
        return None
    size = page.viewport_size or {"width": 0, "height": 0}
    return Picture(file="screenshot.png", step="", moment="at the failure", width=size["width"], height=size["height"])


def _before(camera: Camera, folder: Path) -> Picture | None:
    if not camera.snaps:
        return None
    snap = camera.snaps[-1]
    (folder / BEFORE).write_bytes(snap.data)
    return replace(snap.picture, file=BEFORE)


def _box_in(page: Page | None, selector: str) -> Box | None:
    found = _first(page, selector) if page else None
    place = found.bounding_box(timeout=LOOK_MS) if found else None
    return Box(**place) if place else None


def _first(page: Page, selector: str) -> Locator | None:
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


def _earlier(session: Session, journey: Journey, selector: str) -> Earlier | None:
    """Return where the element was last seen in the last good run, near the step in which this one ended."""
    good = session.good.get(journey.check.id)
    if not selector or good is None or not good.pictures or session.good_place is None:
        return None
    album = album_of(session.good_place, journey.check.id)
    with session.spares.bare() as page:
        page.context.set_offline(True)
        seen = [
            each for picture in _nearest(good, journey.camera.step) if (each := _seen(page, album, picture, selector))
        ]
    return next((each for each in seen if each.is_whole), seen[0] if seen else None)


def _seen(page: Page, album: Path, picture: Picture, selector: str) -> Earlier | None:
    page.set_content(places_of(album / picture.file).read_text(encoding="utf-8"), timeout=LOOK_MS * 2)
    found = _first(page, selector)
    box = _numbers(found, PLACE) if found else ()
    if len(box) != len(Box.__slots__):
        return None
    x, y, width, height = box
    place, scrolled = Box(x=x, y=y, width=width, height=height), _numbers(page.locator("html"), SCROLL) or (0.0, 0.0)
    return Earlier(place, picture.file, (scrolled[0], scrolled[-1]), place.is_in(picture))


def _numbers(locator: Locator, name: str) -> tuple[float, ...]:
    return tuple(map(float, (locator.get_attribute(name, timeout=LOOK_MS) or "").split()))


def _now(earlier: Earlier | None, page: Page) -> Box | None:
    """Return where the element would be now, however far either page is scrolled."""
    if earlier is None:
        return None
    right, down = page.evaluate("[scrollX, scrollY]")
    return earlier.box.moved(earlier.scrolled[0] - right, earlier.scrolled[1] - down)


@dataclass(frozen=True, slots=True)
class Framed:
    """The picture of a failure, and where in it the element is, or would be."""

    shown: Picture | None
    box: Box | None = None
    would: Box | None = None


def _framed(page: Page | None, camera: Camera, folder: Path, used: str, earlier: Earlier | None) -> Framed:
    """Return the picture of the failure; another one, scrolled to the element, where that is not in it."""
    shown = _shown(page, folder)
    if page is None or shown is None:
        return Framed(shown)
    box = _box_in(page, used)
    place = box or _now(earlier, page)
    if place is not None and not place.is_in(shown):
        before = page.evaluate("scrollY")
        page.evaluate("y => scrollTo({top: y, behavior: 'instant'})", before + place.y - shown.height / 2)
        if (snap := camera.take("at the failure")) is not None:
            (folder / PLACED).write_bytes(snap.data)
            shown = replace(snap.picture, file=PLACED)
            place = place.moved(0, before - page.evaluate("scrollY"))
    return Framed(shown, box=place) if box else Framed(shown, would=place)


def _nearest(good: Good, step: str) -> Sequence[Picture]:
    """Return the pictures from the end of the step in which the journey ended back to the first, then the others."""
    ends = [number for number, picture in enumerate(good.pictures, 1) if step and picture.step == step]
    end = ends[-1] if ends else len(good.pictures)
    return (*reversed(good.pictures[:end]), *good.pictures[end:])


def _kept(events: Sequence[Event]) -> tuple[Event, ...]:
    bad = [each for each in events if each.bad][:BAD_KEPT]
    others = [each for each in events if not each.bad][-OTHERS_KEPT:]
    return tuple(sorted([*bad, *others], key=lambda each: each.at))


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
