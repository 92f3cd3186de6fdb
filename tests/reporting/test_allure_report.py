"""The Allure report: built where it can be, missed without harm where it cannot."""

import functools
import json
import os
import subprocess
import sys
import threading
from dataclasses import replace
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from smoke.host.machine import Machine
from smoke.host.process import Finished
from smoke.reporting.allure_report import ReportBuilt, ReportSkipped, build
from tests.support import axe

ROOT = Path(__file__).parents[2]
JOURNEYS = """
import allure, pytest
from playwright.sync_api import sync_playwright
from smoke.browser.find import find_browser
from smoke.browser.launch import launch_options

@pytest.fixture(autouse=True)
def labels():
    allure.dynamic.parent_suite("BetterPrompts")
    allure.dynamic.suite("critical-paths")

def test_homepage():
    pass

def test_health():
    allure.dynamic.label("blame", "APP_5XX")
    pytest.fail("GET /api/v1/health: status (503) == 200", pytrace=False)

def test_login(tmp_path):
    allure.dynamic.label("blame", "EDGE_BLOCKED")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options(find_browser()))
        context = browser.new_context()
        context.tracing.start(snapshots=True)
        page = context.new_page()
        page.set_content("<h1>Checking your browser</h1>")
        page.get_by_role("heading").click()
        context.tracing.stop(path=tmp_path / "trace.zip")
        browser.close()
    allure.attach.file(tmp_path / "trace.zip", "trace", "application/vnd.allure.playwright-trace", "zip")
    pytest.fail("a challenge page stands before the application", pytrace=False)
"""


# --- without Allure -------------------------------------------------------------------------------


class Generator:
    """Stands in for node: claims to have built a report, and writes what it is told to."""

    def __init__(self, finished, files):
        self.finished, self.files = finished, files

    def __call__(self, command, *, seconds, environ, cwd=None):
        if command[-1] == "--version":
            return Finished(0, "v22.1.0")
        if command[1] == "ci":
            program = cwd / "node_modules" / "allure" / "cli.js"
            program.parent.mkdir(parents=True)
            program.touch()
            return Finished(0, "")
        config = Path(command[command.index("--config") + 1])
        output = Path(json.loads(config.with_name("settings.json").read_text())["output"])
        for name, text in self.files.items():
            output.mkdir(parents=True, exist_ok=True)
            (output / name).write_text(text)
        return self.finished


@pytest.fixture
def reports(tmp_path):
    results = tmp_path / "reports" / "allure-results"
    results.mkdir(parents=True)
    (results / "1-result.json").write_text("{}")
    return tmp_path / "reports"


