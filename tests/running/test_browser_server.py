"""A browser that a real Playwright server starts for us, on a network where it reaches nobody but by us."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from playwright.sync_api import Page, Playwright, sync_playwright
from pytest_httpserver import HTTPServer

from smoke.browser.choice import BrowserChoice, BrowserMissing, Origin
from smoke.browser.starting import not_started, start
from smoke.calibration import Reference
from smoke.demo.breaks import Break
from smoke.demo.process import DemoProcess
from smoke.host.children import children
from smoke.running import reference
from smoke.running.spares import Spares
from smoke.secrets.secret import Secret
from tests.running import test_leaks
from tests.running.conftest import ROOT, Finished
from tests.running.shop import Shop, Way, check_of, run, run_many, run_suite, serving
from tests.running.test_guard import WAYS
from tests.support.browser_server import PACKAGE, TOKEN, Server, browser_server

pytestmark = pytest.mark.browser
Smoke = Callable[..., Finished]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server that is up."""
    with browser_server() as found:
        yield found


@pytest.fixture
def address(server: Server, monkeypatch: pytest.MonkeyPatch) -> str:
    """Its address, which this test's runs connect to; there is no other browser for them."""
    found = server.address()
    monkeypatch.setenv("SMOKE_BROWSER_PATH", "/no/such/browser")
    monkeypatch.setenv("SMOKE_BROWSER_WS", found)
    return found


@pytest.fixture
def smoke(smoke: Smoke, address: str) -> Smoke:
    """Run ``smoke run --json …`` there to its end."""
    return lambda *arguments, **extra: smoke(*arguments, **{"SMOKE_BROWSER_WS": address, **extra})


@pytest.mark.parametrize(
    ("wanted", "checks"),
    [
        pytest.param(("homepage.load", "login.totp", "health"), 5, id="some"),
        pytest.param((), 11, id="all", marks=pytest.mark.long),
    ],
)
def test_the_default_suite_passes_there(
    wanted: tuple[str, ...], checks: int, smoke: Smoke, demo: DemoProcess, server: Server
) -> None:
    """Accounts, one-time codes, permits and measurements are as they are here; the embedded application is reached."""
    demo.set_breaks()
    done = smoke(*(word for check in wanted for word in ("--check", check)))
    assert (done.code, len(done.verdict["checks"])) == (0, checks), done.stderr
    assert done.verdict["verdict"] in {"PASS", "FLAKY"}, "a busy machine may be slow once"
    assert done.verdict["versions"]["browser"].split(".")[0].isdigit()
    assert done.verdict["versions"]["browser_origin"] == "SMOKE_BROWSER_WS"
    measured = {each["name"]: each["value"] for each in done.check("homepage.load")["measurements"]}
    assert measured["homepage.load_ms"] > 0
    assert done.verdict["safety"]["blocked"] == []
    assert {each["path"] for each in done.verdict["safety"]["mutations"]} >= {"/api/v1/auth/login", "/api/v1/auth/mfa"}
    assert TOKEN not in done.stdout + done.stderr
    ends = time.monotonic() + 20
    while children(server.pid):  # its browsers
        assert time.monotonic() < ends, "the server has a browser for nobody"
        threading.Event().wait(0.1)


@pytest.mark.long
def test_what_is_broken_is_found_there_too(smoke: Smoke, demo: DemoProcess) -> None:
    """With the same blame, rule and evidence."""
    demo.set_breaks({Break.LOGIN_ERROR})
    done = smoke("--check", "login.basic")
    check = done.check("login.basic")
    assert (done.code, check["outcome"], check["blame"]) == (1, "FAIL", "APP_5XX"), check["evidence"]
    assert any("POST /api/v1/auth/login 500" in line for line in check["evidence"])
    kept = {Path(path).name for path in check["artifacts"]}
    assert {"screenshot.png", "trace.zip", "network.txt", "console.txt"} <= kept


SOME = ("fetch", "service worker", "the journey's own client", "redirect")


@pytest.mark.parametrize("tried", [SOME, pytest.param(tuple(WAYS), marks=pytest.mark.long)], ids=["some", "every way"])
@pytest.mark.long
def test_writes_without_a_permit_are_stopped_there(tried: tuple[str, ...], address: str, tmp_path: Path) -> None:
    """Whatever part of a page, worker or client tries; the target counts what arrives."""
    with serving() as (_, shop):
        code, verdict = run_many(
            tmp_path, shop, {way: Way(WAYS[way], arguments="page, journey, playwright") for way in tried}
        )
        assert (code, verdict["verdict"]) == (1, "FAIL"), verdict["reason"]
        assert {check_of(verdict, way)["blame"] for way in tried} == {"SAFETY"}
        assert [each for each in shop.writes if each != "POST /asks"] == []
        assert len(verdict["safety"]["blocked"]) == len(tried)


