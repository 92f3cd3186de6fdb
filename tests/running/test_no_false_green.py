"""What keeps a run from looking never reads as green, and what it leaves never holds a session."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.running.conftest import ROOT, copied
from tests.running.shop import Shop, check_of, id_of, run, run_suite, serving
from tests.running.test_suites import run_in

pytestmark = pytest.mark.browser

JOURNEY = '''
import pytest
from smoke.running.checks import check

{decorator}
@check("zz.{way}", category="critical-paths")
def test_{way}(page, journey{argument}):
    """A journey that must not pass."""
    {body}
'''
SKIPPED = {
    "marked": ('@pytest.mark.skip(reason="later")', "", "assert False"),
    "unparametrized": ('@pytest.mark.parametrize("n", [])', ", n", "assert False"),
    "within": ("", "", 'pytest.skip("later")'),
    "parametrized": ('@pytest.mark.parametrize("n", [1, 2])', ", n", "assert n == 2"),
}

FAILS_SIGNED_IN = '''
from pathlib import Path
from e2e.betterprompts.session import sign_in
from smoke.running.checks import check

@check("zz.one", category="critical-paths", account="basic", permits=["POST /api/v1/auth/login"])
def test_zz(page, journey):
    """A journey that fails while it is signed in."""
    with journey.step("sign in"):
        sign_in(page, journey)
    cookies = [cookie["value"] for cookie in journey.context.cookies()]
    tokens = page.evaluate("[localStorage.access_token, localStorage.refresh_token]")
    Path(r"{seen}").write_text("\\n".join([journey.account.password.reveal(), *cookies, *tokens]))
    page.goto("./")
    assert False, "on purpose"
'''


@dataclass(frozen=True)
class Told:
    """What is told of a run, and what it left."""

    verdict: dict[str, Any]
    reports: Path
    secrets: list[str]
    """What a journey had while it was signed in."""

    def check(self, check_id: str) -> dict[str, Any]:
        found: dict[str, Any] = next(each for each in self.verdict["checks"] if each["id"] == check_id)
        return found


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    """What is told of one run of all that are skipped, and of one that fails while it is signed in."""
    project = copied(tmp_path_factory.mktemp("told") / "project")
    for way, (decorator, argument, body) in SKIPPED.items():
        text = JOURNEY.format(way=way, decorator=decorator, argument=argument, body=body)
        (project / "e2e" / "betterprompts" / f"test_{way}.py").write_text(text)
    seen = project / "seen"
    (project / "e2e" / "betterprompts" / "test_zz.py").write_text(FAILS_SIGNED_IN.replace("{seen}", str(seen)))
    code, verdict = run_in(project, project / "reports", "--check", "zz")
    assert (code, verdict["verdict"]) in {(3, "INCONCLUSIVE"), (1, "FAIL")}, verdict["reason"]
    return Told(verdict, project / "reports", seen.read_text().split("\n"))


@pytest.mark.parametrize("way", SKIPPED)
def test_a_journey_that_did_not_look_is_not_green(way: str, told: Told) -> None:
    """A journey that is skipped in whatever way, or whose last parameter alone passes, is never PASS."""
    check = told.check(f"zz.{way}")
    assert check["outcome"] in {"FAIL", "INCONCLUSIVE", "NOT_RUN"}, check["evidence"]


def everything_in(folder: Path) -> bytes:
    """Return all bytes below ``folder``, zips unpacked."""
    parts = []
    for path in folder.rglob("*"):
        if path.is_file():
            parts.append(path.read_bytes())
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as archive:
                    parts += [archive.read(name) for name in archive.namelist()]
    return b"\n".join(parts)


def test_no_session_and_no_password_is_left_behind(told: Told) -> None:
    """A journey that fails signed in leaves evidence in which neither cookie nor token nor password stands."""
    signed_in = told.check("zz.one")
    assert signed_in["outcome"] == "FAIL", signed_in["evidence"]
    assert any(path.endswith("trace.zip") for path in signed_in["artifacts"]), "a trace was kept"
    assert len(told.secrets) >= 5
    left = everything_in(told.reports)
    assert b"trace.trace" in left or b'"type":"before"' in left, "and is looked through"
    assert [secret[:6] for secret in told.secrets if secret.encode() in left] == []


def test_a_reports_folder_that_cannot_be_written_is_wrong_usage(tmp_path: Path) -> None:
    """A file in the place of the reports folder is exit code 2 and names the option."""
    (tmp_path / "taken").write_text("")
    command = [sys.executable, "-m", "smoke", "run", "--reports", str(tmp_path / "taken")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "--reports" in done.stderr
    assert "Traceback" not in done.stderr


def test_one_reports_folder_belongs_to_one_run_at_a_time(tmp_path: Path) -> None:
    """A second run into the same folder is wrong usage, and the first one is not disturbed."""
    command = [sys.executable, "-m", "smoke", "run", "--reports", str(tmp_path), "--check"]
    with subprocess.Popen([*command, "homepage.load"], cwd=ROOT, stdout=subprocess.PIPE, text=True) as first:
        while not (tmp_path / "run.lock").exists():
            threading.Event().wait(0.02)
        second = subprocess.run([*command, "health"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
        assert first.wait(60) == 0
    assert (second.returncode, "another run writes to" in second.stderr) == (2, True), second.stderr


def test_a_cancelled_job_ends_with_a_verdict(tmp_path: Path) -> None:
    """SIGTERM, which a cancelled CI job sends, ends like Ctrl-C: INCONCLUSIVE, exit code 3, a verdict on disk."""
    command = [sys.executable, "-m", "smoke", "run", "--reports", str(tmp_path)]
    child = subprocess.Popen(command, cwd=ROOT, env=dict(os.environ), stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    for line in child.stdout:
        if line.startswith("PASS"):
            break
    child.send_signal(signal.SIGTERM)
    child.stdout.read()
    assert child.wait(20) == 3
    assert '"INCONCLUSIVE"' in (tmp_path / "verdict.json").read_text()


LOOKS_AWAY = '''
import pytest
from playwright.sync_api import Error

from smoke.running.checks import check

@check("{name}", category="critical-paths")
def test_{function}(page, journey):
    """The homepage opens."""
    {way}
'''
CRASHES = """page.goto("./")
    with pytest.raises(Error):
        page.goto("chrome://crash")"""
AWAY = {
    "asks nothing": ("pass", "INCONCLUSIVE", "without a single request"),
    "asks nobody of the target": ("page.goto('about:blank')", "INCONCLUSIVE", "without a single request"),
    "crashes its page": (CRASHES, "FAIL", "the page crashed"),
}


@pytest.fixture(scope="module")
def away(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What is told of one run of them all."""
    journeys = [
        LOOKS_AWAY.format(name=id_of(name), function=number, way=way)
        for number, (name, (way, *_)) in enumerate(AWAY.items())
    ]
    with serving() as (_, shop):
        return run_suite(tmp_path_factory.mktemp("away"), shop, "".join(journeys))[1]


