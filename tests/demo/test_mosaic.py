"""Mosaic, as its visitors and the checks after a deployment see it."""

from __future__ import annotations

import re
import time
from importlib import metadata

import pytest
from openapi_spec_validator import validate

from smoke.demo.breaks import Break
from smoke.demo.products.mosaic import deployment_api, migrations
from smoke.demo.products.mosaic.matching import LIBRARY, Matcher
from smoke.demo.products.mosaic.monitoring import Metrics
from smoke.demo.store import Store
from tests.demo.client import Client, Demo

ACCOUNT = "smoke-test@mosaic.example"
ADDED = ["/reranker/health", "/analytics/health", "/analytics/summary", "/semantic-match"]


@pytest.fixture
def anybody(demo: Demo) -> Client:
    """Somebody who is not signed in."""
    return Client(demo.process.base_urls["mosaic"])


def counted(client: Client, path: str) -> int:
    """How many good answers of a path the metrics tell."""
    found = re.search(
        rf'^mosaic_http_requests_total{{path="{path}",status="200"}} (\d+)$', client.get("/metrics").text, re.M
    )
    assert found
    return int(found[1])


def test_health_is_ok_and_quick(anybody: Client) -> None:
    """The median of five answers is far below half a second."""
    times = []
    for _ in range(5):
        started = time.perf_counter()
        reply = anybody.get("/health")
        times.append(time.perf_counter() - started)
        assert (reply.status, reply.json) == (200, {"status": "ok"})
    assert sorted(times)[2] < 0.1


def test_health_does_not_hide_that_a_part_is_down(breakable: Demo) -> None:
    """With a part down the health answer is 503 and not ok."""
    breakable.process.set_breaks([Break.SERVICE_DOWN])
    reply = Client(breakable.process.base_urls["mosaic"]).get("/health")
    breakable.process.set_breaks()
    assert (reply.status, reply.json["status"]) == (503, "degraded")


@pytest.mark.parametrize("path", ADDED)
def test_every_added_endpoint_is_deployed(anybody: Client, path: str) -> None:
    """No endpoint of the semantic match upgrade answers 404."""
    assert anybody.get(path).status != 404


def test_missing_endpoint_is_a_404_in_the_envelope(anybody: Client) -> None:
    """What was not deployed can be told from what was."""
    reply = anybody.get("/reranker/nowhere")
    assert (reply.status, reply.json["error"]["code"]) == (404, "not_found")


def test_description_is_valid_and_true(anybody: Client) -> None:
    """The OpenAPI description is valid, names the added endpoints, and each GET path that it lists is served."""
    description = anybody.get("/openapi.json").json
    validate(description)
    assert set(ADDED) < set(description["paths"])
    listed = [path for path, operations in description["paths"].items() if "get" in operations]
    assert len(listed) > 8
    assert 404 not in {anybody.get(path).status for path in listed}


def test_match_answers_by_its_contract(anybody: Client) -> None:
    """The best exercise comes first, scores fall and lie between 0 and 1, and no more come than were asked for."""
    answer = anybody.post("/semantic-match", {"query": "How do I ask my boss for a higher salary?", "limit": 2}).json
    assert set(answer) == {"model", "reranker", "matches"}
    scores = [match["score"] for match in answer["matches"]]
    assert answer["matches"][0]["id"] == "pay-talk"
    assert scores == sorted(scores, reverse=True)
    assert len(scores) == 2
    assert all(0 < score <= 1 for score in scores)


def test_match_finds_nothing_in_nonsense(anybody: Client) -> None:
    """A question that nothing fits is answered with an empty list, not with a guess."""
    assert anybody.post("/semantic-match", {"query": "xyzzy"}).json["matches"] == []


def test_title_weighs_more_than_text() -> None:
    """Of two exercises with the same words the one with the word in its title is first: the re-ranker works."""
    energy = next(exercise for exercise in LIBRARY if exercise.id == "energy-log")
    assert Matcher(LIBRARY).match("energy", 1)[0].id == energy.id
    assert Matcher(LIBRARY).match("energy", 1)[0].score > Matcher(LIBRARY).match("drain", 1)[0].score


@pytest.mark.parametrize(
    ("body", "status", "fields"),
    [
        (b"{", 400, []),
        ([1], 400, []),
        ({}, 422, ["query"]),
        ({"query": "  ", "limit": 0}, 422, ["query", "limit"]),
        ({"query": "x" * 1001}, 422, ["query"]),
        ({"query": 7, "limit": "3"}, 422, ["query", "limit"]),
    ],
)
def test_invalid_input_is_told(anybody: Client, body: object, status: int, fields: list[str]) -> None:
    """What is not JSON is 400, what is not valid 422, with every wrong field, in the envelope."""
    reply = anybody.post("/semantic-match", body)
    assert reply.status == status
    assert set(reply.json["error"]) == {"code", "message", "details"}
    assert [detail.split(":")[0] for detail in reply.json["error"]["details"]] == fields


