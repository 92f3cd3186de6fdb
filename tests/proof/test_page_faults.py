"""Which faults of elements, cookies, builds and timing a journey promises to catch, and that a browser shows them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from smoke.answers.exchange import Exchange
from smoke.answers.shapes import CookieExpect
from smoke.model import Blame
from smoke.proof.catalogue.answers import ERROR_PAGE
from smoke.proof.element import Element, Use, Used
from smoke.proof.journey_fault import JourneyFault, Recorded, faults_of
from tests.proof.test_journey_faults import CHECK, PAGE, SHOP, SIGNED_IN, SIGNED_OUT, SIGNS, said
from tests.proof.test_journeys import LOOKS, drilled, stocked

BUY = Element(path="/", css="button", text="Buy", is_control=True)
LINKS = Element(path="/", css="nav a", count=3)
BUDGETS = {"ttfb_ms": 800.0, "lcp_ms": 2500.0, "cls": 0.1}


def faults(*exchanges: Exchange, **known: Any) -> dict[str, JourneyFault]:
    recorded = Recorded(check=CHECK, exchanges=exchanges, owns=lambda url: url.startswith(SHOP), signs=SIGNS, **known)
    return {fault.name: fault for fault in faults_of(recorded)}


def new(*exchanges: Exchange, **known: Any) -> set[str]:
    """What ``known`` adds to what is promised without it."""
    return faults(*exchanges, **known).keys() - faults(*exchanges).keys()


@pytest.mark.parametrize(
    ("element", "use", "promised"),
    [
        (BUY, Use.SEEN, {"element-missing / button 'Buy'"}),
        (BUY, Use.NAMED, {"text-wrong / button 'Buy'"}),
        (BUY, Use.CLICKED, {"element-covered / button 'Buy'"}),
        (BUY, Use.ABLE, {"element-disabled / button 'Buy'"}),
        (BUY, Use.UNABLE, {"element-enabled / button 'Buy'"}),
        (BUY, Use.COUNTED, set()),
        (LINKS, Use.COUNTED, {"one-missing / nav a"}),
        (LINKS, Use.ABLE, set()),
    ],
)
def test_each_use_of_an_element_promises_one_fault(element: Element, use: Use, promised: set[str]) -> None:
    assert new(PAGE, used=(Used(element=element, use=use),)) == promised


def test_budgets_promise_that_a_page_is_neither_late_nor_unsteady() -> None:
    assert new(PAGE, budgets=BUDGETS) == {"delay", "slow-lcp", "layout-shift", "hydration-flash"}
    assert new(PAGE, budgets={"ttfb_ms": 800.0}) == {"delay"}
    delay = faults(PAGE, budgets=BUDGETS)["delay"]
    assert delay.timed
    assert delay.act(PAGE, 1).timing.first_byte_ms == pytest.approx(880)


def test_a_build_that_is_shown_may_be_old_or_one_of_two() -> None:
    shown = replace(PAGE, headers=(("X-Build-ID", "b2"),), body=b'<meta name="build" content="b2">')
    assert new(shown, build="b2") == {"stale-build"}
    style = replace(said("GET", "/shop.css", 200, "style"), headers=(("X-Build-ID", "b2"),))
    assert new(shown, style, build="b2") == {"stale-build", "mixed-builds", "cached-old-page"}
    old = faults(shown, build="b2")["stale-build"].act(shown, 1)
    assert (old.header("X-Build-ID"), b"b2" in old.body) == ("an-old-build", False)


def test_cookies_of_which_somebody_says_how_they_must_be_may_be_missing_or_open() -> None:
    signed = replace(SIGNED_IN, headers=(("Set-Cookie", "session=1; HttpOnly; SameSite=Lax; Path=/"),))
    guarded = {"session": CookieExpect(http_only=True, same_site="Lax")}
    found = faults(PAGE, signed, SIGNED_OUT, guarded=guarded)
    assert {name for name in found if name.startswith("cookie")} == {
        "cookie-missing session",
        "cookie-for-scripts session",
        "cookie-for-others session",
        "cookie-left-after-logout session",
    }
    assert found["cookie-for-scripts session"].act(signed, 1).header("Set-Cookie") == "session=1; SameSite=Lax; Path=/"
    open_to_others = found["cookie-for-others session"].act(signed, 1).header("Set-Cookie")
    assert open_to_others == "session=1; HttpOnly; SameSite=None; Secure; Path=/"
    assert found["cookie-left-after-logout session"].act(SIGNED_OUT, 1).header("Set-Cookie") is None


def test_an_old_build_is_shown_only_where_one_is_shown() -> None:
    assert new(PAGE, build="b2") == set()
    assert new(replace(said("GET", "/shop.css", 200, "style"), headers=(("X-Build-ID", "b2"),)), build="b2") == {
        "stale-build"
    }


def test_one_of_two_builds_is_the_old_one() -> None:
    """And whatever is not the application's own is of neither."""
    shown = replace(PAGE, headers=(("X-Build-ID", "b2"),))
    style = replace(said("GET", "/shop.css", 200, "style"), headers=(("X-Build-ID", "b2"),))
    mixed = faults(shown, style, build="b2")["mixed-builds"]
    assert [mixed.act(shown, number).header("X-Build-ID") for number in (1, 2, 3)] == ["b2", "an-old-build", "b2"]
    third = said("GET", "https://fonts.example/a.woff2", 200, "font").request
    assert [mixed.about(each) for each in (shown.request, style.request, third)] == [True, True, False]


