"""A run that is sabotaged fails closed. A short selection; ``make sabotage`` plays everything."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from sabotage.__main__ import main
from sabotage.campaign import Tried, attempt, campaign, chosen
from sabotage.case import CASES, Case, Exit
from sabotage.ended import Ended
from sabotage.family import VARIABLE, Family
from sabotage.ground import Going, Ground, ground
from sabotage.shop import shop
from sabotage.target import serving

SOON = (
    "browser-killed",
    "driver-killed",
    "harness-killed",
    "probes-dead",
    "application-killed",
    "clock-jumps-ahead",
    "target-hanging-up",
    "all-skipped",
)
LATER = ("work-killed", "reports-taken", "journey-exits", "assertion-swallowed", "config-empty")
"""Of these, other tests see less than a whole run: of supervisor, reports, leaks and configuration."""
WELL = Ended(code=3, verdict="INCONCLUSIVE", said="the browser was gone", seconds=2.0, left=())
CASE = Case(name="x", done="", right=frozenset({Exit.INCONCLUSIVE}), says="gone", attempt=lambda _ground: WELL)


@pytest.fixture(scope="module")
def trying() -> Callable[[str], Tried]:
    """Try a sabotage, and those of its selection with it, two at a time."""

    @cache
    def tried(names: tuple[str, ...]) -> dict[str, Tried]:
        return {each.case.name: each for each in campaign(chosen(names))}

    return lambda name: tried(SOON if name in SOON else LATER)[name]


@pytest.mark.browser
@pytest.mark.parametrize("name", [*SOON, *(pytest.param(each, marks=pytest.mark.long) for each in LATER)])
def test_a_sabotaged_run_fails_closed(name: str, trying: Callable[[str], Tried]) -> None:
    """It is not green, does not hang, says why, and leaves no process behind."""
    tried = trying(name)
    assert tried.wrong == (), tried.ended


def test_a_name_that_fits_nothing_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """Else whoever mistypes one of two names believes that both were tried."""
    with pytest.raises(SystemExit, match="2"):
        main(["target-hanging", "dns-of-traget"])
    assert "unknown sabotage 'dns-of-traget'; did you mean 'dns-of-target-dead'?" in capsys.readouterr().err


def test_no_sabotage_may_be_green() -> None:
    """Whatever is registered: exit code 0 is never right."""
    assert len(CASES) > 30
    assert all(0 not in case.right and case.right for case in CASES.values())


def test_a_run_that_failed_closed_is_all_right() -> None:
    """The right exit code beside the right verdict and reason, and nothing left."""
    assert CASE.wrong(WELL) == ()
    assert CASE.wrong(replace(WELL, verdict="")) == ()


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"code": 0, "verdict": "PASS"}, "exit code 0"),
        ({"code": 1, "verdict": "FAIL"}, "exit code 1"),
        ({"verdict": "PASS"}, "exit code 3 beside verdict PASS"),
        ({"code": None, "seconds": 75.0}, "hung: stopped after 75 s"),
        ({"said": "something else"}, "does not say 'gone'"),
        ({"said": "gone\nTraceback (most recent call last):"}, "shows a traceback"),
        ({"left": ("chromium --headless",)}, "left chromium --headless"),
    ],
)
def test_what_is_wrong_is_told(change: dict[str, object], wrong: str) -> None:
    """Green, hanging, silent, contradicting itself, broken or leaving something: each is told."""
    assert CASE.wrong(replace(WELL, **change)) == (wrong,)  # type: ignore[arg-type]


@pytest.mark.browser
def test_what_must_be_said_is_not_said_anyway(tmp_path: Path) -> None:
    """A run that nobody sabotages says none of it: reading it shows that the sabotage was noticed."""
    with ground(tmp_path) as place:
        shop(place)
        place.target.release.set()
        ended = place.run()
    assert (ended.code, ended.verdict) == (0, "PASS"), ended
    assert [case.name for case in CASES.values() if case.says.lower() in ended.said.lower()] == []


def test_a_sabotage_whose_moment_never_comes_is_not_tried() -> None:
    """The others go on, and nothing of its run stays behind."""
    begun: list[Going] = []

    def too_late(place: Ground) -> Ended:
        place.project.mkdir()
        begun.append(place.begin(through=("sh", "-c", "tail -f /dev/null", "sh")))
        begun[0].family.one(lambda _process: False, within_s=0.1)
        return WELL

    tried = attempt(replace(CASE, attempt=too_late))
    assert (tried.word, tried.wrong) == ("not tried", ("the run never started what was to be sabotaged",))
    assert begun[0].family.members() == ()


def test_what_a_run_leaves_is_found_and_ended() -> None:
    """A process that outlives its parent, in a session of its own, is one of the family."""
    orphan = "import subprocess; subprocess.Popen(['tail', '-f', '/dev/null'], start_new_session=True)"
    subprocess.run([sys.executable, "-c", orphan], env={**os.environ, VARIABLE: "orphan-test"}, check=True)
    family = Family("orphan-test")
    (left,) = family.lingering(0.1)
    assert left.command == "tail -f /dev/null"
    assert Family("another").members() == ()
    family.end()
    assert family.lingering(5) == ()


def test_targets_are_told_apart() -> None:
    """Two sabotages at a time do not share a target."""
    with serving() as one, serving() as other:
        assert one.port != other.port
