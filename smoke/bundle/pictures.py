"""What was left beside the verdict of a bad check, and its pictures as the page shows them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from smoke.bundle.good import Good
from smoke.bundle.scene import Box, Picture, Scene, Spoken

SELECTORS = (
    (re.compile(r"internal:testid=\[[\w-]+=(\"[^\"]*\")[si]?\]"), r"test id \1"),
    (re.compile(r"internal:([\w-]+)="), r"\1 "),
)
"""What Playwright calls things within itself, and what people do."""
BLANK = ("about:blank", "chrome-error:", "about:neterror", "about:certerror")
"""How the addresses begin that browsers are at before a first page, and in the place of one that did not come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What was left beside the verdict; pictures as addresses that hold them."""

    scene: Scene | None = None
    spoken: Spoken | None = None
    pictures: Mapping[str, str] = field(default_factory=dict)
    """Of this run, by file."""
    good: Good | None = None
    good_pictures: Mapping[str, str] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    """What lies beside the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """A picture on the page."""

    title: str
    caption: str
    source: str
    width: int
    height: int
    box: Box | None = None
    """What is outlined in it."""
    covered: int = 0
    """Fields in it that are hidden from whoever looks."""


def in_words(selector: str) -> str:
    """Return a selector of Playwright's as people read it: ``test id "answer"``."""
    for internal, words in SELECTORS:
        selector = internal.sub(words, selector)
    return selector


def shots(material: Material) -> Iterator[Shot]:
    """Yield what a user saw: before, at the failure, and in the last good run."""
    scene, good = material.scene, material.good
    if scene is None:
        return
    if scene.before is not None and scene.before.file in material.pictures:
        yield _shot("Before", _when(scene.before), scene.before, material.pictures)
    if scene.shown is not None and scene.shown.file in material.pictures and not is_blank(scene):
        box, said = _in(scene.shown, scene.box or scene.would), scene.title or scene.url
        if scene.used:
            said = f"{said}: the last element that was used is {_where(scene, box)}"
        yield _shot("At the failure", said, scene.shown, material.pictures, box)
    for picture in _compared(scene, good):
        if picture.file in material.good_pictures:
            box = _in(picture, scene.was) if picture.file == scene.was_in else None
            yield _shot("Last good run", _when(picture), picture, material.good_pictures, box)


def is_blank(scene: Scene) -> bool:
    """Tell whether the browser was at no page of anybody's."""
    return scene.url.startswith(BLANK)


def _shot(title: str, caption: str, picture: Picture, sources: Mapping[str, str], box: Box | None = None) -> Shot:
    source, width, height = sources[picture.file], picture.width or 1280, picture.height or 720
    return Shot(
        title=title, caption=caption, source=source, width=width, height=height, box=box, covered=picture.covered
    )


def _where(scene: Scene, outlined: Box | None) -> str:
    if scene.box is not None:
        return "outlined" if outlined else "outside of the picture"
    return "not there; the outline is where it was in the last good run" if outlined else "not there"


def _in(picture: Picture, box: Box | None) -> Box | None:
    return box if box is not None and box.is_in(picture) else None


def _when(picture: Picture) -> str:
    return f"{picture.moment}, step “{picture.step}”" if picture.step else picture.moment


def _compared(scene: Scene, good: Good | None) -> Sequence[Picture]:
    """Return the picture of the last good run that stands beside the failure: of the same element, step, or the end."""
    pictures = good.pictures if good else ()
    same = [each for each in pictures if each.file == scene.was_in]
    same = same or [each for each in pictures if scene.step and each.step == scene.step]
    return (same or list(pictures))[-1:]


def unseen(material: Material) -> Iterator[str]:
    """Yield why there is no picture of something."""
    scene = material.scene
    if scene is None:
        return
    if is_blank(scene):
        yield "There is no picture of the failure: the browser had no page to show."
    elif scene.shown is None:
        yield "There is no picture of the failure: the page was gone, or it showed a secret."
    if not material.good_pictures:
        yield "There is no picture of a good run: its second good run here takes them, then the first of each day."
