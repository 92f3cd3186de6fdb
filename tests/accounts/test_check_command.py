"""``smoke accounts check`` as its users run it: against the embedded application, and against one that misbehaves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from smoke.demo.options import Contract, DemoOptions
from smoke.demo.process import start
from tests.accounts.deployment import LOGIN, ROOT, SUITE, VARIABLE, Deployment, days_ago, deployment
from tests.demo.client import BASIC, PREMIUM, Demo

MAY_NOT = "may_not: [GET /api/v1/admin/users]"
PASSWORD = "correct-horse-7"
NO_TOTP = f"ACCOUNT: login of {PREMIUM} is accepted: a second factor is asked for, and the account has no totp"


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    with start() as process:
        yield Demo(process)


@pytest.fixture
def shop(demo: Demo, tmp_path: Path) -> Deployment:
    return deployment(tmp_path, demo.base_url, **{VARIABLE: demo.password, "SHOP_TOTP": demo.totp_secret})


@pytest.fixture
def broken(httpserver: HTTPServer, tmp_path: Path) -> Deployment:
    """A deployment that answers what the test says."""
    made = deployment(tmp_path, httpserver.url_for("").rstrip("/"), **{VARIABLE: PASSWORD})
    made.declare(account())
    return made


def account(user: str = BASIC, role: str = "basic", may_not: str = MAY_NOT, days: int = 3, more: str = "") -> str:
    lines = [f"user: {user}", f"role: {role}", f"password: {VARIABLE}", f"password_set: {days_ago(days)}", may_not]
    return "\n".join([*lines, more])


@pytest.mark.parametrize("suite", ["betterprompts", "deltacrown", "astronote", "mosaic"])
def test_the_accounts_that_ship_are_as_declared(tmp_path: Path, suite: str) -> None:
    """Each account of each suite signs in to the embedded application, and is what suite.yaml says."""
    done = Deployment(ROOT, "").smoke("check", "--suite", suite, XDG_STATE_HOME=str(tmp_path))
    assert (done.code, done.output.splitlines()[-1].split()[:2]) == (0, ["PASS", suite]), done.output


def test_each_property_has_its_line(shop: Deployment, demo: Demo) -> None:
    """Without a second factor and with one: who it is, its role, its rights and the age of its password are told."""
    shop.declare(account(PREMIUM, "premium", more="totp: SHOP_TOTP"))
    done = shop.smoke("check")
    assert done.code == 0, done.output
    assert [" ".join(line.split()) for line in done.output.splitlines()] == [
        f"basic signs in PASS {PREMIUM}, with a second factor",
        f"basic identity PASS {PREMIUM}",
        "basic role PASS premium",
        "basic rights PASS refused: GET /api/v1/admin/users 403",
        "basic password age PASS 3 of at most 30 days",
        "PASS shop in local: 1 of 1 account as declared",
    ]
    assert demo.password not in done.output
    assert demo.totp_secret not in done.output


def test_programs_get_json(shop: Deployment) -> None:
    """With --json stdout is one document that says the same."""
    shop.declare(account(role="premium"))
    done = shop.smoke("check", "basic", "--json")
    said = json.loads(done.output)
    assert (done.code, said["verdict"], said["accounts"][0]["outcome"]) == (1, "FAIL", "FAIL")
    outcomes = {each["property"]: each["outcome"] for each in said["accounts"][0]["properties"]}
    assert outcomes == {
        "signs in": "PASS", "identity": "PASS", "role": "FAIL", "rights": "PASS", "password age": "PASS",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("declared", "told"),
    [
        (account(role="premium"), "basic role FAIL GET /api/v1/auth/profile says role 'basic', declared is 'premium'"),
        (
            account("smoke-test-basic"),
            f"basic identity FAIL GET /api/v1/auth/profile says email '{BASIC}', declared is 'smoke-test-basic'",
        ),
        (
            account(may_not="may_not: [GET /api/v1/admin/users, GET /api/v1/history]"),
            "basic rights FAIL more than needed: GET /api/v1/history 200",
        ),
        (account(days=31), "basic password age FAIL 31 of at most 30 days"),
        (account(days=8, more="max_password_days: 7"), "basic password age FAIL 8 of at most 7 days"),
    ],
    ids=["role", "identity", "rights", "age", "own limit"],
)
def test_what_is_otherwise_than_declared_fails(shop: Deployment, declared: str, told: str) -> None:
    """Another role, another user, a right too many or an old password is told with its evidence, and exits 1."""
    shop.declare(declared)
    done = shop.smoke("check")
    assert (done.code, done.line(" ".join(told.split()[:2]))) == (1, told)


def test_a_password_of_thirty_days_is_young_enough(shop: Deployment) -> None:
    """The limit itself is still good."""
    shop.declare(account(days=30))
    assert shop.smoke("check").code == 0


def test_a_second_factor_that_is_not_asked_for_fails(tmp_path: Path) -> None:
    """Where an account has totp, a password alone must not open its session."""
    with start(DemoOptions(contract=Contract.AS_BUILT)) as process:
        demo = Demo(process)
        shop = deployment(tmp_path, demo.base_url, **{VARIABLE: demo.password, "SHOP_TOTP": demo.totp_secret})
        shop.declare(account(PREMIUM, "premium", more="totp: SHOP_TOTP"))
        done = shop.smoke("check")
    assert (done.code, done.line("basic signs")) == (
        1,
        f"basic signs in FAIL {PREMIUM} has totp, and the password alone signs in",
    )


@pytest.mark.parametrize(
    ("declared", "told"),
    [
        (
            account(PREMIUM, "premium"),
            f"basic signs in INCONCLUSIVE {NO_TOTP}",
        ),
        (
            account(may_not="may_not: []"),
            "basic rights INCONCLUSIVE may_not is empty; list what the account must be refused",
        ),
        (account(days=-2), f"basic password age INCONCLUSIVE password_set is {days_ago(-2)}, and that is yet to come"),
        (
            account().replace("password_set", "# password_set"),
            "basic password age INCONCLUSIVE password_set is not written; add the day of the last change",
        ),
    ],
    ids=["no totp", "no rights listed", "future", "no day"],
)
def test_what_cannot_be_told_is_inconclusive(shop: Deployment, declared: str, told: str) -> None:
    """Whatever is not declared or not seen exits 3, and says what is missing."""
    shop.declare(declared)
    done = shop.smoke("check")
    assert (done.code, done.line(" ".join(told.split()[:2]))) == (3, told)


def test_a_refused_login_is_asked_once(broken: Deployment, httpserver: HTTPServer) -> None:
    """The account may be near its lock: one login, nothing after it, and nothing is green."""
    httpserver.expect_request("/api/v1/auth/login").respond_with_json({"error": f"no {PASSWORD}"}, 401)
    done = broken.smoke("check")
    assert done.code == 3
    assert done.line("basic signs") == (
        f"basic signs in INCONCLUSIVE ACCOUNT: login of {BASIC} is accepted: POST /api/v1/auth/login answered 401"
    )
    assert [done.line(f"basic {name}").split()[2] for name in ("identity", "role", "rights")] == ["NOT_RUN"] * 3
    assert [request.path for request, _ in httpserver.log] == ["/api/v1/auth/login"]
    assert PASSWORD not in done.output


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        (401, 0, "PASS"),
        (404, 0, "PASS"),
        (204, 1, "FAIL"),
        (302, 3, "INCONCLUSIVE"),
        (429, 3, "INCONCLUSIVE"),
        (500, 3, "INCONCLUSIVE"),
    ],
)
def test_only_a_refusal_is_one(
    broken: Deployment, httpserver: HTTPServer, status: int, code: int, outcome: str
) -> None:
    """A request that breaks, is redirected or limited was not refused."""
    httpserver.expect_request("/api/v1/auth/login").respond_with_json({"access_token": "t-123456"})
    httpserver.expect_request("/api/v1/auth/profile").respond_with_json({"email": BASIC, "role": ["basic"]})
    httpserver.expect_request("/api/v1/admin/users").respond_with_data("", status)
    done = broken.smoke("check")
    assert (done.code, done.line("basic rights").split()[2]) == (code, outcome)


def test_a_refusal_of_nobody_says_nothing(broken: Deployment, httpserver: HTTPServer) -> None:
    """Where the product does not know who is signed in, 401 proves no lack of rights."""
    httpserver.expect_request("/api/v1/auth/login").respond_with_json({"access_token": "t-123456"})
    httpserver.expect_request("/api/v1/auth/profile").respond_with_json({}, 401)
    httpserver.expect_request("/api/v1/admin/users").respond_with_json({}, 401)
    done = broken.smoke("check")
    assert (done.code, done.line("basic rights").split()[2]) == (3, "NOT_RUN")


def test_a_deployment_that_is_gone_is_inconclusive(shop: Deployment) -> None:
    """Where nobody answers, nothing is said of the account."""
    shop.declare(account())
    done = shop.smoke("check", "--base-url", "http://127.0.0.1:9")
    assert (done.code, done.line("basic signs").split()[3]) == (3, "INCONCLUSIVE")


def test_an_environment_has_accounts_of_its_own(shop: Deployment) -> None:
    """What an environment declares under a name counts there instead of the suite's."""
    shop.declare(account())
    own = f"accounts: {{basic: {{user: {BASIC}, role: admin, password: {VARIABLE}}}}}"
    shop.write(SUITE, shop.text(SUITE).replace("timeout_ms: 5000}", f"timeout_ms: 5000, {own}}}"))
    done = shop.smoke("check", "basic")
    assert (done.code, done.line("basic role").split()[2]) == (1, "FAIL")