@pytest.mark.parametrize("name", AWAY)
def test_a_journey_that_saw_nothing_is_not_green(name: str, away: dict[str, Any]) -> None:
    """Not a line of it failed, and yet nobody looked at the target to its end."""
    _, outcome, said = AWAY[name]
    check = check_of(away, name)
    assert check["outcome"] == outcome, check["evidence"]
    assert any(said in line for line in check["evidence"]), check["evidence"]


def test_a_journey_that_closes_the_browser_is_not_green(shop: Shop, tmp_path: Path) -> None:
    """What it did not see is not told as seen."""
    way = "page.goto('./'); page.context.browser.close()"
    code, verdict = run_suite(tmp_path, shop, LOOKS_AWAY.format(name="shop.home", function="home", way=way))
    check = verdict["checks"][0]
    assert (code, check["outcome"]) == (3, "INCONCLUSIVE"), check["evidence"]
    assert any("browser was gone" in line for line in check["evidence"]), check["evidence"]


def test_what_breaks_pytest_is_told_in_a_line(tmp_path: Path, shop: Shop) -> None:
    """Playwright adds pages of the browser's log to what it throws."""
    (tmp_path / "e2e").mkdir()
    breaking = 'def pytest_unconfigure():\n    raise RuntimeError("closed\\nBrowser logs:\\n" + "[err] " * 999)\n'
    (tmp_path / "e2e/conftest.py").write_text(breaking)
    code, verdict = run_suite(
        tmp_path, shop, JOURNEY.format(way="well", decorator="", argument="", body="page.goto('./')")
    )
    assert code == 3
    assert verdict["reason"].endswith("pytest broke: RuntimeError: closed")