def test_summary_is_for_members_and_moves(demo: Demo, anybody: Client) -> None:
    """A visitor gets 401; the member sees one event more after a match."""
    assert anybody.get("/analytics/summary").status == 401
    login = anybody.post("/auth/login", {"email": ACCOUNT, "password": demo.password})
    bearer = {"Authorization": f"Bearer {login.json['access_token']}"}
    before = anybody.get("/analytics/summary", **bearer).json["events"]
    anybody.post("/semantic-match", {"query": "leave"})
    after = anybody.get("/analytics/summary", **bearer).json
    assert after["events"] == before + 1
    assert 0 < after["answered_ratio"] <= 1


def test_packages_are_those_that_are_installed(anybody: Client) -> None:
    """Installed versions are told as they are, nothing is missing, and everything can be imported."""
    answer = anybody.get("/deployment/packages").json
    assert answer["missing"] == []
    assert {name: package["installed"] for name, package in answer["packages"].items()} == {
        name: metadata.version(name) for name in ("jinja2", "starlette", "uvicorn")
    }
    assert all(package["satisfied"] and package["imports"] for package in answer["packages"].values())


@pytest.mark.parametrize(
    ("name", "oldest", "expected"),
    [
        ("starlette", "1.0", {"satisfied": True, "imports": True}),
        ("starlette", "999", {"satisfied": False, "imports": True}),
        ("no-such-package", "1", {"installed": None, "satisfied": False, "imports": False}),
    ],
)
def test_missing_and_old_packages_are_told(name: str, oldest: str, expected: dict[str, object]) -> None:
    """A package that is not installed and one that is too old are both seen."""
    package = deployment_api.package(name, oldest)
    assert expected.items() <= package.items()


def test_schema_is_where_the_code_expects_it(anybody: Client) -> None:
    """Every migration is applied and its table is there."""
    schema = anybody.get("/deployment/schema").json
    assert (schema["version"], schema["expected"], schema["pending"]) == (4, 4, [])
    assert schema["tables"] == ["match_events", "migrations", "reranker_scores"]


def test_migration_that_is_not_applied_is_told() -> None:
    """A database one step behind says which step it lacks."""
    store = Store()
    migrations.apply(store)
    store.change("DELETE FROM mosaic_migrations WHERE name = 'events-by-time'")
    state = migrations.state(store)
    assert (state["version"], state["expected"], state["pending"]) == (3, 4, ["events-by-time"])


def test_uptime_grows_within_one_boot(anybody: Client) -> None:
    """Two readings of one process have the same boot id, and the later one the longer uptime."""
    first, second = (anybody.get("/deployment").json for _ in range(2))
    assert first["boot_id"] == second["boot_id"]
    assert 0 < first["uptime_s"] < second["uptime_s"]
    assert (first["status"], first["restarts_last_5_min"]) == ("live", 0)


def test_restart_has_another_boot_id(demo: Demo, breakable: Demo) -> None:
    """Two processes can be told apart."""
    boots = {Client(each.process.base_urls["mosaic"]).get("/deployment").json["boot_id"] for each in (demo, breakable)}
    assert len(boots) == 2


def test_metrics_move_with_requests_and_not_with_reading(anybody: Client) -> None:
    """Each request moves the counter of its path by one; reading the metrics moves nothing."""
    before = counted(anybody, "/version")
    assert counted(anybody, "/version") == before
    anybody.get("/version")
    assert counted(anybody, "/version") == before + 1


def test_metrics_are_prometheus_text(anybody: Client) -> None:
    """Type and help precede the samples, and unknown paths share one label."""
    anybody.get("/some/guessed/path")
    reply = anybody.get("/metrics")
    assert reply.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    assert "# TYPE mosaic_http_requests_total counter" in reply.text
    assert 'path="other",status="404"' in reply.text
    assert "guessed" not in reply.text
    assert all(
        re.fullmatch(r'#.*|\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? [\d.]+', line) for line in reply.text.splitlines()
    )


def test_counters_exist_before_the_first_request() -> None:
    """A path that nobody asked for yet is counted from 0, so that a first reading finds a number."""
    metrics = Metrics()
    assert "mosaic_http_requests_total{" not in metrics.exposition()
    metrics.know(["/version"])
    assert 'mosaic_http_requests_total{path="/version",status="200"} 0\n' in metrics.exposition()


def test_every_new_feature_has_an_alert(anybody: Client) -> None:
    """Semantic match, re-ranker and analytics are each watched."""
    alerts = anybody.get("/monitoring/alerts").json["alerts"]
    assert {alert["feature"] for alert in alerts} == {"semantic-match", "reranker", "analytics"}


def test_home_answers_a_question(anybody: Client) -> None:
    """The page finds exercises without a script, says when nothing fits, and its files are there."""
    page = anybody.get("/?q=Should+I+leave+my+job%3F").text
    assert "Leave or stay" in page
    assert "Nothing fits" in anybody.get("/?q=xyzzy").text
    assert "<b>" not in anybody.get("/?q=%3Cb%3E").text
    files = re.findall(r'<link [^>]*href="([^"]+)"', page)
    assert {anybody.get(file).status for file in files} == {200}
    assert re.findall(r"<script|<style| style=| on\w+=", page) == []
