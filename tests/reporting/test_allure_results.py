"""What a reader of the Allure report is told, from the files that pytest's plugin leaves."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from smoke.config.alerts.runbooks import anchors
from smoke.config.noise import NoiseEntry
from smoke.judging.judged import Run
from smoke.judging.noise import acceptance
from smoke.model import Blame, CheckKind, Outcome
from smoke.observation import Artifact, Finding, Signal, SignalKind
from smoke.reporting.allure_executor import executor
from smoke.reporting.allure_report import ReportBuilt, ReportSkipped, build
from smoke.reporting.allure_results import RUNBOOK, Around, explain
from smoke.reporting.serving import served
from tests.support.chromium import chromium
from tests.support.run_builder import a_result, a_run, an_attempt

ROOT = Path(__file__).parents[2]
TESTS = """
import allure, pytest

@pytest.fixture
def machinery(request):
    request.addfinalizer(lambda: None)

@pytest.fixture
def breaks():
    yield
    raise OSError("disk full")

@pytest.mark.parametrize("browser_name", ["chromium"])
def test_load(machinery, browser_name):
    allure.dynamic.title("home.load: The homepage opens")
    allure.dynamic.parameter("target", "https://shop.example", excluded=True)
    pytest.fail("status (503) == 200", pytrace=False)

def test_health(machinery, breaks):
    allure.dynamic.title("health.api: It is healthy")

def test_menu():
    allure.dynamic.title("home.menu: The menu opens")

def test_banner():
    allure.dynamic.title("home.banner: The banner shows")
"""
ENTRY = NoiseEntry(
    kind=SignalKind.CONSOLE, matches="cookie", reason="vendor ticket 41", owner="web-team", until=date(2099, 12, 31)
)
UNMET = dataclasses.replace(ENTRY, matches="font", reason="fonts move")
GITHUB = {
    "GITHUB_SERVER_URL": "https://github.example",
    "GITHUB_REPOSITORY": "shop/smoke",
    "GITHUB_RUN_ID": "77",
    "GITHUB_RUN_NUMBER": "12",
    "GITHUB_WORKFLOW": "Smoke",
}
AROUND = Around(
    pages={"home.load": Path("/reports/failures/home.load/index.html")},
    noise=(ENTRY, UNMET),
    runbook="https://github.example/runbook",
    environ=GITHUB,
)
PLACE = "eu-west-1 \u00b7 production \u00b7 chromium"
REASON = "home.load failed: status (503) == 200"
AGAIN = "smoke run scheduled --suite shop --env production --check home.load --headed"


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("results")
    (folder / "test_shop.py").write_text(TESTS)
    options = ["-q", "-p", "no:smoke", "-p", "no:playwright", "-p", "no:cacheprovider", "-c", os.devnull]
    command = [sys.executable, "-m", "pytest", *options, f"--alluredir={folder / 'allure-results'}", "test_shop.py"]
    subprocess.run(command, cwd=folder, check=False, capture_output=True)
    assert explain(the_run(), folder / "allure-results", AROUND) is None
    return folder / "allure-results"


def the_run() -> Run:
    trace = Artifact(kind="trace", path="attempts/home.load-1/trace.zip")
    broken = an_attempt(findings=(Finding(rule="status (503) == 200", blame=Blame.APP_5XX),), artifacts=(trace,))
    load = a_result(broken, check_id="home.load", kind=CheckKind.JOURNEY, outcome=Outcome.FAIL, blame=Blame.APP_5XX)
    load = dataclasses.replace(load, hint="Search the log.")
    menu = a_result(broken, an_attempt(number=2), check_id="home.menu", outcome=Outcome.FLAKY, blame=Blame.APP_5XX)
    cookie = Signal(kind=SignalKind.CONSOLE, where="/", text="a cookie", accepted_by=acceptance(ENTRY))
    banner = a_result(an_attempt(signals=(cookie, cookie)), check_id="home.banner")
    return a_run(load, menu, banner, a_result(), verdict=Outcome.FAIL, reason=REASON)


def read(results: Path, kind: str) -> list[dict[str, Any]]:
    return [json.loads(path.read_text()) for path in results.glob(f"*-{kind}.json")]


def test_a_failure_has_its_hint_and_the_command(results: Path) -> None:
    """Whoever opens the failed test need not look elsewhere for what to do."""
    details = result_of(results, "home.load")["statusDetails"]
    assert details["message"].splitlines() == [
        "status (503) == 200",
        "hint: Search the log.",
        f"again: {AGAIN}",
        "runbook: https://github.example/runbook",
    ]
    assert "Failed: status (503) == 200" in details["trace"]


def test_what_nobody_reads_to_its_end_is_cut(tmp_path: Path) -> None:
    """A page that was compared with another is a line of millions, and a report of one file holds them all."""
    details = {"message": "home.load broke", "trace": f"first\n{'y' * 99_999}\nlast"}
    content = {"name": "home.load: The homepage opens", "status": "failed", "statusDetails": details}
    (tmp_path / "a-result.json").write_text(json.dumps(content))
    assert explain(the_run(), tmp_path, AROUND) is None
    lines = result_of(tmp_path, "home.load")["statusDetails"]["trace"].splitlines()
    assert (lines[2], lines[-1]) == ("first", "last")
    assert lines[3].endswith("y … (97999 more)")


def test_a_failure_leads_to_its_page_its_trace_and_what_to_do(results: Path) -> None:
    """Each as it is found from the folder of the report; what is good leads nowhere."""
    assert [(each["name"], each["url"]) for each in result_of(results, "home.load")["links"]] == [
        ("failure page", "../failures/home.load/index.html"),
        ("trace", "trace/index.html?trace=../../attempts/home.load-1/trace.zip"),
        ("runbook", "https://github.example/runbook"),
    ]
    assert "links" not in result_of(results, "home.banner")


def test_the_judge_has_the_last_word(results: Path) -> None:
    """A check that came right is no failure of the application's, and one that ended well for pytest only is one."""
    assert labels_of(results, "home.load", "outcome", "blame") == ["FAIL", "APP_5XX"]
    assert labels_of(results, "home.menu", "outcome", "blame") == ["FLAKY"]
    menu = result_of(results, "home.menu")
    assert (menu["status"], menu["statusDetails"]["flaky"]) == ("passed", True)