STUCK = '''
import asyncio

import pytest

from smoke.running import session_plugin
from smoke.running.checks import check

session_plugin.AROUND_LIMIT_S = 3.0


def never(*_args, **_options):
    waiting._sync(asyncio.sleep(3600))


@pytest.fixture
def set_up(page):
    global waiting
    waiting = page
    never()


@check("shop.set-up", category="critical-paths")
def test_set_up(set_up, journey):
    """It cannot even begin."""


@check("shop.evidence", category="critical-paths")
def test_evidence(page, journey):
    """Its trace never comes."""
    page.goto("./")
    journey.context.tracing.stop = never
    assert False, "on purpose"


@check("shop.look", category="critical-paths")
def test_look(page, journey):
    """What its pages did is never told."""
    page.goto("./")
    journey.listeners.visiting.look = never
    assert False, "on purpose"


@check("shop.cleanup", category="critical-paths")
def test_cleanup(page, journey):
    """What it leaves is not taken away."""
    page.goto("./")
    journey.at_end(never)


@check("shop.beside", category="critical-paths")
def test_beside(page, journey):
    """Nothing is wrong with it."""
    page.goto("./")
'''
SAID_STUCK = {
    "shop.set-up": "setting up took more than 3 s",
    "shop.look": "looking at what it left took more than 3 s",
    "shop.cleanup": "tearing down took more than 3 s",
}


def test_what_cannot_be_tidied_up_keeps_nothing_else_from_it(tmp_path: Path, shop: Shop) -> None:
    """All that a journey left is taken away, as far as that goes, and what could not be is told."""
    does = """for path in ("/sw.js", "/tried"):
        journey.at_end(lambda path=path: journey.api.get(path))
        journey.at_end(lambda path=path: [][len(path)])"""
    code, verdict = run(tmp_path, shop, does)
    assert [each.path for each in shop.asked] == ["/", "/tried", "/sw.js"]
    assert (code, verdict["checks"][0]["blame"]) == (3, "HARNESS"), verdict["checks"][0]
    assert "IndexError" in str(verdict["checks"][0]["evidence"])


def test_a_browser_that_never_answers_beside_a_journey_holds_nobody_up(tmp_path: Path, shop: Shop) -> None:
    """Playwright has calls without a time-out: those around a journey are ended, are our own fault, and cost no run."""
    _, verdict = run_suite(tmp_path, shop, STUCK)
    told = {check["id"]: check for check in verdict["checks"]}
    assert told["shop.beside"]["outcome"] == "PASS", told["shop.beside"]["evidence"]
    for name, said in SAID_STUCK.items():
        assert (told[name]["outcome"], told[name]["blame"]) == ("INCONCLUSIVE", "HARNESS"), told[name]
        assert any(said in line for line in told[name]["evidence"]), told[name]["evidence"]
    assert "on purpose" in " ".join(told["shop.look"]["evidence"]), "nobody judged it, but it is told"
    assert told["shop.evidence"]["outcome"] == "FAIL", "it was judged: evidence alone is missing"
