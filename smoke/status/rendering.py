"""Draws the pages: each whole in itself, without a script, and nothing that comes from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from smoke import moments
from smoke.availability.figures import Availability
from smoke.model import Outcome
from smoke.reporting.pages import drawing
from smoke.status import written
from smoke.status.charts import HEIGHT, WIDTH
from smoke.status.page import WINDOWS, Board, PlaceNow
from smoke.status.standing import Status, worst
from smoke.timeline.states import State, state_of

if TYPE_CHECKING:
    from jinja2 import Environment

HERE = Path(__file__).parent
INDEX = "index.html"
SIGNS = {State.UP: "●", State.DEGRADED: "◐", State.DOWN: "✕", State.UNKNOWN: "?", State.MAINTENANCE: "◇"}
LOOKS = {outcome: state_of(outcome) for outcome in Outcome}
KEY = {
    State.UP: "it worked",
    State.DEGRADED: "not everywhere, or not at the first attempt",
    State.DOWN: "it did not work",
    State.UNKNOWN: "nobody looked, or could judge",
    State.MAINTENANCE: "it was allowed to be down",
}
SHOWN = 20
"""Incidents of a place that are told, the newest first."""
DRAWN = 18
"""Times of a place that are drawn."""


def page_of(suite: str) -> str:
    """Return the file that a suite's page is in."""
    return f"suite-{suite}.html"


def index(board: Board) -> str:
    """Return the page about everything."""
    return (
        _environment()
        .get_template(INDEX)
        .render(
            board=board,
            status=board.status,
            headline=_headline(board),
            stands_until=min((each.standing.until for each in board.places if each.standing.until), default=None),
        )
    )


def suite_page(board: Board, suite: str, places: Iterable[PlaceNow]) -> str:
    """Return the page about one suite."""
    found = tuple(places)
    return (
        _environment()
        .get_template("suite.html")
        .render(
            board=board,
            suite=suite,
            title=found[0].title,
            places=found,
            status=worst(each.standing.status for each in found),
            proof=board.proofs.get(suite),
        )
    )


def _headline(board: Board) -> str:
    match board.status:
        case Status.UP:
            degraded = any(each.standing.state is State.DEGRADED for each in board.places)
            return "Everything works, not always at the first attempt" if degraded else "Everything works"
        case Status.DOWN | Status.UNKNOWN:
            names = [
                f"{each.title} in {each.environment}" for each in board.places if each.standing.status is board.status
            ]
            what = "Something does not work" if board.status is Status.DOWN else "Not everything is known"
            return f"{what}: {', '.join(names)}" if names else "Nothing is known"


def _windows(place: PlaceNow) -> Iterable[tuple[str, Availability]]:
    return zip(WINDOWS, place.windows, strict=True)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


@cache
def _environment() -> Environment:
    made = drawing(HERE, "status.css")
    made.filters |= {name: getattr(written, name) for name in written.FILTERS}
    made.filters |= {"moment": moments.minute, "iso": moments.iso, "sentence": _sentence}
    constants: Mapping[str, object] = {
        "windows": _windows,
        "page_of": lambda suite: quote(page_of(suite)),
        "SIGNS": SIGNS,
        "LOOKS": LOOKS,
        "KEY": KEY,
        "SHOWN": SHOWN,
        "DRAWN": DRAWN,
        "WIDTH": WIDTH,
        "HEIGHT": HEIGHT,
    }
    made.globals |= constants
    return made
