"""``smoke synthetics deploy``: which probes become tests, what of them, and that it can be done again."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from smoke.answers.shapes import Bom, Cors, Eventually, Expect, HeaderExpect, JsonExpect, NoPii
from smoke.config.cron_schedule import Schedule
from smoke.config.load import load
from smoke.config.probe import Probe
from smoke.datadog.assertions import assertions, json_path
from smoke.datadog.monitors import Telling
from smoke.datadog.synthetics import Remit, deployment, tick_of
from smoke.sinks._datadog_terms import Synthetics
from tests.datadog.conftest import Smoke
from tests.support.datadog_account import TESTS, DatadogAccount

ROOT = Path(__file__).parents[2]
DEPLOY = ("synthetics", "deploy", "--to", "datadog", "--suite", "deltacrown")
UPTIME = ["uptime.health", "uptime.moderation", "uptime.shop", "uptime.transactions"]
READING = sorted([*UPTIME, "health.version-and-status", "errors.not-found", "openapi.no-pii"])


def remit(*probes: Probe) -> Remit:
    suite = load(ROOT, "deltacrown")
    return Remit(
        suite=replace(suite, probes=probes) if probes else suite,
        name="production",
        environment=suite.about.environments["production"],
        terms=Synthetics(locations=("aws:eu-west-1",), notify=("slack:#alerts",)),
        tick_s=60,
        telling=Telling(handles={}, runbooks=""),
    )


def a_probe(request: str = "GET /health", **more: object) -> Probe:
    common = {"id": "a.b", "title": "It answers", "category": "api-health", "expect": Expect()}
    return Probe(request=request, **{**common, **more})  # type: ignore[arg-type]


def names_of(account: DatadogAccount) -> list[str]:
    return sorted(
        tag.rpartition("/")[2] for each in account.tests.values() for tag in each["tags"] if "smoke-test:" in tag
    )


def test_the_uptime_checks_of_the_seed_are_deployed_and_then_left_alone(smoke: Smoke, account: DatadogAccount) -> None:
    """Every reading probe without an account is a test of the described shape; the second time nothing is written."""
    first = smoke(*DEPLOY)
    assert (first.code, first.err) == (0, "")
    assert names_of(account) == READING
    assert account.intake.refused == []
    before = len(account.writes)
    second = smoke(*DEPLOY)
    assert second.code == 0
    assert account.writes[before:] == []
    assert f"= {len(READING)} as they should be" in second.out


def test_what_stays_at_home_is_named_with_its_reason(smoke: Smoke, account: DatadogAccount) -> None:
    """Accounts, writes, sequences and WebSockets; and what Datadog cannot look at."""
    said = smoke(*DEPLOY, "--dry-run")
    assert "no test for probe auth.handshake: it is signed in as player" in said.out
    assert "no test for probe websocket.lifecycle: WS is no plain reading request" in said.out
    assert "not looked at by test openapi.no-pii: no_pii" in said.out
    assert (
        "+ test deltacrown/production/uptime.health\n    https://deltacrown.example.com/health, every 60 s" in said.out
    )
    assert account.writes == []


def test_a_test_is_what_the_seed_asks(smoke: Smoke, account: DatadogAccount) -> None:
    """The path, 200 or 401, under 800 ms, JSON; every minute from the places of the YAML."""
    smoke(*DEPLOY)
    (test,) = [each for each in account.tests.values() if "check:uptime.transactions" in each["tags"]]
    assert test["config"]["request"]["url"].endswith("/api/transactions?page=1&page_size=10")
    assert test["config"]["assertions"] == [
        {"type": "statusCode", "operator": "matches", "target": "^(200|401)$"},
        {"type": "responseTime", "operator": "lessThan", "target": 800},
        {"type": "header", "property": "content-type", "operator": "matches", "target": "^application/json *(;.*)?$"},
    ]
    assert test["options"]["tick_every"] == 60
    assert test["options"]["retry"] == {"count": 1, "interval": 1000}
    assert test["locations"] == ["aws:us-east-1", "aws:us-west-2", "aws:eu-west-1"]
    assert test["message"].endswith("@slack-alerts")


def test_a_test_that_was_paused_by_hand_is_shown_and_put_back(smoke: Smoke, account: DatadogAccount) -> None:
    """Pausing belongs into the YAML (live: false), where it is seen."""
    smoke(*DEPLOY)
    paused = next(iter(account.tests.values()))
    paused["status"] = "paused"
    said = smoke(*DEPLOY)
    assert 'status: "paused" -> "live"' in said.out
    assert {each["status"] for each in account.tests.values()} == {"live"}
    assert account.writes[-1].startswith(f"PUT {TESTS}/api/")


def test_tests_of_others_are_never_touched_and_ours_only_when_told(smoke: Smoke, account: DatadogAccount) -> None:
    """A probe that is gone leaves its test until --prune; other suites and other people are not concerned."""
    smoke(*DEPLOY)
    one = next(iter(account.tests.values()))
    account.tests |= {
        "old": {**one, "public_id": "old", "tags": ["managed-by:smoke", "smoke-test:deltacrown/production/old.one"]},
        "far": {**one, "public_id": "far", "tags": ["managed-by:smoke", "smoke-test:mosaic/production/old.one"]},
        "not": {**one, "public_id": "not", "tags": ["smoke-test:deltacrown/production/old.one"]},
    }
    assert "- test deltacrown/production/old.one (old)" in smoke(*DEPLOY).out
    assert "old" in account.tests
    assert smoke(*DEPLOY, "--prune").code == 0
    assert {"far", "not"} < account.tests.keys()
    assert "old" not in account.tests


def test_a_location_that_the_account_lacks_is_a_problem(smoke: Smoke, account: DatadogAccount) -> None:
    """It stands at its line of the YAML, and nothing is written."""
    account.locations = ("aws:eu-west-1",)
    said = smoke(*DEPLOY)
    assert said.code == 2
    assert "monitoring-integration.yaml: 2 problems" in said.err
    assert "no location 'aws:us-east-1'" in said.err
    assert account.writes == []


def test_no_secret_leaves_the_house(smoke: Smoke, account: DatadogAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    """A definition that would hold the value of a secret is refused before anything is asked; the value is not told."""
    monkeypatch.setenv("SMOKE_TEST_PASSWORD", "enforcement/ping")
    said = smoke(*DEPLOY)
    assert said.code == 2
    assert "would hold the value of SMOKE_TEST_PASSWORD" in said.err
    assert "enforcement/ping" not in said.err + said.out
    assert account.intake.requests == []


def test_a_certificate_is_a_test_of_its_own() -> None:
    """HTTP tests know no certificate; SSL tests know nothing else."""
    made = deployment(remit(a_probe(expect=Expect(tls_days_left=14))))
    http, ssl = (each.document for each in made.tests)
    assert (http["subtype"], ssl["subtype"]) == ("http", "ssl")
    assert ssl["config"]["request"] == {"host": "deltacrown.example.com", "port": 443}
    assert ssl["config"]["assertions"] == [{"type": "certificate", "operator": "isInMoreThan", "target": 14}]


@pytest.mark.parametrize(
    ("probe", "reason"),
    [
        (a_probe(account="player"), "signed in as player"),
        (a_probe("POST /x", permits=("POST /x",)), "POST is no plain reading request"),
        (a_probe("GET /x/{order}"), "{order} is known to a run only"),
        (a_probe(headers={"Authorization": "Bearer x"}), "it sends authorization"),
        (a_probe(after=("c.d",)), "it comes after c.d"),
        (a_probe(contracts=("flags-on",)), "another contract"),
        (a_probe(eventually=Eventually(within_s=5)), "it takes more than one request"),
    ],
)
def test_a_probe_that_is_more_than_a_look_stays_at_home(probe: Probe, reason: str) -> None:
    """What needs an account, changes something or hangs on others is left out, and why is said."""
    made = deployment(remit(probe))
    assert made.tests == ()
    assert reason in made.omitted[0].reason


def test_no_account_and_no_variable_of_one_stands_in_any_test() -> None:
    """Neither a user, a password's variable nor a token: the texts of all tests are searched."""
    text = json.dumps([each.document for each in deployment(remit()).tests])
    assert len(text) > 1000
    assert [each for each in ("smoke-test-player", "SMOKE_TEST", "Bearer", "password") if each in text] == []


