"""What the status page tells programs: status.json, Pingdom's custom checks, and badges of shields.io. Pure.

Whatever is not known to be up reads as not up: Pingdom takes all but ``OK`` for down, and so does a monitor that looks
for the text ``betterprompts/production: up``.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, assert_never
from xml.sax.saxutils import escape

from smoke.availability.figures import Availability
from smoke.moments import iso
from smoke.status.days import WORST_FIRST
from smoke.status.page import WINDOWS, Board, PlaceNow
from smoke.status.standing import RegionNow, Status, worst
from smoke.timeline.states import State

SCHEMA = 1
LONGEST_MS = 99_999_999.0
"""Pingdom takes no longer response time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowRow:
    """The availability of a stretch of time up to the document's own; shares from 0 to 1."""

    seconds: float
    """Its length."""
    worst: float
    """If it was down whenever nobody knows."""
    best: float
    """If it was up whenever nobody knows."""
    seen: float | None
    """Of what is known; null where nothing is."""
    unknown: float
    """Share of the time that counts of which nobody knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionRow:
    """How a place stands in one region."""

    region: str
    state: State
    since: str | None
    newest_run: str | None
    """When it ended."""
    failing: tuple[str, ...]
    """Critical checks that failed last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceRow:
    """How a suite's environment stands."""

    suite: str
    environment: str
    monitor: str
    """``SUITE/ENVIRONMENT: STATUS``: a text that stands nowhere else, for monitors that look for one."""
    status: Status
    state: State
    since: str | None
    """Since when it is in that state; null where that is longer than we looked back, or not known."""
    stands_until: str | None
    """When it is unknown again, unless another run comes; null where it is unknown already."""
    reason: str
    regions: tuple[RegionRow, ...]
    availability: dict[str, WindowRow]
    """By window: 24h, 7d, 30d, 90d."""
    open_incidents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusDocument:
    """How everything that is scheduled stands, for programs. Times are UTC in RFC 3339."""

    schema: int
    generated: str
    monitor: str
    """``everything: STATUS``."""
    status: Status
    """The worst of all places; unknown without any."""
    places: tuple[PlaceRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """What shields.io asks an endpoint for."""

    schemaVersion: int  # noqa: N815 - theirs
    label: str
    message: str
    color: str
    isError: bool  # noqa: N815


def document(board: Board) -> StatusDocument:
    """Write ``board`` down."""
    return StatusDocument(
        schema=SCHEMA,
        generated=iso(board.at),
        monitor=f"everything: {board.status}",
        status=board.status,
        places=tuple(_place(each) for each in board.places),
    )


def to_json(board: Board) -> str:
    """Return status.json as text."""
    return json.dumps(asdict(document(board)), indent=1, ensure_ascii=False) + "\n"


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of status.json, generated from the classes above."""
    from pydantic import TypeAdapter

    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **TypeAdapter(StatusDocument).json_schema()}


def pingdom(places: tuple[PlaceNow, ...]) -> str:
    """Return the answer of a Pingdom HTTP custom check about ``places``.

    The response time, in milliseconds, is that of the slowest region's newest run; none is told where none is known.
    """
    status = worst(each.standing.status for each in places)
    took = [each.took_s for place in places for each in place.regions if each.took_s is not None]
    time = f"<response_time>{min(1000 * max(took), LONGEST_MS):.3f}</response_time>" if took else ""
    told = "OK" if status is Status.UP else escape(status.upper())
    return f"<pingdom_http_custom_check><status>{told}</status>{time}</pingdom_http_custom_check>\n"


def badge(suite: str, places: tuple[PlaceNow, ...]) -> str:
    """Return the badge of a suite, as shields.io reads it."""
    states = [each.standing.state for each in places]
    state = next((each for each in WORST_FIRST if each in states), State.UNKNOWN)
    found = Badge(schemaVersion=1, label=suite, message=str(state), color=_color(state), isError=state is State.DOWN)
    return json.dumps(asdict(found), ensure_ascii=False) + "\n"


def _place(place: PlaceNow) -> PlaceRow:
    now = place.standing
    return PlaceRow(
        suite=place.suite,
        environment=place.environment,
        monitor=place.told,
        status=now.status,
        state=now.state,
        since=_some_moment(now.since),
        stands_until=_some_moment(now.until),
        reason=now.why,
        regions=tuple(_region(each) for each in place.regions),
        availability={name: _window(found) for name, found in zip(WINDOWS, place.windows, strict=True)},
        open_incidents=len(place.open_incidents),
    )


def _region(region: RegionNow) -> RegionRow:
    return RegionRow(
        region=region.region,
        state=region.state,
        since=_some_moment(region.since),
        newest_run=_some_moment(region.ended),
        failing=tuple(each.check_id for each in region.failing),
    )


def _window(found: Availability) -> WindowRow:
    times = found.times
    return WindowRow(
        seconds=found.until - found.since,
        worst=times.worst,
        best=times.best,
        seen=times.seen,
        unknown=times.unknown / times.counted if times.counted else 0.0,
    )


def _color(state: State) -> str:
    match state:
        case State.UP:
            return "brightgreen"
        case State.DEGRADED:
            return "yellow"
        case State.DOWN:
            return "red"
        case State.UNKNOWN:
            return "lightgrey"
        case State.MAINTENANCE:
            return "blue"
        case _:
            assert_never(state)


def _some_moment(at: float | None) -> str | None:
    return None if at is None else iso(at)
