"""Keeps where a journey ended: what it looked for, where that was when all was well, and what came before."""

from __future__ import annotations

import contextlib
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from smoke.bundle.good import Good, album_of, places_of
from smoke.bundle.scene import SCENE, Box, Event, Picture, Scene, written
from smoke.firewall import scrubbed
from smoke.model import Artifact
from smoke.running.camera import PLACE, Camera
from smoke.running.journey import Journey
from smoke.running.session import Session

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

LOOK_MS = 500
BAD_KEPT, OTHERS_KEPT = 100, 200
BEFORE = "before.jpg"


def keep_scene(session: Session, journey: Journey, folder: Path) -> list[Artifact]:
    """Write the scene of a bad attempt into its ``folder`` of evidence; nothing that is missing raises."""
    from playwright.sync_api import Error

    found: list[tuple[str, Path]] = []
    with contextlib.suppress(Error, TimeoutError, OSError, ValueError):
        scene = _scene(session, journey, folder)
        if scene.before is not None:
            found.append(("before", folder / BEFORE))
        (folder / SCENE).write_text(written(scrubbed(scene, session.scrubber)), encoding="utf-8", errors="replace")
        found.append(("scene", folder / SCENE))
    return [Artifact(kind=kind, path=path.relative_to(session.reports).as_posix()) for kind, path in found]


def _scene(session: Session, journey: Journey, folder: Path) -> Scene:
    pages = journey.context.pages
    page = pages[0] if pages else None
    used = last_used(folder / "trace.zip")
    was, was_in = _earlier(session, journey, used)
    events = journey.listeners.timeline
    kept = _kept(events)
    return Scene(
        url=page.url if page else "",
        title=_title(page),
        step=journey.camera.step,
        used=used,
        shown=_shown(page, folder),
        box=_box_in(page, used),
        before=_before(journey.camera, folder),
        was=was,
        was_in=was_in,
        timeline=kept,
        left_out=len(events) - len(kept),
    )


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


def _earlier(session: Session, journey: Journey, selector: str) -> tuple[Box | None, str]:
    """Return where the element stood in the last good run, and in the picture of which step; the latest of them."""
    good = session.good.get(journey.check.id)
    if not selector or good is None or not good.pictures or session.good_place is None:
        return None, ""
    album = album_of(session.good_place, journey.check.id)
    with session.spares.bare() as page:
        page.context.set_offline(True)
        for picture in reversed(_until(good, journey.camera.step)):
            page.set_content(places_of(album / picture.file).read_text(encoding="utf-8"), timeout=LOOK_MS * 2)
            if (found := _first(page, selector)) is not None:
                said = (found.get_attribute(PLACE, timeout=LOOK_MS) or "").split()
                if len(said) == len(Box.__slots__):
                    x, y, width, height = map(float, said)
                    return Box(x=x, y=y, width=width, height=height), picture.file
    return None, ""


def _until(good: Good, step: str) -> Sequence[Picture]:
    """Return the pictures up to the step in which the journey ended; all of them if that has none."""
    ends = [number for number, picture in enumerate(good.pictures, 1) if picture.step == step]
    return good.pictures[: ends[-1]] if step and ends else good.pictures


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