@pytest.fixture
def machine(tmp_path):
    for name in ("node", "npm"):
        (tmp_path / "bin").mkdir(exist_ok=True)
        (tmp_path / "bin" / name).touch(mode=0o755)
    environ = {"PATH": str(tmp_path / "bin"), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    return Machine(environ=environ, platform="linux", say=lambda line: None)


def build_in(reports, machine):
    return build(reports / "allure-results", reports / "allure-report", machine=machine)


def test_a_report_without_its_page_counts_as_none(reports, machine):
    """Allure ends well also where one of its plugins failed and there is nothing to open."""
    broken = Generator(Finished(0, "plugin awesome error"), {"summary.json": "{}"})
    outcome = build_in(reports, replace(machine, run=broken))
    assert outcome == ReportSkipped("Allure could not build the report: plugin awesome error")
    assert not (reports / "allure-report").exists()


@pytest.mark.parametrize(
    "finished", [Finished(1, "Error: no such option"), Finished(None, "Error: stopped after 120 s")]
)
def test_a_failed_or_endless_allure_is_a_reason_and_not_an_exception(reports, machine, finished):
    """Its own words are kept, and what it may have written is not."""
    outcome = build_in(reports, replace(machine, run=Generator(finished, {"index.html": "half a pa"})))
    assert outcome == ReportSkipped(f"Allure could not build the report: {finished.output}")
    assert not (reports / "allure-report").exists()


def test_the_report_of_an_earlier_run_is_not_left_to_be_read_as_this_ones(reports, machine):
    """Without Node today, yesterday's report goes."""
    (reports / "allure-report").mkdir()
    (reports / "allure-report" / "index.html").write_text("yesterday")
    outcome = build_in(reports, replace(machine, environ={}))
    assert outcome == ReportSkipped("Allure needs Node 20 or newer with npm on PATH")
    assert not (reports / "allure-report").exists()


def test_without_results_there_is_nothing_to_report(reports, machine):
    """A run in which nothing ran gets no empty report that looks like a good one."""
    (reports / "allure-results" / "1-result.json").unlink()
    outcome = build_in(reports, machine)
    assert outcome == ReportSkipped(f"{reports / 'allure-results'} holds no results")


def test_a_folder_that_cannot_be_written_is_a_reason_and_not_an_exception(reports, machine):
    """A full or read-only disk does not end the run."""
    (reports.parent / "cache").touch()
    outcome = build_in(reports, replace(machine, run=Generator(Finished(0, ""), {})))
    assert isinstance(outcome, ReportSkipped)
    assert "could not be written" in outcome.reason


def test_the_page_is_made_private(reports, machine):
    """What Allure wrote is not what stays."""
    page = '<html><script async src="https://www.googletagmanager.com/gtag/js?id=G-1"></script></html>'
    outcome = build_in(reports, replace(machine, run=Generator(Finished(0, ""), {"index.html": page})))
    assert outcome == ReportBuilt(reports / "allure-report" / "index.html")
    assert outcome.page.read_text() == "<html></html>"


# --- with Allure ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("allure")
    (folder / "test_journeys.py").write_text(JOURNEYS)
    options = ["-q", "-p", "no:smoke", "-p", "no:playwright", "-p", "no:cacheprovider", "-c", os.devnull]
    subprocess.run(
        [sys.executable, "-m", "pytest", *options, f"--alluredir={folder / 'allure-results'}", "test_journeys.py"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
        capture_output=True,
    )
    assert len(list((folder / "allure-results").glob("*-result.json"))) == 3
    outcome = build(folder / "allure-results", folder / "allure-report", name="BetterPrompts smoke")
    if isinstance(outcome, ReportSkipped) and ("needs Node" in outcome.reason or "install" in outcome.reason):
        pytest.skip(outcome.reason)
    assert isinstance(outcome, ReportBuilt), outcome
    return outcome.page


@pytest.fixture(scope="module")
def served(built):
    handler = functools.partial(QuietHandler, directory=built.parent)
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/index.html"
    server.shutdown()
    thread.join()
    server.server_close()


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture
def asked(chrome):
    """A page, and the places that anything in its context was requested from."""
    context = chrome.new_context()
    places: set[str] = set()
    context.on("request", lambda request: places.add(request.url.split(",")[0].split("/index.html")[0]))
    yield context.new_page(), places
    context.close()


@pytest.mark.browser
def test_the_report_opens_from_the_disk_and_asks_nobody_for_anything(built, asked):
    """One file shows every test, with a double click and without a network."""
    page, places = asked
    page.goto(built.as_uri())
    for name in ("test_homepage", "test_health", "test_login"):
        page.get_by_text(name).first.wait_for()
    assert page.title().strip() == "BetterPrompts smoke"
    assert {place for place in places if not place.startswith(("file:", "data:", "blob:"))} == set()


@pytest.mark.browser
def test_everybody_can_use_the_report(built, chrome):
    """Neither its list nor a result holds what axe calls serious."""
    script, context = axe.script(), chrome.new_context(bypass_csp=True)
    page = context.new_page()
    page.goto(built.as_uri())
    page.get_by_text("test_health").first.wait_for()
    assert axe.grave(page, script) == []
    page.get_by_text("test_health").first.click()
    page.get_by_test_id("test-result-status-failed").wait_for()
    assert axe.grave(page, script) == []
    context.close()


@pytest.mark.browser
def test_failures_are_gathered_by_whose_fault_they_are(built, asked):
    """The tab of categories tells the application's failures from what could not be judged."""
    page, _ = asked
    page.goto(built.as_uri())
    page.get_by_text("Categories").first.click()
    page.get_by_text("FAIL: the application answers with an error (APP_5XX)").wait_for()
    page.get_by_text("INCONCLUSIVE: an edge service stopped this runner (EDGE_BLOCKED)").wait_for()


@pytest.mark.browser
def test_a_trace_opens_beside_the_report_and_goes_nowhere_else(served, asked):
    """The button hands the trace to the viewer next to the page and not to a public site."""
    page, places = asked
    page.goto(served)
    page.get_by_text("test_login").first.click()
    with page.expect_popup() as popup:
        page.get_by_test_id("test-result-attachment-header").first.get_by_role("button").nth(-2).click()
    popup.value.get_by_text("Set content").wait_for()
    assert popup.value.url.startswith(served.replace("index.html", "trace/index.html"))
    host = served.removesuffix("/index.html")
    assert {place for place in places if not place.startswith((host, "data:", f"blob:{host}", "about:"))} == set()


@pytest.mark.long
def test_history_grows_by_a_line_a_run_beside_the_report(built):
    """The next report shows what became of each test before."""
    history = built.parents[1] / "allure-history.jsonl"
    before = len(history.read_text().splitlines())
    build(built.parents[1] / "allure-results", built.parent, name="BetterPrompts smoke")
    assert len(history.read_text().splitlines()) == before + 1
