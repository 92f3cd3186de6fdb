"""Whether we still look: how old the newest verdict is, in the history or where it is published."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from smoke import spans
from smoke.config.problems import ConfigError
from smoke.doctor.diagnosis import Diagnosis, Health
from smoke.doctor.registry import Surroundings, examination
from smoke.moments import iso

if TYPE_CHECKING:
    from smoke.config.cron_schedule import Schedule
    from smoke.model import Place
    from smoke.storage.store import Store

FETCH_S = 10.0
AHEAD_S = 120.0
"""Clocks may differ by so much."""
NOT_KEPT_HERE = Diagnosis(
    about="freshness",
    health=Health.WARNING,
    text="no run of a schedule is kept here, so whether one still comes can only be told elsewhere",
    remedy="smoke doctor --max-age 45m --url ADDRESS/verdict.json, or with SMOKE_HISTORY_URL",
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument(
        "--max-age",
        metavar="TIME",
        help="how old the newest verdict may be, such as 45m (default: as cron-schedule.yaml says)",
    )
    parser.add_argument("--url", metavar="URL", help="look at a published verdict.json instead of the history")


@examination("freshness", configure=configure, asked_by=("max_age", "url"))
def examine(here: Surroundings) -> Iterator[Diagnosis]:
    """Look at every scheduled place, or those that are meant; raises ConfigError."""
    given = here.given
    age = None if given.max_age is None else _age(given.max_age)
    if given.url is None:
        return _in_history(here, age) if age is not None or _is_kept_here(here) else iter([NOT_KEPT_HERE])
    if age is None:
        text = "is needed with --url: what is published does not say how often it should come; say it, such as 45m"
        raise ConfigError.of_option("--max-age", text)
    return _published(here, age)


def judged(about: str, ended: float | None, age: float, now: float, begun: float | None = None) -> Diagnosis:
    """Judge that the newest verdict was reached at ``ended``, and a run last ``begun``; None: never."""
    if ended is None:
        text = "no verdict is known, so whether anybody looks cannot be told"
        return Diagnosis(about=about, health=Health.UNCLEAR, text=text + _unended(ended, begun, now))
    if ended > now + AHEAD_S:
        text = f"the newest verdict is of {iso(ended)}, which is yet to come: one of the clocks is wrong"
        return Diagnosis(about=about, health=Health.UNCLEAR, text=text)
    old = f"the newest verdict is {spans.written(max(0.0, now - ended))} old ({iso(ended)})"
    if now - ended <= age:
        return Diagnosis(about=about, health=Health.WELL, text=old)
    text = f"{old}, more than {spans.written(age)}{_unended(ended, begun, now)}"
    return Diagnosis(about=about, health=Health.ILL, text=text)


def _age(text: str) -> float:
    try:
        if (age := spans.seconds(text)) > 0:
            return age
        wrong = f"is a time such as 45m; got {text!r}"
    except ValueError as error:
        wrong = str(error)
    raise ConfigError.of_option("--max-age", wrong)


def _unended(ended: float | None, begun: float | None, now: float) -> str:
    if begun is None or begun <= (ended or 0.0):
        return "; see whether the schedule is disabled, or its runner gone"
    return f"; but a run began {spans.written(max(0.0, now - begun))} ago, so runs begin and do not end"


def _is_kept_here(here: Surroundings) -> bool:
    """Tell whether somebody who asks for everything may expect scheduled runs on this machine."""
    from smoke.availability.gathering import Expectations
    from smoke.history.opening import history_store
    from smoke.storage.sqlite import SqliteFile

    given, store = here.given, history_store(here.settings)
    places = Expectations.of(here.settings.root).places
    meant = [(suite, env) for suite, env in places if given.suite in {None, suite} and given.env in {None, env}]
    if isinstance(store, SqliteFile):
        return store.path.exists() and any(_was_looked_at(store, place) for place in meant)
    return bool(meant)


def _was_looked_at(store: Store, place: Place) -> bool:
    """Tell whether any run of ``place`` is known; a history that cannot be read is to say so itself."""
    from smoke.history.errors import HistoryError
    from smoke.history.reader import Reader
    from smoke.history.timetable import Timetable

    try:
        return Reader(store).last_end(*place) is not None or Timetable(store).last_beat(*place) is not None
    except HistoryError:
        return True


def _in_history(here: Surroundings, age: float | None) -> Iterator[Diagnosis]:
    from smoke.availability.gathering import Expectations
    from smoke.history.opening import history_store
    from smoke.storage.sqlite import SqliteFile

    given, store = here.given, history_store(here.settings)
    expected = Expectations.of(here.settings.root)
    for place in expected.chosen(given.suite, given.env):
        about = f"{place[0]} in {place[1]}" + (f", {given.region}" if given.region else "")
        if isinstance(store, SqliteFile) and not store.path.exists():
            yield Diagnosis(about=about, health=Health.UNCLEAR, text=f"there is no history at {store.path}")
        else:
            yield _of_place(here, store, place, expected.of_place(place), about, age)


def _of_place(
    here: Surroundings, store: Store, place: Place, schedules: Sequence[Schedule], about: str, age: float | None
) -> Diagnosis:
    from smoke.history.errors import HistoryError
    from smoke.history.reader import Reader
    from smoke.history.timetable import Timetable
    from smoke.timeline.states import holds

    points, region = sorted({each.point for each in schedules}), here.given.region
    try:
        ended = Reader(store).last_end(*place, region=region, points=points)
        begun = Timetable(store).last_beat(*place, region)
    except HistoryError as error:
        return Diagnosis(about=about, health=Health.UNCLEAR, text=str(error))
    return judged(about, ended, age or holds(max(each.interval for each in schedules)), here.now, begun)


def _published(here: Surroundings, age: float) -> Iterator[Diagnosis]:
    from smoke.sinks._http import request
    from smoke.sinks.registry import SinkError

    given = here.given
    try:
        ends = time.monotonic() + FETCH_S
        body = request("GET", given.url, b"", {"Accept": "application/json"}, whom="It", keys="--url", ends=ends)
        said = json.loads(body)
        ended = datetime.fromisoformat(said["finished"]).timestamp()
        about = f"{said['suite']} in {said['environment']}"
        other = [name for name, asked in _asked(given) if asked not in {None, said[name]}]
    except SinkError as error:
        yield Diagnosis(about="what is published", health=Health.UNCLEAR, text=str(error))
    except (ValueError, KeyError, TypeError):
        yield Diagnosis(about="what is published", health=Health.UNCLEAR, text="is no verdict.json")
    else:
        if other:
            text = f"is of another {' and '.join(other)} than was asked for"
            yield Diagnosis(about=about, health=Health.UNCLEAR, text=text)
        else:
            yield judged(about, ended, age, here.now)


def _asked(given: argparse.Namespace) -> tuple[tuple[str, str | None], ...]:
    return ("suite", given.suite), ("environment", given.env), ("region", given.region)
