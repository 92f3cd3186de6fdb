"""What the answers to login requests say of an account."""

from __future__ import annotations

import pytest

from smoke.accounts.answers import LoginSeen, LoginStep, login_requests, logins_of, refusal
from smoke.accounts.pacing import LoginAnswer
from smoke.config.login import Login, SecondFactor

JSON = Login(
    request="POST /auth/login",
    body={"user": "{user}", "password": "{password}"},
    token="$.token",
    second_factor=SecondFactor(
        request="POST /auth/code", capture={"ticket": "ticket"}, body={"ticket": "{ticket}", "code": "{code}"}
    ),
)
FORM = Login(request="POST /login", form={"user": "{user}", "password": "{password}"}, cookie="session")
SHOP = "https://shop.example/api"


def seen(*statuses: int, part: LoginStep = LoginStep.PASSWORD) -> list[LoginSeen]:
    return [LoginSeen(part=part, method="POST", path="/login", status=status) for status in statuses]


def made(answers: list[LoginSeen], said: LoginAnswer, login: Login | None = JSON) -> list[LoginAnswer]:
    return [each.answer for each in logins_of(answers, login_requests(login, SHOP), said)]


@pytest.mark.parametrize(
    ("method", "url", "part"),
    [
        ("POST", f"{SHOP}/auth/login", LoginStep.PASSWORD),
        ("POST", f"{SHOP}/auth/login?next=/home", LoginStep.PASSWORD),
        ("POST", f"{SHOP}/auth/code", LoginStep.SECOND_FACTOR),
        ("GET", f"{SHOP}/auth/login", None),
        ("POST", f"{SHOP}/auth/login/more", None),
        ("POST", "https://elsewhere.example/api/auth/login", None),
    ],
)
def test_a_login_is_known_by_method_and_address(method: str, url: str, part: LoginStep | None) -> None:
    """Another method, path or host is no login, whatever it answers."""
    found = login_requests(JSON, SHOP).seen(method, url, 401)
    assert (found.part if found else None) == part


@pytest.mark.parametrize("status", [401, 403, 423, 429])
def test_a_refusal_is_told_with_request_and_answer(status: int) -> None:
    """Wrong, forbidden, locked and too often are the account's; the first of them is told."""
    found = refusal("smoke@shop.example", seen(200, status, 500))
    assert found is not None
    assert found.rule == f"login of smoke@shop.example was not accepted: POST /login answered {status}"
    assert made(seen(status), LoginAnswer.UNKNOWN) == [LoginAnswer.LIMITED if status == 429 else LoginAnswer.REFUSED]


@pytest.mark.parametrize(
    ("status", "answer"), [(429, LoginAnswer.LIMITED), (500, LoginAnswer.UNKNOWN), (503, LoginAnswer.UNKNOWN)]
)
def test_a_limit_or_a_server_error_is_no_wrong_password(status: int, answer: LoginAnswer) -> None:
    """Even where the check itself gives up with AccountError: nobody looked at the password."""
    assert made(seen(status), LoginAnswer.REFUSED) == [answer]


@pytest.mark.parametrize("status", [200, 302, 400, 404, 500, 503])
def test_other_answers_refuse_nobody(status: int) -> None:
    """A server error, or a login that is not where it was, says nothing of the account."""
    assert refusal("smoke@shop.example", seen(status)) is None
    assert LoginAnswer.REFUSED not in made(seen(status), LoginAnswer.UNKNOWN)


@pytest.mark.parametrize(
    ("login", "said", "answer"),
    [
        (JSON, LoginAnswer.UNKNOWN, LoginAnswer.ACCEPTED),
        (FORM, LoginAnswer.UNKNOWN, LoginAnswer.UNKNOWN),
        (FORM, LoginAnswer.ACCEPTED, LoginAnswer.ACCEPTED),
        (JSON, LoginAnswer.REFUSED, LoginAnswer.REFUSED),
        (FORM, LoginAnswer.REFUSED, LoginAnswer.REFUSED),
    ],
)
def test_a_form_that_answers_200_let_nobody_in_yet(login: Login, said: LoginAnswer, answer: LoginAnswer) -> None:
    """It shows its own error page with 200: only a check that got on proves the account, and one may deny it."""
    assert made(seen(200), said, login) == [answer]


def test_a_refused_code_makes_a_refused_login() -> None:
    """The accepted password before it does not wipe out what products count towards the lock."""
    both = [*seen(200), *seen(401, part=LoginStep.SECOND_FACTOR)]
    assert made(both, LoginAnswer.UNKNOWN) == [LoginAnswer.REFUSED]


def test_a_suite_without_a_login_is_told_by_its_checks() -> None:
    """Nobody sees the request there: what the check says counts; elsewhere a check may do without a login."""
    assert made([], LoginAnswer.ACCEPTED, None) == [LoginAnswer.ACCEPTED]
    assert made([], LoginAnswer.ACCEPTED, JSON) == []
    assert made([], LoginAnswer.REFUSED, JSON) == [LoginAnswer.REFUSED]
