"""What every reply carries, who may call from elsewhere, and how often."""

from __future__ import annotations

import re

import pytest

from smoke.demo.rate_limit import WINDOW_S, Limiter
from tests.demo.client import Client, Demo

LISTED = "https://app.betterprompts.com"
EVERYWHERE = ["/", "/login", "/health", "/api/v1/test", "/api/v1/auth/profile", "/nowhere", "/favicon.ico"]


@pytest.mark.parametrize("path", EVERYWHERE)
def test_every_reply_has_an_id_and_a_build(visitor: Client, path: str) -> None:
    """Pages, answers, refusals and files can be traced to a request and to a build."""
    reply = visitor.get(path)
    assert re.fullmatch(r"[0-9a-f]{32}", reply.headers["X-Request-ID"])
    assert reply.headers["X-Build-ID"] == "build-7"


@pytest.mark.parametrize(
    ("given", "kept"), [("run-1.check_2", True), ("x" * 128, True), ("x" * 129, False), ("a b", False), ("", False)]
)
def test_valid_request_ids_are_echoed(visitor: Client, given: str, kept: bool) -> None:
    """The caller's id comes back if it is harmless, else a new one is made."""
    assert (visitor.get("/health", X_Request_ID=given).headers["X-Request-ID"] == given) is kept


@pytest.mark.parametrize("path", EVERYWHERE)
def test_every_reply_is_safe_to_show(visitor: Client, path: str) -> None:
    """No foreign or inline script, no guessing of types, no framing, no leaking of addresses."""
    headers = visitor.get(path).headers
    assert "script-src 'self';" in headers["Content-Security-Policy"]
    assert "unsafe-inline" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"


def test_pages_have_no_inline_script(visitor: Client) -> None:
    """What the policy forbids is not needed: every script has an address."""
    assert re.findall(r"<script(?![^>]* src=)|<style| style=| on\w+=", visitor.get("/").text) == []


def test_time_spent_is_told(visitor: Client) -> None:
    """Database, cache and total time are in Server-Timing, and the second look-up hits the cache."""
    visitor.get("/health")
    timing = visitor.get("/health").headers["Server-Timing"]
    assert re.fullmatch(r"db;dur=[\d.]+, cache;desc=hit;dur=[\d.]+, total;dur=[\d.]+", timing)
    assert float(timing.split("dur=")[1].split(",")[0]) > 0


def test_first_lookup_misses_the_cache(visitor: Client) -> None:
    """A prompt that nobody asked before is not in the cache; asked again, it is."""
    timings = [
        visitor.post("/api/v1/enhance", {"text": "Plan a picnic for otters"}).headers["Server-Timing"] for _ in range(2)
    ]
    assert ["desc=miss" in timings[0], "desc=hit" in timings[1]] == [True, True]


def test_listed_origin_may_call_with_credentials(visitor: Client) -> None:
    """A listed origin is named in the answer, with credentials."""
    reply = visitor.get("/api/v1/health", Origin=LISTED)
    assert reply.status == 200
    assert reply.headers["Access-Control-Allow-Origin"] == LISTED
    assert reply.headers["Access-Control-Allow-Credentials"] == "true"
    assert "Origin" in reply.headers["Vary"]


def test_listed_origin_may_ask_before(visitor: Client) -> None:
    """A preflight of a listed origin is answered with what is allowed."""
    asked = {"Origin": LISTED, "Access-Control-Request-Method": "POST"}
    reply = visitor.request("OPTIONS", "/api/v1/enhance", headers=asked)
    assert reply.status == 204
    assert reply.headers["Access-Control-Allow-Origin"] == LISTED
    assert "POST" in reply.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in reply.headers["Access-Control-Allow-Headers"]


@pytest.mark.parametrize("origin", ["https://evil.example", "null", f"{LISTED}.evil.example", "http://127.0.0.1:1"])
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_other_origins_are_refused(visitor: Client, origin: str, method: str) -> None:
    """An origin that is not listed gets 403 and no permission, before it can do anything."""
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    reply = visitor.request(method, "/api/v1/enhance", headers=asked)
    assert reply.status == 403
    assert "Access-Control-Allow-Origin" not in reply.headers


def test_own_pages_may_call(visitor: Client) -> None:
    """A browser names the page's own origin when it posts; that is allowed."""
    reply = visitor.post("/api/v1/enhance", {"text": "Cheese"}, Origin=visitor.base_url)
    assert reply.status == 200


def test_too_many_requests_are_told_to_wait(spare: Demo) -> None:
    """Beyond the limit the answer is 429 with the time to wait, in the body and in Retry-After."""
    visitor = spare.visitor()
    elsewhere = {"X_Forwarded_For": "203.0.113.9"}
    remaining = [int(visitor.get("/api/v1/health", **elsewhere).headers["X-RateLimit-Remaining"]) for _ in range(60)]
    assert remaining == list(range(59, -1, -1))
    reply = visitor.get("/api/v1/health", **elsewhere)
    assert (reply.status, reply.json["error"]) == (429, "Rate limit exceeded")
    assert 1 <= int(reply.headers["Retry-After"]) == reply.json["retry_after"] <= 60
    assert spare.visitor().get("/api/v1/health").status == 200


def test_budget_is_full_again_in_the_next_window() -> None:
    """A refused client may call again when its window is over, and not before."""
    limiter = Limiter(1)
    answers = [limiter.take("a", now).refused for now in (0, 1, WINDOW_S - 1, WINDOW_S)]
    assert answers == [False, True, True, False]
