from __future__ import annotations

import dataclasses

import pytest

from smoke.judging.blame import (
    BadAnswer,
    Failure,
    blame_of_status,
    judge_edge,
    judge_failure,
    limits_told,
    network_blame,
)
from smoke.judging.waits import Wait
from smoke.model import Blame
from smoke.observation import Finding
from tests.support.playwright_messages import BUTTON_DISABLED, CLICK_TIMED_OUT, MISSING_HEADING


@pytest.mark.parametrize(
    ("message", "blame"),
    [
        ("Page.goto: net::ERR_NAME_NOT_RESOLVED at http://shop.invalid/", Blame.DNS),
        ("Page.goto: net::ERR_DNS_TIMED_OUT at http://shop.invalid/", Blame.DNS),
        ("APIRequestContext.get: getaddrinfo ENOTFOUND shop.invalid", Blame.DNS),
        ("getaddrinfo: [Errno -2] Name or service not known", Blame.DNS),
        ("getaddrinfo: [Errno -3] Temporary failure in name resolution", Blame.DNS),
        ("[Errno -5] No address associated with hostname", Blame.DNS),
        ("Page.goto: net::ERR_CONNECTION_REFUSED at http://127.0.0.1:81/", Blame.TCP),
        ("Page.goto: net::ERR_EMPTY_RESPONSE at http://127.0.0.1:39823/", Blame.TCP),
        ("Page.goto: net::ERR_ADDRESS_UNREACHABLE at http://10.0.0.1/", Blame.TCP),
        ("Page.goto: net::ERR_TIMED_OUT at http://10.0.0.1/", Blame.TCP),
        ("Page.goto: net::ERR_INCOMPLETE_CHUNKED_ENCODING at http://127.0.0.1/", Blame.TCP),
        ("Page.goto: net::ERR_HTTP2_PROTOCOL_ERROR at https://shop.example/", Blame.TCP),
        ("APIRequestContext.get: connect ECONNREFUSED 127.0.0.1:81", Blame.TCP),
        ("Page.goto: net::ERR_SOCKS_CONNECTION_FAILED at http://127.0.0.1:81/", Blame.TCP),
        ("APIRequestContext.get: Socks5 proxy rejected connection - ConnectionRefused", Blame.TCP),
        ("APIRequestContext.get: read ECONNRESET", Blame.TCP),
        ("APIRequestContext.get: connect ETIMEDOUT 10.0.0.1:443", Blame.TCP),
        ("APIRequestContext.get: connect EHOSTUNREACH 10.0.0.1:443", Blame.TCP),
        ("APIRequestContext.get: socket hang up (ECONNRESET)", Blame.TCP),
        ("[Errno 111] Connection refused", Blame.TCP),
        ("[Errno 104] Connection reset by peer", Blame.TCP),
        ("Server disconnected without sending a response.", Blame.TCP),
        ("Page.goto: net::ERR_CERT_AUTHORITY_INVALID at https://localhost:33161/", Blame.TLS),
        ("Page.goto: net::ERR_CERT_DATE_INVALID at https://shop.example/", Blame.TLS),
        ("Page.goto: net::ERR_SSL_PROTOCOL_ERROR at https://shop.example/", Blame.TLS),
        ("APIRequestContext.get: self-signed certificate; if the root CA is installed locally, try …", Blame.TLS),
        ("APIRequestContext.get: certificate has expired", Blame.TLS),
        ("APIRequestContext.get: Hostname/IP does not match certificate's altnames: Host: a. is not in b", Blame.TLS),
        ("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate", Blame.TLS),
        ("[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)", Blame.TLS),
        ("Page.goto: net::ERR_INTERNET_DISCONNECTED at https://shop.example/", Blame.RUNNER_OFFLINE),
        ("Page.goto: net::ERR_NETWORK_CHANGED at https://shop.example/", Blame.RUNNER_OFFLINE),
        ("Locator.click: Timeout 400ms exceeded.", None),
        ("", None),
    ],
)
def test_a_network_error_is_recognised(message: str, blame: Blame | None) -> None:
    """Error texts of Chromium, Node and Python lead to the layer that failed."""
    assert network_blame(message) is blame