@pytest.mark.parametrize(
    ("expect", "said"),
    [
        (Expect(), {"type": "statusCode", "operator": "is", "target": 200}),
        (Expect(contains=("ok",)), {"type": "body", "operator": "contains", "target": "ok"}),
        (Expect(lacks=("no",)), {"type": "body", "operator": "doesNotContain", "target": "no"}),
        (Expect(matches=("^a",)), {"type": "body", "operator": "matches", "target": "^a"}),
        (
            Expect(headers={"X-A": HeaderExpect(equals="b")}),
            {"type": "header", "property": "x-a", "operator": "is", "target": "b"},
        ),
        (
            Expect(redirects_to="/login"),
            {"type": "header", "property": "location", "operator": "matches", "target": "^(?:/login)$"},
        ),
        (
            Expect(json={"allow": JsonExpect(equals=True)}),
            {
                "type": "body",
                "operator": "validatesJSONPath",
                "target": {"jsonPath": "$.allow", "operator": "is", "targetValue": "true"},
            },
        ),
        (
            Expect(json={"jobs.done": JsonExpect(above=1)}),
            {
                "type": "body",
                "operator": "validatesJSONPath",
                "target": {"jsonPath": "$.jobs.done", "operator": "moreThan", "targetValue": 1},
            },
        ),
        (Expect(redirects_to="/"), {"type": "statusCode", "operator": "matches", "target": "^(301|302|303|307|308)$"}),
        (
            Expect(json={"jobs.waiting": JsonExpect(below=10)}),
            {
                "type": "body",
                "operator": "validatesJSONPath",
                "target": {"jsonPath": "$.jobs.waiting", "operator": "lessThan", "targetValue": 10},
            },
        ),
    ],
)
def test_expectations_become_assertions(expect: Expect, said: dict[str, object]) -> None:
    """Each in Datadog's words."""
    made, lost = assertions(expect)
    assert said in made
    assert lost == []