@pytest.mark.parametrize(("outcome", "status"), [(Outcome.FAIL, "failed"), (Outcome.INCONCLUSIVE, "broken")])
def test_what_is_bad_is_never_green(tmp_path: Path, outcome: Outcome, status: str) -> None:
    """Found after pytest was done with it, it is a failure with its reason all the same."""
    path = tmp_path / "1-result.json"
    path.write_text(json.dumps({"name": "health.api: It is healthy", "status": "passed", "start": 0}))
    found = an_attempt(findings=(Finding(rule="no permit for POST /order", blame=Blame.SAFETY),))
    assert explain(a_run(a_result(found, outcome=outcome, blame=Blame.SAFETY)), tmp_path, Around()) is None
    left = json.loads(path.read_text())
    assert left["status"] == status
    assert left["statusDetails"]["message"].startswith("no permit for POST /order\n")


def test_what_was_accepted_is_told_with_owner_and_end(results: Path) -> None:
    """On the check that met it, and in a table of all that is in force."""
    said = "vendor ticket 41 (web-team, until 2099-12-31)"
    assert labels_of(results, "home.banner", "noise") == [said]
    assert f"Accepted 2x: {said}." in result_of(results, "home.banner")["description"]
    assert (results / "known-issues.csv").read_text().splitlines() == [
        "kind,matches,reason,owner,until,seen in this run",
        "console,cookie,vendor ticket 41,web-team,2099-12-31,2",
        "console,font,fonts move,web-team,2099-12-31,0",
    ]


def test_a_run_says_where_it_was_made_and_by_whom(results: Path) -> None:
    """Region, environment and browser on each check; the run of GitHub Actions, or this machine, over all."""
    assert labels_of(results, "health.api", "region", "browser", "place") == ["eu-west-1", "chromium", PLACE]
    assert json.loads((results / "executor.json").read_text()) == {
        "name": "GitHub Actions",
        "type": "github",
        "buildName": "Smoke #12",
        "buildOrder": 12,
        "buildUrl": "https://github.example/shop/smoke/actions/runs/77",
    }
    assert executor(the_run(), {}) == {"name": "local", "type": "local", "buildName": "run-1"}


def test_the_runbook_is_where_it_is_said_to_be() -> None:
    """The file has the heading that a report names."""
    file, _, anchor = RUNBOOK.partition("#")
    assert anchor in anchors((ROOT / file).read_text(encoding="utf-8"))