def of_playwright(message: str, type_name: str = "Error") -> Failure:
    return Failure(type_name=type_name, message=message, is_assertion=False, is_playwright=True)


def of_assertion(message: str) -> Failure:
    return Failure(type_name="AssertionError", message=message, is_assertion=True, is_playwright=False)


def an_answer(status: int, *, is_document: bool = False) -> BadAnswer:
    return BadAnswer(method="GET", path="/api/v1/cart", status=status, is_document=is_document)


@pytest.mark.parametrize(
    ("failure", "blame"),
    [
        (of_assertion("the cart (2) == 3"), Blame.ASSERTION),
        (of_playwright(CLICK_TIMED_OUT, "TimeoutError"), Blame.ASSERTION),
        (of_playwright('Page.goto: Timeout 400ms exceeded.\nCall log:\n  - navigating to "/"'), Blame.SLOW),
        (of_playwright("Page.wait_for_url: Timeout 400ms exceeded.\n=== logs ==="), Blame.SLOW),
        (of_playwright("Page.expect_navigation: Timeout 300ms exceeded.\n=== logs ==="), Blame.SLOW),
        (of_playwright("APIRequestContext.get: Timeout 400ms exceeded.\nCall log:\n  - → GET /"), Blame.SLOW),
        (of_playwright("Page.goto: net::ERR_NAME_NOT_RESOLVED at http://shop.invalid/"), Blame.DNS),
    ],
)
def test_what_failed_decides_where_no_answer_was_bad(failure: Failure, blame: Blame) -> None:
    """A missing element is an assertion, an answer that did not come is slow, a network error is its layer's."""
    assert judge_failure(failure, ()).blame is blame


@pytest.mark.parametrize(
    "message",
    [
        "Page.goto: Target page, context or browser has been closed",
        "Locator.click: Target crashed",
        "BrowserContext.new_page: Executable doesn't exist at /x/ffmpeg-linux",
        "BrowserType.launch: Executable doesn't exist at chrome-headless-shell\n╔═══╗\n║ Looks like …",
        "BrowserType.launch: Timeout 30000ms exceeded.",
        "Connection closed while reading from the driver",
    ],
)
def test_a_browser_that_is_missing_or_gone_is_our_fault(message: str) -> None:
    """Without a browser nothing can be said about the application, bad answers or not."""
    assert judge_failure(of_playwright(message), (an_answer(503),)).blame is Blame.HARNESS


@pytest.mark.parametrize(
    ("answers", "blame"),
    [
        ((an_answer(503),), Blame.APP_5XX),
        ((an_answer(404, is_document=True),), Blame.APP_4XX),
        ((an_answer(404),), Blame.ASSERTION),
        ((an_answer(404, is_document=True), an_answer(500)), Blame.APP_5XX),
    ],
)
@pytest.mark.parametrize(
    "failure", [of_assertion(MISSING_HEADING), of_playwright("Page.goto: Timeout 400ms exceeded.")]
)
def test_a_bad_answer_is_the_cause_of_what_is_missing(
    failure: Failure, answers: tuple[BadAnswer, ...], blame: Blame
) -> None:
    """A server error explains a missing element, and so does a page that is not there; a missing API route may not."""
    if blame is Blame.ASSERTION and not failure.is_assertion:
        blame = Blame.SLOW
    assert judge_failure(failure, answers).blame is blame


def test_bad_answers_are_evidence() -> None:
    """The first bad answers stand under the finding, each once, and a server error is its cause."""
    finding = judge_failure(of_assertion("the cart (2) == 3"), (an_answer(503), an_answer(503), an_answer(404)))
    assert finding == Finding(
        rule="the cart (2) == 3",
        blame=Blame.APP_5XX,
        evidence=("GET /api/v1/cart answered 503", "GET /api/v1/cart answered 404"),
        cause="GET /api/v1/cart answers 503",
    )