@pytest.mark.parametrize(
    ("expect", "lost"),
    [
        (Expect(bom=Bom.ONCE, no_pii=NoPii()), ["bom", "no_pii"]),
        (Expect(json={"a": JsonExpect(type="string")}), ["json.a.type"]),
        (Expect(matches=("(?s)a.*b",)), ["matches ((?s)a.*b)"]),
        (Expect(headers={"X-A": HeaderExpect(present=False)}), ["headers.X-A is absent"]),
        (Expect(p95_within_ms=100), ["p95_within_ms"]),
    ],
)
def test_what_datadog_has_no_words_for_is_named(expect: Expect, lost: list[str]) -> None:
    """Nothing is dropped without a word."""
    assert assertions(expect)[1] == lost


def test_a_path_whose_type_is_lost_must_still_be_there() -> None:
    """Of an expectation that cannot be told, what can is: that there is something."""
    made, _ = assertions(Expect(json={"a": JsonExpect(type="string")}))
    assert made[-1]["target"]["jsonPath"] == "$.a"


@pytest.mark.parametrize(
    ("path", "expected"),
    [("$", "$"), ("items[0].id", "$.items[0].id"), ("a.b-c", "$.a['b-c']"), ("[1]", "$[1]"), ("$.a", "$.a")],
)
def test_paths_are_written_as_jsonpath(path: str, expected: str) -> None:
    """RFC 9535."""
    assert json_path(path) == expected


@pytest.mark.parametrize(
    ("every", "cron", "expected"),
    [("10m", "* * * * *", 600), (None, "* * * * *", 60), (None, "*/30 * * * *", 1800), (None, None, None)],
)
def test_how_often_is_said_by_the_yaml_or_by_the_schedule(
    every: str | None, cron: str | None, expected: int | None
) -> None:
    """Its own word first; where nothing is said, nothing is guessed."""
    schedules = [Schedule(suite="shop", environment="production", cron=cron)] if cron else []
    assert tick_of(Synthetics(every=every), schedules, "shop", "production") == expected


def test_what_a_datadog_cannot_reach_is_not_asked_by_it() -> None:
    """The embedded application is served on this machine, and an address in a variable is known to a run."""
    here = remit(a_probe())
    here = replace(here, environment=replace(here.environment, base_url="embedded"))
    assert deployment(here).omitted[0].reason.endswith("embedded is not an address that Datadog can reach")


def test_any_status_is_no_assertion() -> None:
    made, _ = assertions(Expect(cors=Cors.REFUSED))
    assert [each for each in made if each["type"] == "statusCode"] == []