def result_of(results: Path, check: str) -> dict[str, Any]:
    (found,) = [each for each in read(results, "result") if each["name"].startswith(f"{check}:")]
    return found


def labels_of(results: Path, check: str, *names: str) -> list[str]:
    labels = result_of(results, check)["labels"]
    return [label["value"] for name in names for label in labels if label["name"] == name]


def test_only_parameters_that_tell_something_stay(results: Path) -> None:
    """As they are written, and none that pytest made."""
    load = result_of(results, "home.load")
    assert [(each["name"], each["value"]) for each in load["parameters"]] == [("target", "https://shop.example")]


def test_of_setting_up_and_tearing_down_only_failures_stay(results: Path) -> None:
    """Fixtures of pytest and its plugins tell nobody anything, until one breaks."""
    fixtures = [each for found in read(results, "container") for each in (*found["befores"], *found["afters"])]
    assert [(each["name"], each["status"]) for each in fixtures] == [("breaks::1", "broken")]


def test_a_run_without_results_has_nothing_to_explain(tmp_path: Path) -> None:
    """And what is no result of Allure's is told, and stays."""
    assert explain(the_run(), tmp_path / "allure-results", AROUND) is None
    (tmp_path / "a-result.json").write_text("half a fi")
    assert "Allure's results are not explained" in (explain(the_run(), tmp_path, AROUND) or "")


def test_the_receipt_stands_beside_the_verdict(results: Path) -> None:
    """What the run asked of the target, and what it wrote there."""
    said = dict(line.split("=", 1) for line in (results / "environment.properties").read_text().splitlines())
    assert said["receipt"] == "0 requests, 0 blocked, no writes"


@pytest.fixture(scope="module")
def built(results: Path) -> Path:
    """The report, in which home.load was tried twice."""
    content = result_of(results, "home.load")
    shutil.copytree(results, results.parent / "twice" / "allure-results")
    results = results.parent / "twice" / "allure-results"
    earlier = {**content, "uuid": "earlier", "start": content["start"] - 5000, "stop": content["stop"] - 5000}
    (results / "earlier-result.json").write_text(json.dumps(earlier))
    outcome = build(results, results.parent / "allure-report", single_file=False)
    if isinstance(outcome, ReportSkipped) and ("needs Node" in outcome.reason or "install" in outcome.reason):
        pytest.skip(outcome.reason)
    assert isinstance(outcome, ReportBuilt), outcome
    page = results.parent / "failures" / "home.load" / "index.html"
    page.parent.mkdir(parents=True)
    page.write_text("<h1>What happened to home.load</h1>")
    return outcome.page


@pytest.mark.browser
@pytest.mark.long
def test_all_of_it_is_to_be_seen_in_the_report(built: Path) -> None:
    """Served as `smoke report --open` does it, from many files, with nothing asked of anybody else."""
    with chromium() as browser, served(built.parents[1]) as site:
        context = browser.new_context()
        page, asked = context.new_page(), []
        context.on("request", lambda request: asked.append(request.url))
        start = f"{site.url}/allure-report/index.html"
        page.goto(start)
        for text in (REASON, PLACE, "GitHub Actions", "Retried tests"):
            page.get_by_text(text).first.wait_for()
        page.get_by_text("Categories").first.click()
        for text in (
            "FAIL: the application answers with an error (APP_5XX)",
            "FLAKY: good only when tried again",
            "PASS: with something accepted (noise)",
        ):
            page.get_by_text(text).wait_for()
        page.get_by_text("Global Attachments").click()
        page.get_by_text("known-issues.csv").first.wait_for()
        page.goto(f"{start}#charts")
        for text in ("Outcomes, run by run", "Duration, run by run"):
            page.get_by_text(text).wait_for()
        page.goto("about:blank")
        page.goto(start)
        page.get_by_text("home.load:").first.click()
        page.get_by_text("Retries").first.wait_for()
        page.get_by_text("hint: Search the log.").first.wait_for()
        assert page.get_by_role("link", name="runbook").get_attribute("href") == AROUND.runbook
        with context.expect_page() as popup:
            page.get_by_role("link", name="failure page").click()
        popup.value.get_by_role("heading", name="What happened to home.load").wait_for()
    assert {url for url in asked if not url.startswith((site.url, "data:", "blob:", "about:"))} == set()
