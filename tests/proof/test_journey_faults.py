"""Which faults a journey promises to catch, by what it was seen to do."""

from __future__ import annotations

import re
from pathlib import Path

from smoke.answers.exchange import DESTINATION, Exchange, Request
from smoke.model import Blame, Category, Check, CheckKind, Scope
from smoke.proof.journey_fault import JourneyFault, Recorded, faults_of

ROOT = Path(__file__).parents[2]
SHOP = "https://shop.example"
CHECK = Check(
    id="login.basic",
    title="Signs in",
    category=Category.AUTHENTICATION,
    kind=CheckKind.JOURNEY,
    critical=True,
    scope=Scope.FULL,
    source="e2e/shop/test_login.py:1",
    account="basic",
)
SIGNS = {"POST /login": f"{SHOP}/login"}


def said(method: str, path: str, status: int, kind: str = "", body: bytes = b"", *cookies: str) -> Exchange:
    """An answer; ``kind`` is what it was for, nothing for the journey's own client."""
    url = path if path.startswith("https") else f"{SHOP}{path}"
    headers = ((DESTINATION, kind),) if kind else ()
    request = Request(method=method, url=url, headers=headers, check_id=CHECK.id)
    return Exchange(request=request, status=status, headers=tuple(("Set-Cookie", each) for each in cookies), body=body)


def faults(*exchanges: Exchange, clicked: frozenset[str] = frozenset()) -> dict[str, JourneyFault]:
    recorded = Recorded(
        check=CHECK,
        exchanges=exchanges,
        clicked=clicked,
        owns=lambda url: url.startswith(SHOP),
        signs=SIGNS,
    )
    return {fault.name: fault for fault in faults_of(recorded)}


PAGE = said("GET", "/", 200, "document", b"<h1>Shop</h1>")
SIGNED_IN = said("POST", "/login", 200, "empty", b'{"ok": true}', "session=1")
KNOWN = said("GET", "/me", 200, "", b'{"email": "smoke@shop.example"}')
SIGNED_OUT = said("POST", "/api/logout", 204, "empty", b"", "session=; Max-Age=0")
REFUSED = said("GET", "/me", 401)


def test_a_journey_that_asked_nothing_promises_nothing() -> None:
    assert faults() == {}


def test_who_only_reads_is_not_to_notice_a_page_that_cannot_be_clicked() -> None:
    reads, clicks = faults(PAGE), faults(PAGE, clicked=frozenset({"A"}))
    assert clicks.keys() - reads.keys() == {"page-covered", "clicks-do-nothing"}


def test_only_who_clicks_buttons_notices_that_they_are_disabled() -> None:
    assert "buttons-disabled" in faults(PAGE, clicked=frozenset({"BUTTON"}))


def test_a_refused_login_is_the_accounts_matter_and_sets_no_cookie() -> None:
    fault = faults(PAGE, SIGNED_IN)["login-refused"]
    answer = fault.act(SIGNED_IN, 1)
    assert fault.about(SIGNED_IN.request)
    assert fault.blames == {Blame.ACCOUNT}
    assert (answer.status, answer.header("Set-Cookie")) == (401, None)


def test_a_logout_that_keeps_the_session_answers_afterwards_as_before() -> None:
    fault = faults(PAGE, SIGNED_IN, KNOWN, SIGNED_OUT, REFUSED)["logout-keeps-session"]
    assert fault.act(SIGNED_OUT, 1).header("Set-Cookie") is None
    assert fault.act(REFUSED, 2).status == 200
    assert fault.act(REFUSED, 2).body == KNOWN.body


def test_a_login_without_session_is_answered_well_and_opens_nothing() -> None:
    fault = faults(PAGE, SIGNED_IN, KNOWN, SIGNED_OUT, REFUSED)["login-without-session"]
    assert (fault.act(SIGNED_IN, 1).status, fault.act(SIGNED_IN, 1).header("Set-Cookie")) == (200, None)
    assert fault.act(KNOWN, 2).status == 401


def test_who_never_signs_out_does_not_promise_to_notice_that_it_fails() -> None:
    assert "logout-keeps-session" not in faults(PAGE, SIGNED_IN, KNOWN, REFUSED)


def test_third_parties_that_are_down_make_nobody_red() -> None:
    counter = said("GET", "https://fonts.example/a.woff2", 200, "font")
    fault = faults(PAGE, counter)["third-party-down"]
    assert fault.blames == frozenset()
    assert fault.about(counter.request)
    assert not fault.about(PAGE.request)


def test_a_page_that_leads_to_the_login_must_not_be_shown() -> None:
    led, login = said("GET", "/account", 307, "document"), said("GET", "/sign-in", 200, "document", b"Welcome back")
    fault = faults(led, login)["open-to-everybody /account"]
    assert (fault.about(led.request), fault.about(login.request)) == (True, False)
    assert fault.act(led, 1).status == 200