def test_only_who_looks_at_the_title_notices_another() -> None:
    assert new(PAGE, looks_at_title=True) == {"title-wrong"}


def test_only_pages_that_open_sockets_miss_them() -> None:
    assert new(PAGE, sockets=True) == {"socket-refused"}


@pytest.mark.parametrize(
    ("expect", "promised"),
    [
        (CookieExpect(), set()),
        (CookieExpect(http_only=True), {"cookie-for-scripts session"}),
        (CookieExpect(same_site="Strict"), {"cookie-for-others session"}),
        (CookieExpect(same_site="None"), set()),
    ],
)
def test_a_cookie_may_lose_what_somebody_says_it_has(expect: CookieExpect, promised: set[str]) -> None:
    """It may be missing in any case; what nobody sets has nothing to lose, and stays where nobody signs out."""
    guarded = {"session": expect, "basket": CookieExpect(http_only=True)}
    assert new(PAGE, SIGNED_IN, guarded=guarded) == {"cookie-missing session", *promised}
    other = replace(SIGNED_IN, headers=(("Set-Cookie", "basket=2"), ("Set-Cookie", "session=1")))
    missing = faults(PAGE, SIGNED_IN, guarded=guarded)["cookie-missing session"]
    assert missing.act(other, 1).headers == (("Set-Cookie", "basket=2"),)


ORDERED = said(
    "POST", "/api/orders", 200, "empty", b'{"id": 7, "lines": ["A book", {"says": "Thank you"}], "paid": null}'
)
DENIED = said("POST", "/api/orders", 403, "empty", b'{"detail": "Not yours"}')


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("call-empty", b""),
        ("call-html", ERROR_PAGE),
        ("call-says-nothing", b'{"id": 7, "lines": ["", {"says": ""}], "paid": null}'),
    ],
)
def test_what_is_answered_to_who_sent_something_may_say_nothing(kind: str, body: bytes) -> None:
    """With the status that it had; what was refused for other reasons stays so."""
    fault = faults(PAGE, ORDERED)[f"{kind} POST /api/orders"]
    assert (fault.act(ORDERED, 1).status, fault.act(ORDERED, 1).body) == (200, body)
    failed = replace(ORDERED, status=404, body=b"none")
    assert fault.act(failed, 2) == failed


def test_a_call_that_is_refused_may_be_open() -> None:
    fault = faults(PAGE, ORDERED, DENIED)["call-open POST /api/orders"]
    assert (fault.act(DENIED, 1).status, fault.act(DENIED, 1).json) == (200, {})
    assert fault.act(ORDERED, 2) == ORDERED
    assert "call-open POST /api/orders" not in faults(PAGE, ORDERED)


