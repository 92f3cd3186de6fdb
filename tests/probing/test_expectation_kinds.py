"""Every kind of expectation beyond status, headers and JSON: once kept, and once broken for the right reason."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from smoke.answers.exchange import Exchange, Listed, Request
from smoke.answers.expectations import judge
from smoke.answers.shapes import Counter, Expect
from smoke.model import Blame
from tests.support.exchanges import an_answer

JSON = {"Content-Type": "application/json"}
ORIGIN = "https://web.example"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl"
PREFLIGHT = Request(
    method="OPTIONS",
    url="https://api.example/carts",
    headers=(("Origin", ORIGIN), ("Access-Control-Request-Method", "PUT")),
)


def preflight(**headers: str) -> Exchange:
    answer = an_answer(status=204, headers={name.replace("_", "-"): value for name, value in headers.items()})
    return replace(answer, request=PREFLIGHT)


def a_cookie(*attributes: str) -> Exchange:
    return an_answer(headers={"Set-Cookie": "; ".join(("sid=1", *attributes))})


@dataclass(frozen=True)
class Kind:
    field: str
    said: Any
    good: Exchange
    bad: Exchange
    rule: str
    blame: Blame = Blame.ASSERTION


KINDS = (
    Kind("matches", [r"v\d+"], an_answer("v12"), an_answer("none"), r"body matches /v\d+/"),
    Kind(
        "json_schema",
        {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}},
        an_answer('{"id": 1}'),
        an_answer('{"id": "1"}'),
        "$.id fits the schema: '1' is not of type 'integer'",
    ),
    Kind("json_schema", {"type": "object"}, an_answer("{}"), an_answer("<p>"), "body is JSON (Expecting value"),
    Kind(
        "redirects_to",
        "https://shop.example/sale",
        an_answer(status=302, headers={"Location": "https://shop.example/sale"}),
        an_answer(status=302, headers={"Location": "https://evil.example/?https://shop.example/sale"}),
        "the whole of Location (https://evil.example/?https://shop.example/sale) matches the regular expression "
        "https://shop.example/sale",
    ),
    Kind(
        "cors",
        "allowed",
        preflight(Access_Control_Allow_Origin=ORIGIN, Access_Control_Allow_Methods="GET, PUT"),
        preflight(Access_Control_Allow_Origin="*", Access_Control_Allow_Methods="GET, PUT"),
        f"Access-Control-Allow-Origin (*) == {ORIGIN}",
    ),
    Kind(
        "cors",
        "allowed",
        preflight(Access_Control_Allow_Origin=ORIGIN, Access_Control_Allow_Methods="PUT"),
        preflight(Access_Control_Allow_Origin=ORIGIN, Access_Control_Allow_Methods="GET"),
        "Access-Control-Allow-Methods (GET) has PUT",
    ),
    Kind(
        "cors",
        "refused",
        preflight(),
        preflight(Access_Control_Allow_Origin=ORIGIN),
        f"Access-Control-Allow-Origin ({ORIGIN}) does not let {ORIGIN} in",
    ),
    Kind(
        "tls_days_left",
        14,
        replace(an_answer(), tls_days_left=15.0),
        replace(an_answer(), tls_days_left=3.0),
        "days left of the certificate (3.0) >= 14",
        Blame.TLS,
    ),
    Kind(
        "tls_days_left",
        14,
        replace(an_answer(), tls_days_left=15.0),
        an_answer(),
        "https://shop.example/health has a certificate (it is not https)",
        Blame.HARNESS,
    ),
    Kind("bom", "once", an_answer("\ufeffid"), an_answer("\ufeff\ufeffid"), "byte order marks at the start (2) == 1"),
    Kind("bom", "once", an_answer("\ufeffid"), an_answer("id"), "byte order marks at the start (0) == 1"),
    Kind("bom", "none", an_answer("id"), an_answer("\ufeffid"), "byte order marks at the start (1) == 0"),
    Kind(
        "no_pii",
        {"allow": ["help@shop.example"]},
        an_answer("help@shop.example"),
        an_answer("help@shop.example ann@shop.example"),
        "personal data (1) == 0: ann@shop.example",
    ),
    Kind("no_pii", {}, an_answer("eyJ is short"), an_answer(f'"{JWT}"'), "personal data (1) == 0: a token"),
    Kind("no_pii", {"names": ["ann"]}, an_answer("none"), an_answer("by ann"), "personal data (1) == 0: ann"),
    Kind(
        "closes",
        1000,
        replace(an_answer(), closed_with=1000),
        replace(an_answer(), closed_with=1006),
        "WebSocket close code (1006) == 1000",
    ),
    Kind(
        "openapi",
        {},
        replace(an_answer(), listed=(Listed(path="/a", status=200), Listed(path="/b", status=401))),
        replace(an_answer(), listed=(Listed(path="/a", status=200), Listed(path="/b", status=404))),
        "GET /b (404) is served, as the description says",
        Blame.APP_4XX,
    ),
    Kind("openapi", {}, replace(an_answer(), listed=(Listed(path="/", status=200),)), an_answer(), "lists GET paths"),
    Kind(
        "accepts", [], an_answer("{}", headers=JSON), an_answer("{", headers=JSON), "body is JSON, as its content type"
    ),
    Kind("bom", "once", an_answer("\ufeffa"), an_answer("\ufeffa\ufeff"), "byte order marks after the start (1) == 0"),
    Kind("cookies", {"sid": {}}, a_cookie("Secure"), an_answer(), "cookie sid (absent) is set"),
    Kind("cookies", {"sid": {}}, a_cookie("Secure"), a_cookie(), "cookie sid: Secure (False) == True"),
    Kind(
        "cookies",
        {"sid": {"http_only": True, "secure": "never"}},
        a_cookie("httponly"),
        a_cookie("Path=/httponly"),
        "cookie sid: HttpOnly (False) == True",
    ),
    Kind(
        "cookies",
        {"sid": {"same_site": "Lax", "secure": "never"}},
        a_cookie("SameSite=lax"),
        a_cookie(),
        "cookie sid: SameSite (absent) == Lax",
    ),
)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: f"{kind.field}-{kind.rule[:30]}")
def test_an_expectation_is_green_when_kept_and_red_when_broken(kind: Kind) -> None:
    """A kept expectation is no finding; a broken one is exactly one, with its rule and its blame."""
    expect = TypeAdapter(Expect).validate_python({kind.field: kind.said})
    assert judge(expect, kind.good) == ()
    (finding,) = judge(expect, kind.bad)
    assert kind.rule in finding.rule
    assert finding.blame is kind.blame


@pytest.mark.parametrize(
    ("shape", "said", "problem"),
    [
        (Expect, {"json_schema": {"type": "objekt"}}, "json_schema is not a JSON Schema: 'objekt' is not valid"),
        (Counter, {"read": "GET /m", "must": "move"}, "a counter has either matches or json, to say where"),
        (Counter, {"read": "GET /m", "must": "move", "matches": "n=(.)", "json": "n"}, "a counter has either"),
        (Counter, {"read": "GET /m", "must": "move", "matches": "n=."}, "'n=.' needs a group around the number"),
        (Counter, {"read": "POST /m", "must": "stay", "json": "n"}, "read must be such as GET /metrics; got 'POST /m'"),
    ],
)
def test_what_could_never_be_judged_is_refused(shape: type, said: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(problem)):
        TypeAdapter(shape).validate_python(said)
