"""``smoke run`` in every outcome, against the embedded application in a real browser."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import jsonschema
import pytest

from smoke.demo.breaks import Break
from smoke.demo.process import DemoProcess, start
from tests.running.conftest import ROOT, Finished, environ_of, run_from_the_start, run_smoke

pytestmark = pytest.mark.browser
Smoke = Callable[..., Finished]


@pytest.fixture(autouse=True)
def _healthy(demo: DemoProcess) -> None:
    demo.set_breaks()


def test_a_healthy_application_passes_and_leaves_everything_behind(tmp_path: Path) -> None:
    """A whole run is PASS, exits 0, validates against its schema and leaves history, metrics and Allure results."""
    with start() as new:  # the one that all have may have seen the one-time code of these 30 s
        run = run_from_the_start(tmp_path / "reports", environ_of(new))
    assert run.code == 0, run.stderr
    assert run.verdict["verdict"] == "PASS"
    schema = json.loads((ROOT / "config/schema/verdict.json").read_text())
    jsonschema.validate(run.verdict, schema)
    assert json.loads((run.reports / "verdict.json").read_text()) == run.verdict
    with sqlite3.connect(run.reports / "history.db") as db:
        assert db.execute("SELECT run_id FROM runs").fetchall() == [(run.verdict["run_id"],)]
    assert "smoke_test.homepage_load" in (run.reports / "metrics.jsonl").read_text()
    assert len(list((run.reports / "allure-results").glob("*-result.json"))) == 11
    writes = {(each["method"], each["path"], each["permission"]) for each in run.verdict["safety"]["mutations"]}
    assert ("POST", "/api/v1/auth/login", "POST /api/v1/auth/login") in writes
    assert all(permission != "none" for _, _, permission in writes)


BROKEN = {
    Break.SERVICE_DOWN: ("health", "health.root", "FAIL", "ASSERTION", r"status \('degraded'\) == 'healthy'"),
    Break.HEALTH_SLOW: ("health.root", "health.root", "FAIL", "SLOW", r"health\.root\.total_ms \(\d+\) <= 100"),
    Break.NO_RATE_LIMIT_HEADERS: ("api", "api.test", "FAIL", "ASSERTION", r"X-RateLimit-Limit \(absent\)"),
    Break.CONSOLE_ERROR: ("homepage.load", "homepage.load", "FAIL", "JS_ERROR", r"console_errors \(1\) == 0"),
    Break.PAGE_ERROR: ("homepage.load", "homepage.load", "FAIL", "JS_ERROR", r"page_errors \(1\) == 0"),
    Break.SLOW: ("homepage.load", "homepage.load", "FAIL", "SLOW", r"homepage\.load_ms \(\d{4,}\) <= 3000"),
    Break.MISSING_BUTTON: ("homepage.enhance", "homepage.enhance", "FAIL", "ASSERTION", r"anonymous-enhance-button"),
    Break.SAVES_ANONYMOUS: ("homepage.enhance", "homepage.enhance", "FAIL", "ASSERTION", r"saved enhancements"),
    Break.LOGIN_REFUSED: ("login.basic", "login.basic", "INCONCLUSIVE", "ACCOUNT", r"login of smoke-test-basic"),
    Break.LOGIN_ERROR: ("login.basic", "login.basic", "FAIL", "APP_5XX", r"POST /api/v1/auth/login 500"),
    Break.LOGOUT_KEEPS_SESSION: ("login.basic", "login.basic", "FAIL", "ASSERTION", r"Sign in|== 401"),
    Break.OPEN_PROTECTED: ("pages", "pages.protected", "FAIL", "ASSERTION", r"/login\\\\\?redirect"),
}


TOGETHER = (
    {Break.SERVICE_DOWN, Break.NO_RATE_LIMIT_HEADERS, Break.MISSING_BUTTON, Break.LOGIN_ERROR, Break.OPEN_PROTECTED},
    {Break.SAVES_ANONYMOUS, Break.LOGOUT_KEEPS_SESSION, Break.HEALTH_SLOW},
    {Break.CONSOLE_ERROR},
    {Break.PAGE_ERROR},
    {Break.SLOW},
    {Break.LOGIN_REFUSED},
)
"""Breaks of which none is met by the check that must see another."""


@pytest.fixture(scope="module")
def run_of(demo: DemoProcess, tmp_path_factory: pytest.TempPathFactory) -> Callable[[Break], Finished]:
    """Look once at the breaks that are in force together."""

    @cache
    def run(number: int) -> Finished:
        demo.set_breaks(TOGETHER[number])
        selected = [word for each in sorted(TOGETHER[number]) for word in ("--check", BROKEN[each][0])]
        folder = tmp_path_factory.mktemp("broken")
        return run_smoke(folder / "reports", {**environ_of(demo), "SMOKE_STATE": str(folder / "state")}, *selected)

    return lambda broken: run(next(number for number, breaks in enumerate(TOGETHER) if broken in breaks))


SOON = TOGETHER[0] | {Break.SLOW}
"""Those of every run of the tests; the others take their time in `make test-long`."""


@pytest.mark.parametrize(
    "broken", [each if each in SOON else pytest.param(each, marks=pytest.mark.long) for each in BROKEN]
)
def test_each_obvious_breakage_turns_the_right_check_red(broken: Break, run_of: Callable[[Break], Finished]) -> None:
    """A broken application turns the check that must see it red, with one line that names rule and evidence."""
    _, check_id, outcome, blame, rule = BROKEN[broken]
    run = run_of(broken)
    check = run.check(check_id)
    assert (check["outcome"], check["blame"]) == (outcome, blame), check["evidence"]
    assert any(re.search(rule, line) for line in check["evidence"]), check["evidence"]
    assert all("\n" not in line for line in check["evidence"])
    assert run.code == (1 if outcome == "FAIL" else 3)
    assert check["hint"]


def test_a_failure_that_passes_on_the_second_attempt_is_flaky(smoke: Smoke, demo: DemoProcess) -> None:
    """One refused request makes the check FLAKY, which keeps both attempts and passes at point local."""
    demo.set_breaks([Break.FIRST_REQUEST_FAILS])
    run = smoke("--check", "homepage.load")
    check = run.check("homepage.load")
    assert [attempt["outcome"] for attempt in check["attempts"]] == ["FAIL", "PASS"]
    assert (check["outcome"], run.verdict["verdict"], run.code) == ("FLAKY", "FLAKY", 0)
    assert len(list((run.reports / "allure-results").glob("*-result.json"))) == 2


def test_a_failed_journey_leaves_evidence_without_the_password(
    run_of: Callable[[Break], Finished], environ: dict[str, str]
) -> None:
    """Screenshot, trace, console and network of a failed login are kept, and none holds the typed password."""
    import zipfile

    run = run_of(Break.LOGIN_ERROR)
    kept = {(run.reports / path).name: run.reports / path for path in run.check("login.basic")["artifacts"]}
    assert {"screenshot.png", "trace.zip", "network.txt", "console.txt"} <= set(kept)
    password = environ["SMOKE_TEST_PASSWORD"].encode()
    with zipfile.ZipFile(kept["trace.zip"]) as trace:
        texts = [trace.read(name) for name in trace.namelist()]
    assert any(b'"method":"fill"' in text for text in texts), "the trace shows what was typed where"
    assert any(b'"type":"frame-snapshot"' in text for text in texts), "the last attempt's shows the page too"
    left = [path.read_bytes() for path in run.reports.rglob("*") if path.is_file()]
    assert not any(password in data for data in [*texts, *left, run.stdout.encode(), run.stderr.encode()])


def test_probes_alone_load_nothing_of_a_browser(environ: dict[str, str], tmp_path: Path) -> None:
    """Nor of pytest, though the suite has journeys: nobody asked for one."""
    command = [sys.executable, "-X", "importtime", "-m", "smoke", "run", "--check", "health.root"]
    done = subprocess.run(
        [*command, "--reports", str(tmp_path)], cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    loaded = set(re.findall(r"^import time: .* (\S+)$", done.stderr, re.MULTILINE))
    assert "smoke.running.launch" in loaded
    assert not {"playwright.sync_api", "pytest"} & loaded


def test_without_a_browser_nothing_is_green(smoke: Smoke) -> None:
    """A browser that is not there is exit code 3 and a sentence that says what to do."""
    run = smoke(SMOKE_BROWSER_PATH="/no/such/browser")
    assert run.code == 3
    assert "/no/such/browser" in run.stderr
    assert "INCONCLUSIVE" in run.stderr


def test_a_browser_that_does_not_start_leaves_no_run_behind(smoke: Smoke) -> None:
    """The next run does not say that this one vanished: it ended, and said why."""
    for _ in range(2):
        run = smoke("--check", "homepage.load", SMOKE_BROWSER_PATH="/bin/true")
        assert run.code == 3
        assert "/bin/true does not start" in run.stderr
        assert "vanished" not in run.stderr


def test_wrong_usage_is_told_all_at_once(smoke: Smoke) -> None:
    """Unknown point, and wrong values in options and environment, are exit code 2 with every problem and a way out."""
    run = smoke("--category", "nope", SMOKE_SLOWMO="fast")
    assert run.code == 2
    assert "--category: is one of api-health" in run.stderr
    assert "SMOKE_SLOWMO: is a whole number" in run.stderr


def test_a_secret_that_is_missing_is_told_before_anything_runs(smoke: Smoke) -> None:
    """An account without its password is exit code 2 and names the variable and the check that needs it."""
    run = smoke("--check", "login.basic", SMOKE_TEST_PASSWORD="")
    assert run.code == 2
    assert re.search(r"SMOKE_TEST_PASSWORD: is not set; login\.basic signs in as", run.stderr)


@pytest.mark.long
def test_the_contract_of_an_environment_decides_what_is_expected(smoke: Smoke) -> None:
    """The same pages and probes pass against what the product does today."""
    run = smoke("--env", "as-built", "--check", "login.refused", "--check", "health", SMOKE_BASE_URL="")
    assert run.code == 0, run.stderr
    assert {check["id"] for check in run.verdict["checks"]} == {
        "login.refused",
        "health.root.as-built",
        "health.api.as-built",
    }
