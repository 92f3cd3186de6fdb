"""What each check was like when it was last good: times of every run, pictures once a day. Kept beside the history."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from smoke.bundle.scene import Picture
from smoke.judging.judged import CheckResult, Run
from smoke.model import Outcome
from smoke.moments import day
from smoke.observation import Step
from smoke.secrets.secret import Scrubber
from smoke.secrets.sweeping import sweep
from smoke.spans import A_DAY

FOLDER = "good"
FORGOTTEN_S = 90 * A_DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Good:
    """A check as it was when it last passed at the first attempt."""

    run_id: str
    at: float
    """Seconds since the epoch, as every time here."""
    build: str
    """What the target showed; empty: nothing."""
    steps: tuple[Step, ...]
    measured: Mapping[str, float]
    """What was observed, by the name of the measurement."""
    pictures: tuple[Picture, ...] = ()
    """Of its steps, and of its end; files below :func:`album_of`."""
    pictured: float = 0.0
    """When those were taken."""

    def is_pictured_on(self, now: float) -> bool:
        """Tell whether its pictures are of the day of ``now`` (UTC)."""
        return day(self.pictured) == day(now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snap:
    """A picture that was just taken, with the places of all elements as HTML in which they can be looked for."""

    picture: Picture
    data: bytes
    places: str


def shelf_of(beside: Path, suite: str, environment: str) -> Path:
    """Return the folder of one environment, below the folder that holds the history."""
    return beside / FOLDER / suite / environment


def album_of(shelf: Path, check_id: str) -> Path:
    """Return the folder of a check's pictures."""
    return shelf / check_id


def read(shelf: Path) -> dict[str, Good]:
    """Return what was good, by check; empty where nothing is known, or nothing that can be read."""
    try:
        kept = json.loads((shelf / "good.json").read_text(encoding="utf-8"))
        return {name: _good(each) for name, each in kept.items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def _good(kept: dict[str, Any]) -> Good:
    return Good(
        **{
            **kept,
            "steps": tuple(Step(**each) for each in kept["steps"]),
            "pictures": tuple(Picture(**each) for each in kept["pictures"]),
        }
    )


def keep(run: Run, albums: Mapping[str, Iterable[Snap]], shelf: Path, scrubber: Scrubber) -> None:
    """Keep what is good of ``run``, its ``albums`` by check, and forget what was not seen for long; raises OSError."""
    known = read(shelf)
    for result in run.results:
        if result.outcome is Outcome.PASS and result.last is not None:
            known[result.check.id] = _kept(result, run, known.get(result.check.id))
            if snaps := tuple(albums.get(result.check.id, ())):
                pictures = _pasted(snaps, album_of(shelf, result.check.id))
                sweep([album_of(shelf, result.check.id)], scrubber)
                known[result.check.id] = replace(known[result.check.id], pictures=pictures, pictured=run.finished)
    for name in [name for name, each in known.items() if run.finished - each.at > FORGOTTEN_S]:
        del known[name]
        shutil.rmtree(album_of(shelf, name), ignore_errors=True)
    _write(known, shelf)


def take_in(elsewhere: Path, shelf: Path) -> None:
    """Keep in ``shelf`` what was good more lately ``elsewhere``; raises OSError."""
    known = read(shelf)
    newer = {name: each for name, each in read(elsewhere).items() if name not in known or known[name].at < each.at}
    for name in newer:
        shutil.rmtree(album_of(shelf, name), ignore_errors=True)
        if album_of(elsewhere, name).is_dir():
            shutil.copytree(album_of(elsewhere, name), album_of(shelf, name))
    if newer:
        _write({**known, **newer}, shelf)


def _write(known: Mapping[str, Good], shelf: Path) -> None:
    shelf.mkdir(parents=True, exist_ok=True)
    draft = shelf / "good.part"
    draft.write_text(json.dumps({name: asdict(each) for name, each in known.items()}), encoding="utf-8")
    draft.replace(shelf / "good.json")


def _kept(result: CheckResult, run: Run, earlier: Good | None) -> Good:
    assert result.last is not None
    return Good(
        run_id=run.run_id,
        at=run.finished,
        build=", ".join(run.builds),
        steps=result.last.steps,
        measured={each.name: each.value for each in result.last.measurements if each.value is not None},
        pictures=earlier.pictures if earlier else (),
        pictured=earlier.pictured if earlier else 0.0,
    )


def _pasted(snaps: Iterable[Snap], album: Path) -> tuple[Picture, ...]:
    shutil.rmtree(album, ignore_errors=True)
    album.mkdir(parents=True)
    pictures = []
    for number, snap in enumerate(snaps, 1):
        picture = replace(snap.picture, file=f"{number}.jpg")
        (album / picture.file).write_bytes(snap.data)
        places_of(album / picture.file).write_text(snap.places, encoding="utf-8", errors="replace")
        pictures.append(picture)
    return tuple(pictures)


def places_of(picture: Path) -> Path:
    """Return the file that says where everything is in a picture."""
    return picture.with_suffix(".html")