def test_a_form_that_leads_on_to_a_page_is_nothing_that_opens() -> None:
    """Signing in and out by forms that redirect protects no page of that address; reading the same one may."""
    sent, home = said("POST", "/signout", 303, "document"), said("GET", "/", 200, "document", b"Welcome")
    assert "open-to-everybody /signout" not in faults(sent, home)
    fault = faults(sent, said("GET", "/signout", 302, "document"), home)["open-to-everybody /signout"]
    assert not fault.about(sent.request)


ELSEWHERE = f"{SHOP}/smoke-injected-elsewhere"


def test_a_page_may_lead_back_to_itself_or_elsewhere() -> None:
    """Each page of its own; whatever else it loads leads nowhere."""
    basket, style = said("GET", "/basket", 200, "document"), said("GET", "/basket", 200, "style")
    found = faults(PAGE, basket, style)
    loop, away = found["redirect-loop"].act(basket, 1), found["redirect-elsewhere /basket"]
    assert (loop.status, loop.header("Location"), loop.body) == (302, f"{SHOP}/basket", b"")
    assert (away.act(basket, 1).status, away.act(basket, 1).header("Location")) == (302, ELSEWHERE)
    assert [away.about(each.request) for each in (PAGE, basket, style)] == [False, True, False]


def test_a_blank_page_is_one_that_was_answered_well() -> None:
    led = said("GET", "/account", 307, "document", b"Moved")
    blank = faults(PAGE, led)["blank-page"]
    assert (blank.act(PAGE, 1).status, blank.act(PAGE, 1).body) == (200, b"")
    assert blank.act(led, 1) == led


def test_a_page_that_trickles_is_not_waited_for_until_its_end() -> None:
    """What leads on is no page."""
    led = said("GET", "/account", 307, "document")
    trickle = faults(PAGE, led)["slow-trickle"]
    assert (trickle.act(PAGE, 1).timing.total_ms, trickle.act(led, 1)) == (30_000, led)


def test_a_first_request_that_fails_is_got_over() -> None:
    fault = faults(PAGE)["first-request-fails"]
    assert [fault.act(PAGE, number).status for number in (1, 2, 3)] == [503, 200, 200]
    assert (fault.flaky, fault.blames) == (True, frozenset())


def test_one_of_three_answers_fails_whatever_was_asked() -> None:
    """There must be three, and all of the application's own."""
    style, font = said("GET", "/shop.css", 200, "style"), said("GET", "https://fonts.example/a.woff2", 200, "font")
    assert "every-third-fails" not in faults(PAGE, style, font)
    fault = faults(PAGE, style, KNOWN)["every-third-fails"]
    assert [fault.act(style, number).status for number in range(1, 7)] == [200, 200, 503, 200, 200, 503]
    assert [fault.about(each.request) for each in (style, font)] == [True, False]


def test_only_a_stylesheet_may_be_answered_by_a_page_in_its_name() -> None:
    """Of a script that is a page, the browser tells as of one that is gone."""
    style, script = said("GET", "/shop.css", 200, "style", b"p {}"), said("GET", "/shop.js", 200, "script")
    icon = said("GET", "/favicon.ico", 200, "image")
    found = faults(PAGE, style, script, icon)
    assert {name for name in found if name.startswith(("style", "script", "image"))} == {
        *("stylesheets-gone", "stylesheets-truncated", "stylesheets-are-pages"),
        *("scripts-gone", "scripts-truncated"),
    }
    page = found["stylesheets-are-pages"].act(style, 1)
    assert (page.status, page.body.startswith(b"<!doctype html>")) == (200, True)


def test_the_manual_explains_faults_that_there_are() -> None:
    table = (ROOT / "docs/proof.md").read_text(encoding="utf-8").partition("## What survived")[2].partition("## ")[0]
    rows = re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
    catalogue = "".join(each.read_text(encoding="utf-8") for each in (ROOT / "smoke/proof/catalogue").glob("*.py"))
    explained = [name.partition(" ")[0].rstrip("…") for row in rows for name in re.findall(r"`(.*?)`", row)]
    assert len(explained) > 30
    assert [name for name in explained if f'"{name}' not in catalogue] == []


def test_what_a_page_fetches_for_nobody_may_say_anything_but_must_be_there() -> None:
    switches = said("GET", "/api/switches", 200, "empty", b'{"dark": true}')
    found = {name for name in faults(PAGE, switches) if name.startswith("call-")}
    assert found == {"call-500 GET /api/switches", "call-reset GET /api/switches"}
