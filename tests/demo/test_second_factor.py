"""The second factor of the premium account."""

from __future__ import annotations

import time

import pyotp
import pytest

from smoke.demo import totp
from smoke.demo.accounts import SCHEMA, Accounts, User
from smoke.demo.store import Store
from tests.demo.client import PREMIUM, Demo, Reply

MFA = "/api/v1/auth/mfa"
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


def challenge(demo: Demo) -> str:
    reply = demo.visitor().post("/api/v1/auth/login", demo.credentials(PREMIUM))
    assert reply.status == 200
    return str(reply.json["mfa_token"])


def answer(demo: Demo, token: str, code: str) -> Reply:
    return demo.visitor().post(MFA, {"mfa_token": token, "code": code})


@pytest.mark.parametrize(
    ("now", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_standard(now: int, code: str) -> None:
    """The test vectors of RFC 6238, appendix B, come out, cut to six digits."""
    assert totp.code_at(RFC_SECRET, now // totp.STEP_S) == code


@pytest.mark.parametrize(("offset", "accepted"), [(-61, False), (-30, True), (0, True), (30, True), (61, False)])
def test_codes_are_accepted_one_step_around_now(offset: int, accepted: bool) -> None:
    """The previous and the next code are accepted, older and later ones are not."""
    now = 1_800_000_015
    code = pyotp.TOTP(RFC_SECRET).at(now + offset)
    assert (totp.matching_step(RFC_SECRET, code, now) is not None) is accepted


def test_password_alone_does_not_sign_in(demo: Demo) -> None:
    """The right password gets a challenge, no token and no cookie."""
    visitor = demo.visitor()
    reply = visitor.post("/api/v1/auth/login", demo.credentials(PREMIUM))
    assert reply.status == 200
    assert set(reply.json) == {"mfa_required", "mfa_token"}
    assert reply.json["mfa_required"] is True
    assert visitor.cookies == {}


def test_code_signs_in_once(demo: Demo) -> None:
    """A right code opens a session; the same code is refused for the next one."""
    code = demo.code()
    first = answer(demo, challenge(demo), code)
    assert first.status == 200
    assert first.json["user"]["role"] == "premium"
    again = answer(demo, challenge(demo), code)
    assert (again.status, again.json) == (401, {"error": "Invalid code"})


def test_wrong_code_is_refused(demo: Demo) -> None:
    """A wrong code is answered with 401 and the challenge stays open for the right one."""
    token = challenge(demo)
    wrong = answer(demo, token, "not it")
    assert (wrong.status, wrong.json) == (401, {"error": "Invalid code"})
    assert answer(demo, token, demo.code()).status == 200


def test_challenge_ends_after_five_wrong_codes(demo: Demo) -> None:
    """Codes cannot be guessed: the sixth try needs a new password check."""
    token = challenge(demo)
    replies = [answer(demo, token, "000").json["error"] for _ in range(6)]
    assert replies == ["Invalid code"] * 5 + ["Invalid or expired token"]


def test_unknown_challenge_is_refused(demo: Demo) -> None:
    """A code without a challenge is worth nothing."""
    reply = answer(demo, "made-up", "123456")
    assert (reply.status, reply.json) == (401, {"error": "Invalid or expired token"})


@pytest.fixture
def user() -> tuple[Accounts, User]:
    store = Store()
    store.create(SCHEMA)
    accounts = Accounts(store)
    args = {"email": "a@example.com", "name": "A", "role": "premium", "password_hash": "-"}
    return accounts, accounts.add(**args, totp_secret=RFC_SECRET)


def test_each_code_of_the_window_counts_once(user: tuple[Accounts, User]) -> None:
    """Codes of neighbouring steps are different codes: each is accepted, none twice."""
    accounts, owner = user
    step = int(time.time()) // totp.STEP_S
    this, following = (totp.code_at(RFC_SECRET, number) for number in (step, step + 1))
    accepted = [accounts.accept_code(owner.id, code) for code in (this, following, this, following)]
    assert accepted == [True, True, False, False]
