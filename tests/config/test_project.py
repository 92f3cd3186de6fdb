"""What `smoke config check` says of a project as a whole."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from smoke import cli
from smoke.config.project import examined
from tests.support.project import Project, a_project

POINTS = "config/execution-points.yaml"
SUITE = "config/suites/shop/suite.yaml"
CHECKS = "config/suites/shop/checks.yaml"
NOISE = "config/suites/shop/noise.yaml"
JOURNEYS = "e2e/shop/test_home.py"
LAST_DAY = date(2026, 12, 31)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.chdir(tmp_path)
    return a_project(tmp_path)


def with_bakery(project: Project, environment: str = "local") -> None:
    """Add a second suite that has one probe and one environment."""
    about = f"title: Bakery\nenvironments: {{{environment}: {{base_url: embedded, timeout_ms: 500}}}}\n"
    project.write("config/suites/bakery/suite.yaml", about)
    probe = "{id: bread.fresh, title: Bread, category: database, request: GET /, expect: {}}"
    project.write("config/suites/bakery/checks.yaml", f"probes: [{probe}]\n")


def told(project: Project) -> list[str]:
    """Every problem, with its file."""
    return sorted(f"{problem.file}: {problem}" for problem in examined(project.root, LAST_DAY).problems)


def test_a_valid_project_is_told_its_suites(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a problem there is one line and exit code 0; a suite need not be deployed everywhere."""
    with_bakery(project)
    assert told(project) == []
    project.replace(NOISE, "2026-12-31", "9999-12-31")
    assert cli.main(["config", "check"]) == 0
    said = capsys.readouterr()
    assert said.out == "config is valid: 2 suites (bakery, shop)\n"
    assert re.fullmatch(r"warning: shop: not proven yet: .*; run `smoke prove --suite shop`\n", said.err)


def test_a_project_without_a_suite_is_not_valid(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing to look at is wrong configuration, never success."""
    shutil.rmtree(project.root / "config/suites/shop")
    shutil.rmtree(project.root / "e2e")
    assert cli.main(["config", "check"]) == 2
    assert capsys.readouterr().err == (
        "config/suites: 1 problem\n  holds no suite; write the first one: NAME/suite.yaml with title and environments\n"
    )


def test_a_folder_is_a_suite_or_does_not_belong_there(project: Project) -> None:
    """A suite whose suite.yaml is missing or misnamed is not left out in silence."""
    project.write("config/suites/bakery/suite.yml", "title: Bakery")
    project.write("config/suites/.cache/x", "")
    text = "has no suite.yaml, so it is no suite: add one, or remove the folder"
    assert told(project) == [f"config/suites/bakery: {text}"]


@pytest.mark.parametrize(
    ("folder", "way_out"),
    [("shops", "did you mean e2e/shop?"), ("bakery", "journeys are in e2e/SUITE; known suites: shop")],
)
def test_journeys_belong_to_a_suite(project: Project, folder: str, way_out: str) -> None:
    """Journeys in a folder that no suite is named after would never run; a folder of helpers is no matter."""
    project.write("e2e/helpers/clock.py", "")
    project.write(f"e2e/{folder}/deeper/test_home.py", "")
    assert told(project) == [f"e2e/{folder}: belongs to no suite, so its journeys never run; {way_out}"]


def test_a_journey_in_a_misnamed_file_is_told(project: Project) -> None:
    """Only files named test_….py are run, so a check elsewhere would never be."""
    (project.root / JOURNEYS).rename(project.root / "e2e/shop/home_test.py")
    assert told(project) == ["e2e/shop/home_test.py: holds a check that would never run: name the file test_….py"]


def test_a_suite_checks_something(project: Project) -> None:
    """A suite with neither probe nor journey could only be green."""
    with_bakery(project)
    (project.root / "config/suites/bakery/checks.yaml").unlink()
    assert told(project) == [
        "config/suites/bakery: has no check: write probes into checks.yaml, or journeys into e2e/bakery/test_….py"
    ]


def test_pages_without_a_journey_are_told(project: Project) -> None:
    """Where there are pages, journeys were meant to be; perhaps their folder is misnamed."""
    with_bakery(project)
    project.write("page_objects/bakery/bread_page.py", "")
    text = (
        "is used by no journey, for there is no folder e2e/bakery: "
        "write one into e2e/bakery/test_….py, or remove the folder"
    )
    assert told(project) == [f"page_objects/bakery: {text}"]


@pytest.mark.parametrize(
    ("environment", "way_out"), [("canaries", "did you mean 'canary'?"), ("moon", "known: local, canary")]
)
def test_a_point_leads_to_an_environment_of_some_suite(project: Project, environment: str, way_out: str) -> None:
    """An environment that no suite has is a mistake in the execution point."""
    project.replace(POINTS, "environment: canary", f"environment: {environment}")
    assert told(project) == [
        f"{POINTS}: line 6, points.canary-5.environment: no suite has an environment '{environment}'; {way_out}"
    ]
    with_bakery(project, environment)
    assert told(project) == []


def test_everything_is_told_at_once(project: Project) -> None:
    """Suites that do not load, imports that would fail, and people's names are told; what then is unknown is not."""
    project.replace(SUITE, "title: Shop\n", "titel: Shop\n")
    project.replace(CHECKS, "GET /cart/health", "GET /cart/health?to=ann.miller@gmail.com")
    project.replace(JOURNEYS, "from smoke", "from page_objects.shop.cart_page import CartPage\nfrom smoke")
    with_bakery(project)
    project.write("e2e/notes/test_note.py", "")
    assert [problem.partition(":")[0] for problem in told(project)] == [
        CHECKS,
        SUITE,
        SUITE,
        "e2e/notes",
        JOURNEYS,
    ]


def test_noise_that_has_ended_is_a_warning(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """From the day after its last day an entry is warned of, with its owner; the configuration stays valid."""
    assert examined(project.root, LAST_DAY).warnings == ()
    project.replace(NOISE, "2026-12-31", "2020-12-31")
    assert cli.main(["config", "check"]) == 0
    assert capsys.readouterr().err.startswith(
        f"warning: {NOISE}, line 2, noise[0]: ended on 2020-12-31 and accepts nothing any more: "
        "remove it, or have web-team set a new end\n"
    )


def test_a_project_without_releases_says_so(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """`smoke plan` tells how to get a release where there is none."""
    project.replace(POINTS, "releases:\n  standard:\n    - {point: canary-5}\n", "")
    assert cli.main(["plan"]) == 0
    assert capsys.readouterr().out == (
        "no releases in config/execution-points.yaml: list points such as canary-5 under releases.NAME\n"
    )
    assert cli.main(["plan", "--release", "hotfix"]) == 2
    assert "unknown release 'hotfix'; known: none" in capsys.readouterr().err


def test_a_release_needs_the_environments_of_its_points(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """`smoke plan` for a suite that is not deployed where a point looks names the point and the suite."""
    with_bakery(project)
    assert cli.main(["plan", "--suite", "bakery"]) == 2
    assert capsys.readouterr().err == (
        f"{POINTS}: 1 problem\n  points.canary-5.environment: "
        "suite bakery has no environment 'canary'; add it to suite.yaml, or name another with --env\n"
    )


def test_the_only_suite_is_shown_as_such(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """`smoke config show` tells that the suite was taken because there is no other."""
    assert cli.main(["config", "show"]) == 0
    assert capsys.readouterr().out.splitlines()[0].split(maxsplit=2) == [
        "suite",
        "shop",
        "the only suite in config/suites",
    ]
