"""What a page says was seen: never the opposite of what happened."""

from __future__ import annotations

import pytest

from smoke.bundle.scene import Event, Scene
from smoke.bundle.seen import in_plain_words, seen
from smoke.judging.edge import edge_rule
from smoke.model import Blame
from smoke.observation import Finding


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("status (503) == 200 or 204", "expected status to be 200 or 204; got 503"),
        ("shop.load_ms (6214) <= 3000", "expected shop.load_ms to be at most 3000; got 6214"),
        ("days left (3.0) >= 14", "expected days left to be at least 14; got 3.0"),
        ("build (none seen) == 2026-11-21.4", "expected build to be 2026-11-21.4; got none seen"),
        ("status ('a (b) c') == 'healthy'", "expected status to be 'healthy'; got 'a (b) c'"),
        ("shop.failed_requests (1) == 0: GET /cart 404", "expected no failed requests; got 1: GET /cart 404"),
        ("page /a: broken images (2) == 0: /b.png", "expected no broken images; got 2: /b.png"),
        ("code (1) == 0", "expected code to be 0; got 1"),
        ("page /: header X-Frame-Options (absent) is present",
         "expected page /: header X-Frame-Options to be present; got absent"),
        ("services.smtp (missing) exists", "expected services.smtp to exist; got missing"),
        ("holds within 5 s: status ('degraded') == 'healthy'",
         "expected status to be 'healthy'; got 'degraded', even after 5 s"),
        ('Locator expected to be enabled; Actual value: None; Error: element(s) not found; waiting for locator("h1")',
         'expected locator("h1") to be enabled; got nothing, there is no such element'),
        ("Locator expected to be visible; Actual value: hidden; waiting for get_by_test_id(\"answer\")",
         'expected get_by_test_id("answer") to be visible; got hidden'),
        ("body lacks 'Exception'", "expected: body lacks 'Exception'"),
        ("$.id fits the schema: 1 is no text", "expected: $.id fits the schema: 1 is no text"),
        ("GET http://shop.example/ answers within 5 s", "expected: GET http://shop.example/ answers within 5 s"),
        ("GET http://shop.example/ got no answer: refused", "GET http://shop.example/ got no answer: refused"),
        ("page /a answers, but its scripts never end", "page /a answers, but its scripts never end"),
        ("KeyError: 'safe'", "KeyError: 'safe'"),
    ],
)  # fmt: skip
def test_a_rule_says_what_was_expected_and_what_came(rule: str, said: str) -> None:
    """What compares nothing says by itself what came, and stays as it is."""
    assert in_plain_words(rule) == said


def test_an_edge_is_said_to_have_answered_with_the_title_of_its_page() -> None:
    finding = Finding(rule=edge_rule("Cloudflare", 403), blame=Blame.EDGE_BLOCKED)
    scene = Scene(url="http://shop.example/", title="Just a moment...", step="", used="")
    said = "Cloudflare answered 403; the application was not reached"
    assert seen(finding, None) == said
    assert seen(finding, scene) == f"{said}; its page says “Just a moment...”"


def test_an_error_of_a_script_is_said_with_its_line() -> None:
    """The timeline knows it; of another error it says nothing here."""
    finding = Finding(rule="shop.page_errors (1) == 0: plan is not defined", blame=Blame.JS_ERROR)
    threw = ("x", "plan is not defined")
    told = [Event(at=0, kind="error", text=f"{text} (at /{text}.js:7)", bad=True) for text in threw]
    scene = Scene(url="http://shop.example/", title="", step="", used="", timeline=tuple(told))
    said = "expected no page errors; got 1: plan is not defined"
    assert seen(finding, scene) == f"{said} (at /plan is not defined.js:7)"
    assert seen(finding, Scene(url="", title="", step="", used="", timeline=tuple(told[:1]))) == said
