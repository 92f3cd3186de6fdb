"""What is known of a bad attempt beside its findings, as it is kept among the evidence. Pure."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace

SCENE, SPOKEN = "scene.json", "exchange.json"
"""File names of what a journey and a probe leave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """Where an element stands in a picture, in its pixels."""

    x: float
    y: float
    width: float
    height: float

    def moved(self, x: float, y: float) -> Box:
        """Return the same, so far to the right and down."""
        return replace(self, x=self.x + x, y=self.y + y)

    def is_in(self, picture: Picture) -> bool:
        """Tell whether its middle is in ``picture``."""
        across, down = self.x + self.width / 2, self.y + self.height / 2
        return 0 <= across <= picture.width and 0 <= down <= picture.height


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What a page looked like, in a file beside."""

    file: str
    step: str
    """The step that it is of; empty: of none."""
    moment: str
    """When in it: ``before click``, ``at the end``."""
    width: int
    height: int
    covered: int = 0
    """Fields in it that are hidden from whoever looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that a page said, or a request of it that came to an end."""

    at: float
    """Seconds since the epoch."""
    kind: str
    """``console``, ``error`` or ``request``."""
    text: str
    bad: bool
    took_ms: float | None = None
    """Until an answer began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Where a journey ended."""

    url: str
    title: str
    step: str
    """The step in which it ended; empty: in none."""
    used: str
    """The last element that it looked for, as Playwright's selector; empty: none."""
    shown: Picture | None = None
    box: Box | None = None
    """Where that element stands now; None: it does not."""
    before: Picture | None = None
    was: Box | None = None
    """Where it stood in ``was_in``, a picture of the last good run."""
    was_in: str = ""
    would: Box | None = None
    """Where that is in ``shown``, however far either page was scrolled."""
    timeline: tuple[Event, ...] = ()
    """In the order of time."""
    left_out: int = 0
    """How many events more there were."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A request of a probe, and the answer if there was one. What is a credential by its name is masked."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: str
    status: int | None = None
    """None: no whole answer came."""
    answer_headers: tuple[tuple[str, str], ...] = ()
    answer: str = ""
    """As much of the body as is kept."""
    size: int = 0
    """Of the whole body, in bytes."""


def written(each: Scene | Spoken) -> str:
    """Return ``each`` as JSON; halves of characters, which UTF-8 has not, become question marks."""
    return json.dumps(asdict(each), indent=1, ensure_ascii=False).encode(errors="replace").decode()


def scene_in(text: str) -> Scene | None:
    """Read a scene; None if it is none."""
    found = _read(Scene, text)
    return found if isinstance(found, Scene) else None


def spoken_in(text: str) -> Spoken | None:
    """Read an exchange; None if it is none."""
    found = _read(Spoken, text)
    return found if isinstance(found, Spoken) else None


def _read(kind: type[Scene] | type[Spoken], text: str) -> Scene | Spoken | None:
    from pydantic import TypeAdapter

    try:
        return TypeAdapter(kind).validate_json(text)
    except ValueError:
        return None