def test_an_answer_about_what_was_sent_may_repeat_it_or_digress() -> None:
    sent = b'{"prompt": "Explain photosynthesis to children"}'
    asked = replace(PAGE.request, method="POST", url=f"{SHOP}/ask", headers=(("Sec-Fetch-Dest", "empty"),), body=sent)
    answer = Exchange(
        request=asked, status=200, headers=(), body=b'{"said": "Photosynthesis is how plants eat light."}'
    )
    found = faults(PAGE, answer)
    assert found["call-echoes POST /ask"].act(answer, 1).json == {"said": "Explain photosynthesis to children"}
    assert "hotosynthesis" not in found["call-digresses POST /ask"].act(answer, 1).text
    deep = replace(answer, body=b'{"id": 7, "said": ["Well:", {"text": "Photosynthesis is how plants eat light."}]}')
    echoed = faults(PAGE, deep)["call-echoes POST /ask"].act(deep, 1)
    assert echoed.json == {"id": 7, "said": ["Well:", {"text": "Explain photosynthesis to children"}]}


def test_a_second_factor_may_be_skipped() -> None:
    signs = {"POST /login": f"{SHOP}/login", "POST /code": f"{SHOP}/code"}
    code = said("POST", "/code", 200, "empty", b'{"in": true}', "session=2")
    recorded = Recorded(check=CHECK, exchanges=(PAGE, SIGNED_IN, code), owns=lambda _url: True, signs=signs)
    fault = next(each for each in faults_of(recorded) if each.name == "second-factor-skipped")
    assert fault.act(SIGNED_IN, 1).body == code.body
    assert (fault.about(SIGNED_IN.request), fault.about(code.request)) == (True, False)


def test_what_signs_in_by_a_cookie_may_say_anything() -> None:
    """Where suite.yaml does not say which request signs in; what sets no cookie says something to somebody."""
    entering = said("POST", "/enter", 200, "empty", b'{"ok": true}', "session=1")
    silent = said("POST", "/enter", 200, "empty", b'{"ok": true}')
    assert "call-500 POST /enter" in faults(PAGE, entering)
    assert "call-empty POST /enter" not in faults(PAGE, entering)
    assert "call-empty POST /enter" in faults(PAGE, silent)


def test_what_is_counted_before_and_after_may_be_one_more() -> None:
    health = said("GET", "/health", 200, "", b'{"saved": 4, "uptime_s": 9}')
    fault = faults(PAGE, health, health)["kept-after-all GET /health saved"]
    assert [fault.act(health, number).json for number in (1, 2)] == [
        {"saved": 4, "uptime_s": 9},
        {"saved": 5, "uptime_s": 9},
    ]
    assert fault.blames == {Blame.ASSERTION, Blame.SLOW}


OF_ELEMENTS = ("element-missing", "element-covered", "element-disabled", "text-wrong")
OF_ANSWERS = {"truncated", "bad-certificate", "slow-trickle", "redirect-loop", "scripts-truncated", "every-third-fails"}


@pytest.fixture(scope="module")
def caught(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """What a drill showed that a good journey catches."""
    with HTTPServer(threaded=True) as server:
        stocked(server)
        proved = drilled(tmp_path_factory.mktemp("drill"), server, {"good": LOOKS}, *OF_ELEMENTS, *OF_ANSWERS)
    assert proved.cases, proved
    return proved.of("shop.good", "caught")


@pytest.mark.browser
@pytest.mark.long
def test_a_drill_finds_by_itself_what_a_journey_uses(caught: set[str]) -> None:
    """The button by its name, and what it said; each is taken away, covered, disabled or renamed in its turn."""
    button, told = "/ button 'Buy'", '/ p[id="said"]'
    used = {*(f"{kind} {button}" for kind in OF_ELEMENTS), f"element-missing {told}", f"text-wrong {told}"}
    assert caught - OF_ANSWERS == used


@pytest.mark.browser
@pytest.mark.long
def test_half_an_answer_and_a_bad_certificate_reach_the_browser_as_such(caught: set[str]) -> None:
    assert caught >= OF_ANSWERS