@pytest.mark.parametrize(
    ("message", "cause"),
    [
        ("Page.goto: net::ERR_NAME_NOT_RESOLVED at http://shop.invalid/a?b", "the host shop.invalid does not resolve"),
        ("Page.goto: net::ERR_CONNECTION_REFUSED at http://a.example:81/", "the connection to a.example:81 fails"),
        ("Page.goto: net::ERR_CERT_DATE_INVALID at https://a.example/", "TLS with a.example:443 fails"),
        (
            "APIRequestContext.get: getaddrinfo ENOTFOUND a.example\nCall log:\n  - → GET https://a.example/api",
            "the host a.example does not resolve",
        ),
        ("APIRequestContext.get: read ECONNRESET", None),
        ("Page.goto: Target page, context or browser has been closed", "the browser is missing or gone"),
        (CLICK_TIMED_OUT, None),
    ],
)
def test_what_others_fall_to_as_well_is_named(message: str, cause: str | None) -> None:
    """A host, a port or a browser that is gone is named in the same words whoever met it."""
    assert judge_failure(of_playwright(message), ()).cause == cause


def test_a_failure_says_where_it_came_from() -> None:
    """File and line of the journey stand under the finding, whoever is to blame."""
    for type_name in ("KeyError", "AccountError", "DeadlineExceeded", "AssertionError"):
        failure = Failure(
            type_name=type_name,
            message="it",
            is_assertion=type_name == "AssertionError",
            is_playwright=False,
            where="e2e/shop/test_home.py:7",
        )
        assert judge_failure(failure, ()).evidence == ("at e2e/shop/test_home.py:7",)


EDGE = BadAnswer(method="GET", path="/", status=403, is_document=True, edge="Cloudflare")
PASSED_BY = BadAnswer(method="GET", path="/", status=202, is_document=True, edge="AWS WAF")
FAILED = Finding(rule="the title (…) == Shop", blame=Blame.ASSERTION)


@pytest.mark.parametrize(
    ("answer", "failure", "cause"),
    [
        (EDGE, None, "Cloudflare answers in place of the application"),
        (EDGE, FAILED, "Cloudflare answers in place of the application"),
        (dataclasses.replace(EDGE, status=400), None, "Cloudflare answers in place of the application"),
        (PASSED_BY, FAILED, "AWS WAF answers in place of the application"),
        (PASSED_BY, None, None),
        (an_answer(403, is_document=True), FAILED, None),
    ],
)
def test_an_edge_in_front_of_the_application_is_told(
    answer: BadAnswer, failure: Finding | None, cause: str | None
) -> None:
    """A refusal of the edge is never the application's; a challenge that the browser passed stopped nothing."""
    found = judge_edge((answer,), failure)
    assert (found.cause if found else None) == cause
    if found:
        assert found.evidence == (str(answer), *([failure.rule] if failure else []))


@pytest.mark.parametrize("quoted", ["ERR_INTERNET_DISCONNECTED", "Connection refused", "Target closed", "TLS"])
def test_words_of_the_page_are_no_evidence(quoted: str) -> None:
    """A page that quotes an error text is wrong itself: the network, the browser and the runner are not to blame."""
    shown = MISSING_HEADING.replace("Service down", quoted)
    resolved = BUTTON_DISABLED.replace("Go</button>", f"{quoted}</button>")
    assert judge_failure(of_assertion(shown), ()).blame is Blame.ASSERTION
    assert judge_failure(of_assertion(f"title ({quoted}) == Shop"), ()).blame is Blame.ASSERTION
    assert judge_failure(of_playwright(resolved), ()).blame is Blame.ASSERTION


def test_a_refused_account_is_no_verdict_on_the_application() -> None:
    """A login that was refused is the account's, though the server answered badly."""
    failure = Failure(
        type_name="AccountError",
        message="login of a@b.c was not accepted: Locked",
        is_assertion=False,
        is_playwright=False,
    )
    assert judge_failure(failure, (an_answer(500),)) == Finding(
        rule="login of a@b.c was not accepted: Locked", blame=Blame.ACCOUNT
    )


