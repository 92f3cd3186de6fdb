"""How probes sign in, against a real server that asks for it."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from smoke.config.login import Login
from smoke.config.probe import Probe
from smoke.judging.retry import RetryPolicy
from smoke.model import Blame
from smoke.observation import Attempt
from smoke.probing.account import ProbeAccount
from smoke.probing.asking import Shared, Terms
from smoke.probing.attempts import observe
from smoke.probing.client import send
from smoke.secrets.secret import Scrubber, Secret
from tests.support.loopback import Behaviour, answers, drops, serving

ACCOUNT = ProbeAccount(user="ann@shop.example", password=Secret("correct & horse"))
PAIR = base64.b64encode(b"ann@shop.example:correct & horse").decode()
FORM = {"email": "{user}", "password": "{password}"}
TOKEN = {"request": "POST /login", "body": FORM, "token": "access.token"}
COOKIE = {"request": "POST /login", "form": FORM, "cookie": "sid"}
BASIC = {"basic": True}
GIVES_TOKEN = answers('{"access": {"token": "t-12345"}}')
GIVES_COOKIE = answers("", status="303 See Other", headers=("Set-Cookie: lang=en", "Set-Cookie: sid=s-12345; HttpOnly"))
PROBE = TypeAdapter(Probe).validate_python(
    {"id": "orders.own", "title": "Own", "category": "authentication", "request": "GET /orders", "account": "ann"}
    | {"expect": {}}
)


def asked(login: dict[str, Any], *script: Behaviour, attempts: int = 1) -> tuple[list[str], Attempt, Scrubber]:
    """What a server was sent by a probe that signs in, how that ended, and who learned the secrets."""
    scrubber = Scrubber([ACCOUNT.password])

    async def look() -> tuple[list[str], Attempt]:
        async with serving(*script) as server:
            terms = Terms(
                base_url=server.url,
                timeout_s=30,
                retry=RetryPolicy(attempts=attempts, first_wait_s=0),
                login=TypeAdapter(Login).validate_python(login),
                accounts={"ann": ACCOUNT},
            )
            seen = await observe(PROBE, terms, send, Shared(learn=scrubber.learn))
            return server.asked, seen.attempts[-1]

    return *asyncio.run(look()), scrubber


@pytest.mark.parametrize(
    ("login", "answer", "sent", "shown"),
    [
        (TOKEN, GIVES_TOKEN, '{"email": "ann@shop.example", "password": "correct & horse"}', "Bearer t-12345"),
        (COOKIE, GIVES_COOKIE, "email=ann%40shop.example&password=correct+%26+horse", "sid=s-12345"),
    ],
    ids=["token", "cookie"],
)
def test_a_login_is_asked_once_and_its_answer_signs_in(
    login: dict[str, Any], answer: Behaviour, sent: str, shown: str
) -> None:
    """The account is sent as JSON or as a form, and the token or the cookie of the answer goes with the request."""
    (first, second), attempt, scrubber = asked(login, answer, answers())
    assert first.startswith("POST /login ")
    assert first.endswith(f"\r\n\r\n{sent}")
    assert second.startswith("GET /orders ")
    assert f": {shown}\r\n" in second
    assert attempt.findings == ()
    assert shown.removeprefix("Bearer ").removeprefix("sid=") not in scrubber.text(second)


def test_basic_goes_with_each_request() -> None:
    """HTTP Basic needs no login to be asked, and what it sends is no less a secret."""
    (only,), attempt, scrubber = asked(BASIC, answers())
    assert f"Authorization: Basic {PAIR}\r\n" in only
    assert attempt.findings == ()
    assert "Authorization: Basic ***\r\n" in scrubber.text(only)


REFUSED = [
    (TOKEN, answers("no", status="401 Unauthorized"), Blame.ACCOUNT, "POST /login answered 401"),
    (TOKEN, answers("<p>Sign in</p>"), Blame.ACCOUNT, "POST /login answered 200"),
    (TOKEN, answers("down", status="503 Unavailable"), Blame.APP_5XX, "POST /login answered 503"),
    (COOKIE, answers("<p>Wrong password</p>"), Blame.ACCOUNT, "POST /login answered 200"),
    (COOKIE, answers("", headers=("Set-Cookie: sid=; Max-Age=0",)), Blame.ACCOUNT, "POST /login answered 200"),
    (BASIC, answers("no", status="401 Unauthorized"), Blame.ACCOUNT, "GET /orders answered 401"),
]


@pytest.mark.parametrize(("login", "answer", "blame", "rule"), REFUSED)
def test_a_refused_account_is_not_the_applications_fault(
    login: dict[str, Any], answer: Behaviour, blame: Blame, rule: str
) -> None:
    """Whichever way the account is refused, it is ACCOUNT; a login that breaks down is the application's."""
    _, attempt, _ = asked(login, answer)
    (finding,) = attempt.findings
    assert (finding.blame, finding.rule) == (blame, f"login of ann@shop.example was not accepted: {rule}")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (answers('{"access": ', headers=("Content-Type: application/json",)), "body is JSON, as its content type says"),
        (answers("", status="204 No Content"), "answered 204: body is JSON (it is empty)"),
    ],
)
def test_a_login_that_cannot_be_read_is_the_applications_fault(answer: Behaviour, said: str) -> None:
    """Nobody refused the account: it is not looked at for that, and a run is not held back by it."""
    _, attempt, _ = asked(TOKEN, answer)
    (finding,) = attempt.findings
    assert finding.blame is Blame.ASSERTION
    assert said in finding.rule


def test_a_login_lost_on_its_way_is_asked_again() -> None:
    """One dropped connection does not sign an account out for the rest of the run."""
    requests, attempt, _ = asked(TOKEN, drops, GIVES_TOKEN, answers(), attempts=2)
    assert [request.split(" ", 1)[0] for request in requests] == ["POST", "POST", "GET"]
    assert (attempt.number, attempt.findings) == (2, ())


@pytest.mark.parametrize(
    ("login", "complaint"),
    [
        ({}, "a login has request and either body or form, or it is basic: true"),
        ({"request": "POST /login", "token": "t"}, "either body or form"),
        ({**TOKEN, "form": FORM}, "either body or form"),
        ({**TOKEN, "cookie": "sid"}, "either token or cookie"),
        ({"request": "POST /login", "body": FORM}, "either token or cookie"),
        ({**BASIC, "token": "t"}, "basic stands alone"),
    ],
)
def test_a_login_says_one_way(login: dict[str, Any], complaint: str) -> None:
    """A login that leaves open what is sent, or what of the answer counts, is refused before anything runs."""
    with pytest.raises(ValidationError, match=complaint):
        TypeAdapter(Login).validate_python(login)
