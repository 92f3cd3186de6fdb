"""Each break changes what it says, and nothing stays broken."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

import pytest

from smoke.demo.breaks import Break
from smoke.demo.handoff import CONTROL_PATH, TOKEN_HEADER
from tests.demo.client import PREMIUM, Client, Demo
from tests.demo.merchant import Merchant

LOGIN = "/api/v1/auth/login"
PROFILE = "/api/v1/auth/profile"


def second_factor(demo: Demo) -> bool:
    """Whether a code that nobody used before is accepted."""
    token = demo.visitor().post(LOGIN, demo.credentials(PREMIUM)).json["mfa_token"]
    return demo.visitor().post("/api/v1/auth/mfa", {"mfa_token": token, "code": demo.code()}).status == 200


def anonymous_prompt_is_forgotten(demo: Demo) -> bool:
    before = demo.saved()
    demo.visitor().post("/api/v1/enhance", {"text": "Plan a quiet day"})
    return demo.saved() == before


def logout_ends_the_session(demo: Demo) -> bool:
    member = demo.login()
    copied = Client(member.base_url, dict(member.cookies))
    assert member.post("/api/v1/auth/logout").status == 200
    return copied.get(PROFILE).status == 401


def home_style_exists(demo: Demo) -> bool:
    visitor = demo.visitor()
    styles = re.findall(r'rel="stylesheet" href="([^"]+)"', visitor.get("/").text)
    assert len(styles) == 2
    return all(visitor.get(style).status == 200 for style in styles)


def homepage_is_quick(demo: Demo) -> bool:
    try:
        return demo.visitor().get("/", timeout=1.0).status == 200
    except TimeoutError:
        return False


def health_is_quick(demo: Demo) -> bool:
    def once() -> float:
        started = time.perf_counter()
        demo.visitor().get("/api/v1/health")
        return time.perf_counter() - started

    return min(once() for _ in range(3)) < 0.2


def enhances(demo: Demo) -> bool:
    reply = demo.visitor().post("/api/v1/enhance", {"text": "Plan a loud day"}).json
    return bool(reply["enhanced_text"] != reply["original_text"])


def home_lacks(text: str) -> Callable[[Demo], bool]:
    return lambda demo: text not in demo.visitor().get("/").text


def login_answers(status: int) -> Callable[[Demo], bool]:
    return lambda demo: demo.visitor().post(LOGIN, demo.credentials()).status != status


def queued_campaign_is_processed(demo: Demo) -> bool:
    merchant = Merchant(demo)
    return merchant.processed(merchant.enqueue(merchant.draft()).json["id"])


WORKS: dict[Break, Callable[[Demo], bool]] = {
    Break.SERVICE_DOWN: lambda demo: demo.visitor().get("/health").json["status"] == "healthy",
    Break.HEALTH_SLOW: health_is_quick,
    Break.CONSOLE_ERROR: home_lacks("broken/console-error.js"),
    Break.PAGE_ERROR: home_lacks("broken/page-error.js"),
    Break.MISSING_BUTTON: lambda demo: "anonymous-enhance-button" in demo.visitor().get("/").text,
    Break.ASSET_404: home_style_exists,
    Break.SLOW: homepage_is_quick,
    Break.FIRST_REQUEST_FAILS: lambda demo: demo.visitor().get("/").status == 200,
    Break.ENHANCE_ECHO: enhances,
    Break.SAVES_ANONYMOUS: anonymous_prompt_is_forgotten,
    Break.LOGIN_REFUSED: login_answers(401),
    Break.LOGIN_ERROR: login_answers(500),
    Break.TOTP_REFUSED: second_factor,
    Break.LOGOUT_KEEPS_SESSION: logout_ends_the_session,
    Break.OPEN_PROTECTED: lambda demo: demo.visitor().get("/history").status == 307,
    Break.WORKER_STOPPED: queued_campaign_is_processed,
    Break.NO_RATE_LIMIT_HEADERS: lambda demo: "X-RateLimit-Limit" in demo.visitor().get("/api/v1/test").headers,
}


@pytest.fixture
def repaired(breakable: Demo) -> Iterator[Demo]:
    yield breakable
    breakable.process.set_breaks()


@pytest.mark.parametrize("item", Break)
def test_break_breaks_and_can_be_repaired(repaired: Demo, item: Break) -> None:
    """Under the break its check fails; afterwards it passes."""
    repaired.process.set_breaks([item])
    assert not WORKS[item](repaired), f"{item}: {item.description}"
    repaired.process.set_breaks()
    assert WORKS[item](repaired), f"{item} is not repaired"


@pytest.mark.parametrize("item", Break)
def test_every_break_says_what_it_does(item: Break) -> None:
    """A break is a name for the command line and a sentence for people."""
    assert item.description
    assert item.value.replace("-", "").isalnum()


def test_service_down_names_the_service(repaired: Demo) -> None:
    """Redis is unhealthy, the rest is not, and the product is not ready."""
    repaired.process.set_breaks([Break.SERVICE_DOWN])
    body = repaired.visitor().get("/health").json
    assert body["status"] == "degraded"
    assert body["services"] == {"database": "healthy", "redis": "unhealthy", "ml_service": "healthy"}
    assert repaired.visitor().get("/api/v1/ready").status == 503


def test_only_the_first_request_fails(repaired: Demo) -> None:
    """The first homepage request answers 503, every later one 200."""
    repaired.process.set_breaks([Break.FIRST_REQUEST_FAILS])
    assert [repaired.visitor().get("/").status for _ in range(3)] == [503, 200, 200]


def test_saved_anonymous_prompt_is_in_a_history(repaired: Demo) -> None:
    """Somebody else's prompt can be read in the history of the basic account."""
    repaired.process.set_breaks([Break.SAVES_ANONYMOUS])
    repaired.visitor().post("/api/v1/enhance", {"text": "Plan a secret day"})
    assert repaired.login().get("/api/v1/history").json[0]["original_text"] == "Plan a secret day"


@pytest.mark.parametrize("token", [{}, {TOKEN_HEADER: "wrong"}])
@pytest.mark.parametrize("method", ["PUT", "GET", "POST"])
def test_control_is_hidden(visitor: Client, method: str, token: dict[str, str]) -> None:
    """Without the token there is nothing at the control endpoint."""
    assert visitor.request(method, CONTROL_PATH, ["slow"], token).status == 404
    assert visitor.get("/").status == 200


@pytest.mark.parametrize("body", [["no-such-break"], 7, b"{", [1]])
def test_control_refuses_what_it_does_not_know(demo: Demo, body: object) -> None:
    """A name that is no break is answered with 400 and changes nothing."""
    token = {TOKEN_HEADER: demo.process.control_token}
    assert demo.visitor().request("PUT", CONTROL_PATH, body, token).status == 400
    assert all(WORKS[item](demo) for item in (Break.SERVICE_DOWN, Break.MISSING_BUTTON))
