from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
from pydantic import TypeAdapter

import smoke.answers.body_expectations
import smoke.answers.cookies  # noqa: F401 - registers its judge
from smoke.answers.exchange import Exchange
from smoke.answers.expectations import judge
from smoke.answers.judges import JUDGES
from smoke.answers.paths import at_path
from smoke.answers.shapes import Expect, HeaderExpect, JsonExpect
from smoke.model import Blame
from smoke.probing.account import ProbeAccount
from smoke.probing.sign_in import refused
from smoke.secrets.secret import Secret
from tests.probing.test_expectation_kinds import KINDS
from tests.support.exchanges import an_answer

JSON = '{"status": "healthy", "count": 3, "ratio": 0.5, "ok": true, "none": null, "parts": [{"id": 7}], "empty": {}}'
ANSWER = an_answer(JSON, headers={"Content-Type": "Application/JSON; charset=utf-8", "X-Build": "42"})


def expected(**said: Any) -> Expect:
    """An expectation, read as from YAML."""
    return TypeAdapter(Expect).validate_python(said)


def rules(answer: Exchange = ANSWER, /, **said: Any) -> list[str]:
    return [finding.rule for finding in judge(expected(**said), answer)]


PASSING: dict[str, list[dict[str, Any]]] = {
    "status": [{"status": 200}, {"status": [204, 200]}],
    "within_ms": [{"within_ms": 1}],
    "content_type": [{"content_type": "application/json"}],
    "headers": [
        {"headers": {"x-build": {}}},
        {"headers": {"X-Build": {"equals": "42"}}},
        {"headers": {"X-Build": {"matches": r"^\d+$"}}},
        {"headers": {"X-Powered-By": {"present": False}}},
    ],
    "contains": [{"contains": ["healthy", "count"]}],
    "lacks": [{"lacks": ["degraded"]}],
    "json": [
        {"json": {"none": {}}},
        {"json": {"status": {"equals": "healthy"}}},
        {"json": {"count": {"equals": 3}}},
        {"json": {"count": {"below": 3.5, "above": 2}}},
        {"json": {"ok": {"equals": True}}},
        {"json": {"status": {"matches": "^heal"}, "count": {"matches": "^3$"}}},
        {"json": {"parts[0]": {"keys": ["id"]}, "empty": {"keys": []}}},
        {"json": {"$": {"type": "object"}, "parts[0].id": {"type": "integer"}}},
    ],
}
BROKEN: dict[str, list[tuple[dict[str, Any], list[str]]]] = {
    "status": [
        ({"status": 204}, ["status (200) == 204"]),
        ({"status": [301, 302]}, ["status (200) == 301 or 302"]),
    ],
    "within_ms": [],  # judged over several samples: see test_attempts.py
    "content_type": [({"content_type": "text/html"}, ["content type (application/json) == text/html"])],
    "headers": [
        ({"headers": {"X-Limit": {}}}, ["header X-Limit (absent) is present"]),
        ({"headers": {"X-Limit": {"equals": "5"}}}, ["header X-Limit (absent) is present"]),
        ({"headers": {"X-Build": {"present": False}}}, ["header X-Build (present) is absent"]),
        ({"headers": {"X-Build": {"equals": "43"}}}, ["header X-Build (42) == 43"]),
        ({"headers": {"X-Build": {"matches": "^[a-f]+$"}}}, ["header X-Build (42) matches /^[a-f]+$/"]),
    ],
    "contains": [({"contains": ["healthy", "degraded", "down"]}, ["body contains 'degraded'", "body contains 'down'"])],
    "lacks": [({"lacks": ["degraded", "healthy"]}, ["body lacks 'healthy'"])],
    "json": [
        ({"json": {"version": {}}}, ["version (missing) exists"]),
        ({"json": {"status": {"equals": "ok"}}}, ["status ('healthy') == 'ok'"]),
        ({"json": {"count": {"equals": "3"}}}, ["count (3) == '3'"]),
        ({"json": {"ok": {"equals": 1}}}, ["ok (True) == 1"]),
        ({"json": {"status": {"type": "null"}}}, ["status (str) is of type null"]),
        ({"json": {"parts[0]": {"keys": ["id", "at"]}}}, ["parts[0] keys (['id']) are exactly ['at', 'id']"]),
        ({"json": {"status": {"keys": []}}}, ["status keys (None) are exactly []"]),
        ({"json": {"count": {"below": 3}}}, ["count (3) < 3"]),
        ({"json": {"count": {"above": 3}}}, ["count (3) > 3"]),
        ({"json": {"ok": {"below": 9}}}, ["ok (True) < 9"]),
        ({"json": {"status": {"matches": "^ok$"}}}, ["status ('healthy') matches /^ok$/"]),
        (
            {"json": {"count": {"equals": 4, "type": "string"}, "gone": {}}},
            ["count (3) == 4", "count (int) is of type string", "gone (missing) exists"],
        ),
    ],
}


def test_every_expectation_is_judged_and_tested() -> None:
    """No key of a probe can be written that nobody judges, and none is judged that is not tested here."""
    names = {field.name for field in fields(Expect)}
    assert set(JUDGES) == names
    assert set(PASSING) == set(BROKEN)
    assert set(PASSING) | {kind.field for kind in KINDS} | {"p95_within_ms", "samples", "ceiling_ms"} == names
    said = str(PASSING) + str(BROKEN)
    assert all(f"'{field.name}'" in said for shape in (HeaderExpect, JsonExpect) for field in fields(shape))


@pytest.mark.parametrize("said", [said for each in PASSING.values() for said in each], ids=str)
def test_an_answer_as_expected_passes(said: dict[str, Any]) -> None:
    """What an answer fulfils is no finding."""
    assert rules(**said) == []