@pytest.mark.long
def test_pytests_own_options_do_not_bring_it_back_here(address: str, shop: Shop, tmp_path: Path) -> None:
    """The fixtures connect, too, under the same guard; a window is refused."""
    code, verdict = run(tmp_path / "traced", shop, WAYS["fetch"], "", "--", "--tracing", "on")
    assert (code, verdict["checks"][0]["blame"], shop.writes) == (1, "SAFETY", [])
    code, verdict = run(tmp_path / "headed", shop, "", "", "--", "--headed")
    assert (code, verdict["checks"][0]["outcome"]) == (3, "INCONCLUSIVE")
    assert "--headed and --browser-channel are about a browser" in verdict["checks"][0]["evidence"][0]


def test_a_token_in_the_address_is_left_nowhere(address: str, tmp_path: Path, httpserver: HTTPServer) -> None:
    """Though a journey spreads the whole address on its page, in requests, logs, steps and files."""
    spreads = test_leaks.JOURNEY.replace("journey.account.password.reveal()", 'os.environ["SMOKE_BROWSER_WS"]')
    done = test_leaks.run(tmp_path, test_leaks.spreading(httpserver), journey=spreads)
    assert done.code == 1, done.said.decode()
    assert any(name.endswith("trace.network") for name in done.left)
    assert done.holds(*test_leaks.forms(address), *test_leaks.forms(TOKEN)) == []


@pytest.mark.long
def test_a_target_that_is_down_is_not_the_servers_fault(smoke: Smoke) -> None:
    """A connection that nobody takes is TCP, as it is here, though a relay refuses it."""
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    done = smoke("--check", "homepage.load", "--base-url", f"http://127.0.0.1:{port}")
    assert (done.code, done.check("homepage.load")["blame"]) == (1, "TCP"), done.check("homepage.load")["evidence"]