def test_a_check_that_took_too_long_is_slow() -> None:
    """The deadline of a check counts as slowness."""
    failure = Failure(
        type_name="DeadlineExceeded", message="finishes within 60 s", is_assertion=False, is_playwright=False
    )
    assert judge_failure(failure, ()) == Finding(rule="finishes within 60 s", blame=Blame.SLOW)


@pytest.mark.parametrize(("type_name", "message"), [("KeyError", "'safe_prompt'"), ("OSError", "Connection refused")])
def test_an_exception_of_our_own_code_is_our_fault(type_name: str, message: str) -> None:
    """A mistake in a journey is told as such, whatever its text says and whatever the server answered."""
    failure = Failure(type_name=type_name, message=message, is_assertion=False, is_playwright=False)
    assert judge_failure(failure, (an_answer(503),)) == Finding(rule=f"{type_name}: {message}", blame=Blame.HARNESS)


def test_an_answer_that_misled_the_journey_is_the_applications() -> None:
    """What a journey stumbles over when it asked the API itself, and got a server error."""
    failure = Failure(type_name="KeyError", message="'id'", is_assertion=False, is_playwright=False)
    asked = dataclasses.replace(an_answer(503), to_journey=True)
    found = judge_failure(failure, (asked,))
    assert (found.blame, found.evidence) == (Blame.APP_5XX, ("GET /api/v1/cart answered 503",))


@pytest.mark.parametrize(
    "message",
    [
        'Locator.click: Error: strict mode violation: get_by_text("Your certificate") resolved to 2 elements',
        "Page.goto: net::ERR_TOO_MANY_REDIRECTS at http://shop.example/certificate",
        "Page.evaluate: Error: checkout crashed over SSL",
        'Locator.click: Timeout 100ms exceeded while waiting for "Connection refused"',
    ],
)
def test_words_in_what_playwright_says_are_no_evidence(message: str) -> None:
    """Neither a locator, an address nor what a script says is taken for the network's or the browser's own words."""
    assert judge_failure(of_playwright(message), ()).blame is Blame.ASSERTION


@pytest.mark.parametrize(
    ("status", "blame"),
    [
        (200, Blame.ASSERTION),
        (399, Blame.ASSERTION),
        (400, Blame.APP_4XX),
        (499, Blame.APP_4XX),
        (500, Blame.APP_5XX),
        (599, Blame.APP_5XX),
    ],
)
def test_a_status_says_whose_fault_it_is(status: int, blame: Blame) -> None:
    """An answer that is good, and not the one that was expected, is wrong as any other wrong answer."""
    assert blame_of_status(status) is blame


def test_a_page_that_still_waited_for_an_answer_is_slow() -> None:
    """The request that was open is the evidence; what has a cause of its own keeps it."""
    waits = (Wait(method="GET", path="/api/cart", seconds=4.0, answered_s_ago=None),)
    late = judge_failure(of_playwright(CLICK_TIMED_OUT, "TimeoutError"), (), waits)
    assert (late.blame, late.evidence) == (Blame.SLOW, ("GET /api/cart was still pending after 4.0 s",))
    broken = judge_failure(of_playwright(CLICK_TIMED_OUT, "TimeoutError"), (an_answer(503),), waits)
    assert (broken.blame, broken.evidence) == (Blame.APP_5XX, ("GET /api/v1/cart answered 503",))


def test_a_page_that_is_limited_says_so_to_other_checks() -> None:
    """Too many requests are the cause of whatever else asks; a page that is missing is not."""
    limited, missing = (
        judge_failure(of_assertion("x"), (an_answer(status, is_document=True),)) for status in (429, 404)
    )
    assert (limited.cause, missing.cause) == ("GET /api/v1/cart answers 429", None)


def test_answers_that_say_when_to_come_back_are_told() -> None:
    """Each once, three at most; an answer that does not say it is not among them."""
    later = [dataclasses.replace(an_answer(429), path=f"/{number}", retry_after="30") for number in range(5)]
    assert limits_told((an_answer(429), later[0], *later)) == (
        "GET /0 answered 429, Retry-After 30",
        "GET /1 answered 429, Retry-After 30",
        "GET /2 answered 429, Retry-After 30",
    )