@pytest.mark.parametrize(("said", "broken"), [case for each in BROKEN.values() for case in each], ids=str)
def test_an_answer_that_breaks_an_expectation_says_which(said: dict[str, Any], broken: list[str]) -> None:
    """A finding holds the actual value and the rule in one line."""
    assert rules(**said) == broken


@pytest.mark.parametrize(
    ("status", "blame"),
    [(500, Blame.APP_5XX), (503, Blame.APP_5XX), (404, Blame.APP_4XX), (429, Blame.APP_4XX), (302, Blame.ASSERTION)],
)
def test_a_wrong_status_is_told_alone(status: int, blame: Blame) -> None:
    """A wrong status is the cause of all else that is wrong, so only it is told, with what was answered."""
    answer = an_answer("all\n  is down", status=status)
    (finding,) = judge(expected(contains=["healthy"], content_type="text/html", json={"a": {}}), answer)
    assert (finding.rule, finding.blame) == (f"status ({status}) == 200", blame)
    assert finding.evidence == ("GET https://shop.example/health", f"answered {status} no content type: all is down")


def test_other_findings_are_assertions_with_an_excerpt() -> None:
    """An answer that arrived and is wrong is shown, cut to what fits in a line."""
    (finding,) = judge(expected(contains=["healthy"]), an_answer("x" * 1000))
    assert finding.blame is Blame.ASSERTION
    assert finding.evidence == ("GET https://shop.example/health", f"answered 200 no content type: {'x' * 200}")


def test_an_edge_before_the_login_says_nothing_of_the_account() -> None:
    """A login that a firewall keeps from us is the edge's doing; the same status without its marks is a refusal."""
    who = ProbeAccount(user="ann", password=Secret("correct horse"))
    challenge = an_answer("<title>Just a moment...</title>", status=403)
    assert refused(who, "POST /login", challenge).finding.blame is Blame.EDGE_BLOCKED
    assert refused(who, "POST /login", an_answer("no", status=403)).finding.blame is Blame.ACCOUNT


def test_an_excerpt_shows_no_token() -> None:
    """What signs in is masked in the excerpt, whether or not anybody knows its value."""
    body = '{"id": 7, "access_token": "eyJhbGciOi.x.y", "user": {"apiKey": "k-1", "name": "Ann"}}'
    (finding,) = judge(expected(contains=["healthy"]), an_answer(body, headers={"Content-Type": "application/json"}))
    said = '{"id": 7, "access_token": "***", "user": {"apiKey": "***", "name": "Ann"}}'
    assert finding.evidence[1] == f"answered 200 application/json: {said}"


def test_a_challenge_is_no_answer_though_its_status_was_expected() -> None:
    """A probe that expects a refusal does not take the edge's refusal for the application's."""
    challenge = an_answer("<title>Just a moment...</title>", status=403)
    (finding,) = judge(expected(status=403), challenge)
    assert (finding.blame, finding.cause) == (Blame.EDGE_BLOCKED, "Cloudflare answers in place of the application")
    assert judge(expected(status=403), an_answer("<h1>Forbidden</h1>", status=403)) == ()


def test_an_answer_without_content_type_is_not_of_one() -> None:
    """A missing content type is told as such."""
    assert rules(an_answer(JSON), content_type="application/json") == ["content type (none) == application/json"]


def test_a_body_that_is_no_json_is_told_once() -> None:
    """Where nothing can be parsed, one finding says so, however many paths were expected."""
    assert rules(an_answer("<html>"), json={"a": {}, "b": {}}) == [
        "body is JSON (Expecting value: line 1 column 1 (char 0))"
    ]


def test_a_body_is_parsed_only_where_json_is_expected() -> None:
    """A page need not be JSON."""
    assert rules(an_answer(b"\xff\xfe<html>"), contains=["<html>"]) == []


@pytest.mark.parametrize(
    ("name", "paths"),
    [
        ("string", {"status"}),
        ("integer", {"count"}),
        ("number", {"count", "ratio"}),
        ("boolean", {"ok"}),
        ("array", {"parts"}),
        ("object", {"empty"}),
        ("null", {"none"}),
    ],
)
def test_json_types_are_told_apart(name: str, paths: set[str]) -> None:
    """Each type accepts its own values only: true is no number, and a whole number is one."""
    every = ("status", "count", "ratio", "ok", "none", "parts", "empty")
    assert {path for path in every if not rules(json={path: {"type": name}})} == paths


@pytest.mark.parametrize(
    ("path", "value"),
    [("a.b[1].c", 5), ("a.b[0]", 4), ("list[1]", "y"), ("$.a.b[0]", 4), ("a.0", 6)],
)
def test_a_path_leads_to_a_value(path: str, value: object) -> None:
    """Names, numbers in brackets and the dollar for the whole lead through a document."""
    document = {"a": {"b": [4, {"c": 5}], "0": 6}, "list": ["x", "y"]}
    assert at_path(document, path) == value


@pytest.mark.parametrize("path", ["b", "a.c", "a.b[2]", "a.b.x", "a.b[0].c", "a[0]"])
def test_a_path_into_nothing_is_missing(path: str) -> None:
    """A path that leads nowhere is told as missing, whatever is in its way."""
    assert rules(an_answer('{"a": {"b": [4, 5]}}'), json={path: {}}) == [f"{path} (missing) exists"]


def test_an_empty_list_passes_as_a_document() -> None:
    """A document need not be an object."""
    assert rules(an_answer("[]"), json={"$": {"type": "array"}}) == []