@pytest.mark.parametrize(
    ("login", "arguments", "told"),
    [
        (LOGIN, ["nobody"], "command line: 1 problem\n  NAME: unknown account 'nobody'; known: basic"),
        ("", [], f"{SUITE}: 1 problem\n  line 12, accounts.basic.may_not: a refusal says something only of somebody"),
        (
            LOGIN.replace("GET /api/v1/auth/profile", "POST /api/v1/auth/profile"),
            [],
            f"{SUITE}: 1 problem\n  line 22, login.whoami: whoami only reads, so it is a GET request",
        ),
        (
            LOGIN.replace("{code}", "{coed}"),
            [],
            f"{SUITE}: 1 problem\n  line 18, login.second_factor: body has no {{code}}",
        ),
    ],
    ids=["unknown account", "no login", "writing whoami", "no code"],
)
def test_a_wrong_configuration_is_told(shop: Deployment, login: str, arguments: list[str], told: str) -> None:
    """File, line, key, what is wrong and the way out, with exit code 2."""
    shop.declare(account(), login)
    done = shop.smoke("check", *arguments)
    assert (done.code, told) == (2, done.output[: len(told)])


def test_a_missing_secret_is_told(shop: Deployment) -> None:
    """The variable that holds the password has to be set."""
    shop.declare(account().replace(VARIABLE, "SHOP_OTHER"))
    done = shop.smoke("check")
    assert (done.code, "SHOP_OTHER: is not set; accounts.basic signs in as" in done.output) == (2, True)