def test_a_server_that_dies_is_inconclusive(environ: dict[str, str], demo: DemoProcess, tmp_path: Path) -> None:
    """Once a journey has passed; none is FAIL, and the reason says what to do."""
    demo.set_breaks()
    wanted = ("--check", "health", "--check", "login")
    command = [sys.executable, "-m", "smoke", "run", "--reports", str(tmp_path), *wanted]
    with browser_server() as server:
        given = {**environ, "SMOKE_BROWSER_WS": server.address()}
        with subprocess.Popen(command, cwd=ROOT, env=given, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout
            next(line for line in child.stdout if line.startswith("PASS"))
            server.kill()
            child.communicate(timeout=60)
    verdict = json.loads((tmp_path / "verdict.json").read_text())
    assert (child.returncode, verdict["verdict"]) == (3, "INCONCLUSIVE")
    assert "FAIL" not in {each["outcome"] for each in verdict["checks"]}
    assert "the browser server ended the session before the run did; see whether it still runs" in verdict["reason"]


OFFLINE = "--host-resolver-rules=MAP * ~NOTFOUND"
FAR = """
from smoke.running.checks import check

@check("shop.home", category="critical-paths")
def test_home(page):
    \"\"\"The homepage opens.\"\"\"
    page.goto("./")
"""


@pytest.mark.parametrize(
    ("switches", "code", "blame"),
    [pytest.param((), 1, "DNS", marks=pytest.mark.long), ((OFFLINE,), 3, "RUNNER_OFFLINE")],
    ids=["online", "offline"],
)
@pytest.mark.long
def test_a_host_that_does_not_resolve_there(
    switches: tuple[str, ...], code: int, blame: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is the application's fault only if the browser itself can reach somebody else; that we can is no proof."""
    with browser_server(alone=False) as server, HTTPServer(host="localhost") as control:
        control.expect_request("/").respond_with_data("")
        monkeypatch.setenv("SMOKE_BROWSER_WS", server.address(*switches))
        controls = f', controls: ["localhost:{control.port}"]'
        done = run_suite(tmp_path, Shop("http://no-such-shop.invalid"), FAR, environment=controls)
    assert (done[0], done[1]["checks"][0]["blame"]) == (code, blame), done[1]["checks"][0]["evidence"]


# --- no browser from there ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def driver() -> Iterator[Playwright]:
    """Playwright, as it is here."""
    with sync_playwright() as found:
        yield found


def chosen(address: str, name: str = "chromium") -> BrowserChoice:
    return BrowserChoice(name=name, origin=Origin.SERVER, executable=None, server=Secret(address))


def refused(driver: Playwright, address: str, name: str = "chromium") -> str:
    with pytest.raises(BrowserMissing) as missing:
        start(driver, chosen(address, name))
    return str(missing.value)


def test_why_there_is_no_browser_is_one_sentence(server: Server, driver: Playwright) -> None:
    """It says what to do, and nothing of the address."""
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    bare = f"ws://127.0.0.1:{server.port}/{TOKEN}"
    plain = f'{bare}?launch-options={{"executablePath":"/no/such/browser"}}'
    said = {
        "refuses us (400 Bad Request); see whether path and token": refused(driver, server.address(path="wrong-path1")),
        f"(connect ECONNREFUSED 127.0.0.1:{port}); see whether it runs": refused(driver, f"ws://127.0.0.1:{port}/x"),
        "ENOTFOUND nowhere.invalid); see whether it runs": refused(driver, f"wss://nowhere.invalid/{TOKEN}"),
        "see whether it runs, and whether this machine may reach it": refused(driver, bare.replace("ws", "wss", 1)),
        "has no chromium of its Playwright; run `playwright install chromium` there": refused(driver, plain),
    }
    for expected, sentence in said.items():
        assert expected in sentence
        assert sentence.startswith("SMOKE_BROWSER_WS: the browser server ")
        assert TOKEN not in sentence
        assert "\n" not in sentence


def test_what_a_server_repeats_of_a_token_is_masked() -> None:
    """Vendors say which key they do not know."""
    said = Exception(f"BrowserType.connect: no session for {TOKEN} today")
    sentence = str(not_started(chosen(f"wss://grid.example/?key={TOKEN}"), said))
    assert "(no session for *** today); see whether it runs" in sentence


def test_a_server_of_another_version_says_which(driver: Playwright, tmp_path: Path) -> None:
    """Both versions, and both ways out, from Playwright's box."""
    package = shutil.copytree(PACKAGE, tmp_path / "package", ignore=shutil.ignore_patterns("vite"))
    about = json.loads((package / "package.json").read_text())
    ours = ".".join(about["version"].split(".")[:2])
    (package / "package.json").write_text(json.dumps({**about, "version": "1.40.2"}))
    with browser_server(package) as older:
        sentence = refused(driver, older.address())
    assert sentence == (
        f"SMOKE_BROWSER_WS: the browser server has Playwright 1.40, and this is Playwright {ours}; "
        f"let it run Playwright {ours} (npx playwright@{ours} run-server), or install 1.40 here"
    )


def test_a_server_that_says_nothing_is_not_waited_for_long(driver: Playwright, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has its time to find a browser, and no more."""
    monkeypatch.setattr("smoke.browser.starting.CONNECT_S", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        sentence = refused(driver, f"ws://127.0.0.1:{silent.getsockname()[1]}/")
    assert "gave no browser within 0.5 s; see whether it is reached" in sentence


@pytest.mark.long
def test_how_far_away_it_is_counts_as_the_runners_slowness(driver: Playwright) -> None:
    """A step waits for each answer of the browser, so that is in the reading which a slow step is judged beside."""
    with browser_server(away_s=0.2) as far:
        browser = start(driver, chosen(far.address()))

        class Pages:
            @contextmanager
            def bare(self) -> Iterator[Page]:
                yield browser.new_page()

        there = reference.reading(cast(Spares, Pages()), Reference.PAGE.band_ms)
        browser.close()
    assert there is not None
    assert there.value_ms > 400


def test_a_server_that_is_not_there_is_exit_code_3(smoke: Smoke) -> None:
    """And a sentence, of which nothing is a secret."""
    done = smoke("--check", "homepage.load", SMOKE_BROWSER_WS=f"ws://127.0.0.1:1/{TOKEN}")
    assert (done.code, done.stdout) == (3, "")
    assert "INCONCLUSIVE: SMOKE_BROWSER_WS: the browser server is not reached" in done.stderr
    assert TOKEN not in done.stderr


def doctor(environ: dict[str, str], address: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "smoke", "doctor", "--json"]
    given = {**environ, "SMOKE_BROWSER_WS": address}
    done = subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, timeout=60, check=False)
    assert TOKEN not in done.stdout + done.stderr
    return {each["about"]: each for each in json.loads(done.stdout)["findings"]}


@pytest.mark.long
def test_the_doctor_asks_the_server(server: Server, environ: dict[str, str]) -> None:
    """For a browser; and says what to do where it gives none."""
    found = doctor(environ, server.address())
    assert (found["browser"]["health"], found["display"]["health"]) == ("ok", "ok")
    assert found["browser"]["text"].endswith("chromium (SMOKE_BROWSER_WS)")
    found = doctor(environ, server.address(path="wrong-path1"))
    assert found["browser"]["health"] == "ill"
    assert "refuses us (400 Bad Request); see whether path and token" in found["browser"]["text"]


def test_an_address_that_is_none_is_told_with_all_else_that_is_wrong() -> None:
    """Exit code 2, and the address is not repeated; a window of a browser elsewhere is refused."""
    environ = {**os.environ, "SMOKE_BROWSER_WS": f"http://grid.example/{TOKEN}", "SMOKE_WORKERS": "none"}
    command = [sys.executable, "-m", "smoke", "run", "--headed"]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "SMOKE_BROWSER_WS: is ws://HOST:PORT/PATH or wss://HOST/PATH" in done.stderr
    assert "SMOKE_WORKERS: is a whole number" in done.stderr
    assert "--headed: shows nobody a browser that runs elsewhere" in done.stderr
    assert TOKEN not in done.stdout + done.stderr


def test_what_is_configured_is_shown_without_the_address() -> None:
    """Only that it is set, and where."""
    environ = {**os.environ, "SMOKE_BROWSER_WS": f"wss://grid.example/{TOKEN}"}
    command = [sys.executable, "-m", "smoke", "config", "show"]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60, check=True)
    assert ["browser_ws", "***", "SMOKE_BROWSER_WS"] in [line.split() for line in done.stdout.splitlines()]
    assert TOKEN not in done.stdout
