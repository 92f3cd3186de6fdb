"""Page invariants: each rule once kept and once broken."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from smoke.answers.cookies import CookieView
from smoke.answers.page_rules import PageRules
from smoke.answers.pages import DocumentHeaders, PageView, Visit, judge_visit
from smoke.model import Blame

PAGE = PageView(path="/", text="Welcome back, Ann", build="b1", timings={"ttfb_ms": 80.0, "cls": None})
COOKIE = CookieView(name="session", http_only=True, secure=True, same_site="Lax")
HEALTHY = Visit(
    over_https=True,
    pages=(PAGE,),
    documents=(DocumentHeaders(path="/", headers={"x-frame-options": "DENY"}),),
    cookies=(COOKIE,),
    builds=("b1", "b1"),
)
RULES = {
    "headers": {"X-Frame-Options": {"equals": "DENY"}},
    "cookies": {"session": {"http_only": True, "same_site": "Lax"}},
    "build": {"header": "X-Build-ID", "meta": "build"},
    "never": [r"\bundefined\b", "Internal Server Error"],
    "budgets": {"ttfb_ms": 800, "cls": 0.1},
}


def found(visit: Visit, expected_build: str | None = None, **changes: Any) -> list[tuple[str, Blame]]:
    rules = TypeAdapter(PageRules).validate_python({**RULES, **changes})
    return [(finding.rule, finding.blame) for finding in judge_visit(visit, rules, expected_build)]


def test_a_page_that_keeps_every_rule_is_no_finding() -> None:
    """A healthy visit is silent, and a timing that was not observed is not judged."""
    assert found(HEALTHY, "b1") == []


@pytest.mark.parametrize(
    ("change", "rule", "blame"),
    [
        (
            {"documents": (DocumentHeaders(path="/", headers={}),)},
            "page /: header X-Frame-Options (absent) is present",
            Blame.ASSERTION,
        ),
        (
            {"cookies": (replace(COOKIE, http_only=False),)},
            "cookie session: HttpOnly (False) == True",
            Blame.ASSERTION,
        ),
        ({"cookies": (replace(COOKIE, same_site="None"),)}, "cookie session: SameSite (None) == Lax", Blame.ASSERTION),
        ({"cookies": (replace(COOKIE, secure=False),)}, "cookie session: Secure (False) == True", Blame.ASSERTION),
        (
            {"pages": (replace(PAGE, text="Caf\ufffd Ann"),)},
            "page / shows no text that was lost in decoding (U+FFFD): 'Caf\ufffd Ann'",
            Blame.ASSERTION,
        ),
        (
            {"pages": (replace(PAGE, text="Caf\u00c3\u00a9 Ann"),)},
            "page / shows no text that was encoded twice: 'Caf\u00c3\u00a9 Ann'",
            Blame.ASSERTION,
        ),
        (
            {"pages": (replace(PAGE, text="Hello undefined!"),)},
            r"page / never shows /\bundefined\b/: 'Hello undefined!'",
            Blame.ASSERTION,
        ),
        (
            {"pages": (replace(PAGE, broken_images=("http://a/x.png",)),)},
            "page /: broken images (1) == 0: http://a/x.png",
            Blame.ASSERTION,
        ),
        (
            {"no_sheets": (("/app.css", "text/html"),)},
            "stylesheet /app.css: media type (text/html) == text/css",
            Blame.ASSERTION,
        ),
        ({"pages": (replace(PAGE, timings={"ttfb_ms": 900.4}),)}, "page /: ttfb_ms (900) <= 800", Blame.SLOW),
        ({"pages": (replace(PAGE, timings={"cls": 0.25}),)}, "page /: cls (0.250) <= 0.1", Blame.SLOW),
        ({"pages": (replace(PAGE, text="", blank=True),)}, "page / shows something", Blame.ASSERTION),
        (
            {"pages": (replace(PAGE, unstyled=True),)},
            "page / has styles: all its stylesheets are empty",
            Blame.ASSERTION,
        ),
        ({"builds": ("b1", "b2")}, "builds seen (b1, b2) are one", Blame.STALE_BUILD),
        ({"builds": ("b0",)}, "build (b0) == b1", Blame.STALE_BUILD),
        ({"builds": ()}, "build (none seen) == b1", Blame.STALE_BUILD),
    ],
)
def test_a_broken_rule_is_told_with_its_page_and_value(change: dict[str, Any], rule: str, blame: Blame) -> None:
    """Each rule that a visit breaks is exactly one finding with actual value and rule."""
    assert found(replace(HEALTHY, **change), "b1") == [(rule, blame)]


@pytest.mark.parametrize(
    ("builds", "cause"),
    [
        (("b0",), "build b0 is served, expected b1"),
        ((), "no build is shown, expected b1"),
        (("b1", "b2"), "several builds are served: b1, b2"),
    ],
)
def test_another_build_is_named_beside_the_one_that_is_expected(builds: tuple[str, ...], cause: str) -> None:
    rules = TypeAdapter(PageRules).validate_python(RULES)
    assert [each.cause for each in judge_visit(replace(HEALTHY, builds=builds), rules, "b1")] == [cause]


def test_over_http_a_cookie_need_not_be_secure() -> None:
    """Secure is asked for over https only, unless the suite says always."""
    visit = replace(HEALTHY, over_https=False, cookies=(replace(COOKIE, secure=False),))
    assert found(visit) == []
    always = {"session": {"secure": "always"}}
    assert found(visit, cookies=always) == [("cookie session: Secure (False) == True", Blame.ASSERTION)]


def test_the_same_rule_is_told_once() -> None:
    """A header that is missing on every page is one finding, not one a page."""
    documents = tuple(DocumentHeaders(path=path, headers={}) for path in ("/", "/a", "/b"))
    assert len(found(replace(HEALTHY, documents=documents))) == 1


def test_a_suite_that_shows_no_build_is_not_asked_for_one() -> None:
    """Several builds at once, or another one than expected, cannot be told then."""
    assert found(replace(HEALTHY, builds=("b1", "b2")), "b3", build=None) == []


def test_a_cookie_that_nobody_declared_is_not_judged() -> None:
    other = CookieView(name="theme", http_only=False, secure=False, same_site="None")
    assert found(replace(HEALTHY, cookies=(COOKIE, other)), "b1") == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"build": {}}, "says nothing: name a header, a meta tag, a JSON path, or several of them"),
        ({"budgets": {"lpc_ms": 100}}, "unknown timing 'lpc_ms'; did you mean 'lcp_ms'?"),
    ],
)
def test_rules_that_could_never_speak_are_refused(change: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(problem)):
        TypeAdapter(PageRules).validate_python(change)
