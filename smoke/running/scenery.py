"""Keeps where a journey ended: what it looked for, where that was when all was well, and what came before."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from smoke.bundle.scene import SCENE, Box, Event, Picture, Scene, written
from smoke.observation import Artifact
from smoke.running.aside import Aside
from smoke.running.camera import CAPTURE_MS, Camera, covered_in
from smoke.running.earlier import LOOK_MS, Earlier, earlier_of, first, last_used
from smoke.running.journey import Journey
from smoke.running.session import Session
from smoke.secrets.firewall import scrubbed

if TYPE_CHECKING:
    from playwright.sync_api import Page

BAD_KEPT, OTHERS_KEPT = 100, 200
Seen = TypeVar("Seen")
BEFORE, PLACED = "before.jpg", "place.jpg"


def keep_scene(session: Session, journey: Journey, folder: Path) -> list[Artifact]:
    """Write the scene of a bad attempt into its ``folder`` of evidence; nothing that is missing raises."""
    scene = _tried(lambda: _scene(session, journey, folder))
    if scene is None:
        return []
    text = written(scrubbed(scene, session.scrubber))
    _tried(lambda: (folder / SCENE).write_text(text, encoding="utf-8"))
    kept = (folder / BEFORE).relative_to(session.reports).as_posix()
    return [Artifact(kind="before", path=kept)] if scene.before else []


def _tried(look: Callable[[], Seen]) -> Seen | None:
    from playwright.sync_api import Error

    with contextlib.suppress(Error, TimeoutError, OSError, ValueError):
        return look()
    return None


def _scene(session: Session, journey: Journey, folder: Path) -> Scene:
    page = _tried(lambda: _page(journey))
    used = last_used(folder / "trace.zip")
    earlier = _tried(lambda: earlier_of(session, journey, used))
    framed = _tried(lambda: _framed(page, journey.camera, folder, used, earlier)) or Framed(_shown(page, folder))
    events = journey.listeners.timeline
    kept = _kept(events)
    return Scene(
        url=next((each.url for each in journey.context.pages), ""),
        title=_tried(page.title) or "" if page else "",
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
    """Return the page of the journey, which still answers; raises what Playwright does, and TimeoutError."""
    for page in journey.context.pages[:1]:
        Aside(page, partial(page.evaluate, "1")).result(CAPTURE_MS / 1000)
        return page
    return None


def _shown(page: Page | None, folder: Path) -> Picture | None:
    if page is None or not (folder / "screenshot.png").is_file():
        return None
    size = page.viewport_size or {"width": 0, "height": 0}
    return Picture(
        file="screenshot.png",
        step="",
        moment="at the failure",
        width=size["width"],
        height=size["height"],
        covered=_tried(lambda: covered_in(page)) or 0,
    )


def _before(camera: Camera, folder: Path) -> Picture | None:
    if not camera.snaps:
        return None
    snap = camera.snaps[-1]
    (folder / BEFORE).write_bytes(snap.data)
    return replace(snap.picture, file=BEFORE)


def _box_in(page: Page | None, selector: str) -> Box | None:
    found = first(page, selector) if page else None
    place = found.bounding_box(timeout=LOOK_MS) if found else None
    return Box(**place) if place else None


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


def _kept(events: Sequence[Event]) -> tuple[Event, ...]:
    bad = [each for each in events if each.bad][:BAD_KEPT]
    others = [each for each in events if not each.bad][-OTHERS_KEPT:]
    return tuple(sorted([*bad, *others], key=lambda each: each.at))
