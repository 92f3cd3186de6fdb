"""``smoke accounts check`` as its users run it: against the embedded application, and against one that misbehaves."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from smoke.demo.options import Contract, DemoOptions
from smoke.demo.process import start
from smoke.judging.hints import BY_WORDS
from smoke.model import Blame
from tests.accounts.deployment import LOGIN, ROOT, SUITE, VARIABLE, Deployment, days_ago, deployment
from tests.demo.client import BASIC, PREMIUM, Demo

MAY_NOT = "may_not: [GET /api/v1/admin/users]"
PASSWORD = "correct-horse-7"
NO_TOTP = f"ACCOUNT: login of {PREMIUM} was not accepted: a second factor is asked for, and the account has no totp"


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
    assert (done.code, f"\nPASS {suite} in local: " in done.output) == (0, True), done.output


def test_each_property_has_its_line(shop: Deployment, demo: Demo) -> None:
    """Without a second factor and with one: who it is, its role, its rights and the age of its password are told."""
    shop.declare(account(PREMIUM, "premium", more="totp: SHOP_TOTP"))
    done = shop.told("check")
    assert done.code == 0, done.output
    # A code with under three seconds left is not used: then a line says what is waited for.
    said = [line for line in done.output.splitlines() if not line.startswith("waiting up to ")]
    assert [" ".join(line.split()) for line in said] == [
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
    done = shop.told("check", "basic", "--json")
    said = json.loads(done.output)
    assert (done.code, said["verdict"], said["accounts"][0]["outcome"]) == (1, "FAIL", "FAIL")
    outcomes = {each["property"]: each["outcome"] for each in said["accounts"][0]["properties"]}
    assert outcomes == {
        "signs in": "PASS", "identity": "PASS", "role": "FAIL", "rights": "PASS", "password age": "PASS",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("declared", "told"),
    [
        ({"role": "premium"}, "basic role FAIL GET /api/v1/auth/profile says role 'basic', declared is 'premium'"),
        (
            {"user": "smoke-test-basic"},
            f"basic identity FAIL GET /api/v1/auth/profile says email '{BASIC}', declared is 'smoke-test-basic'",
        ),
        (
            {"may_not": "may_not: [GET /api/v1/admin/users, GET /api/v1/history]"},
            "basic rights FAIL more than needed: GET /api/v1/history 200",
        ),
        ({"days": 31}, "basic password age FAIL 31 of at most 30 days"),
        ({"days": 8, "more": "max_password_days: 7"}, "basic password age FAIL 8 of at most 7 days"),
    ],
    ids=["role", "identity", "rights", "age", "own limit"],
)
def test_what_is_otherwise_than_declared_fails(shop: Deployment, declared: dict[str, Any], told: str) -> None:
    """Another role, another user, a right too many or an old password is told with its evidence, and exits 1."""
    shop.declare(account(**declared))
    done = shop.told("check")
    assert (done.code, done.line(" ".join(told.split()[:2]))) == (1, told)


def test_a_password_of_thirty_days_is_young_enough(shop: Deployment) -> None:
    """The limit itself is still good."""
    shop.declare(account(days=30))
    assert shop.told("check").code == 0


def test_a_second_factor_that_is_not_asked_for_fails(tmp_path: Path) -> None:
    """Where an account has totp, a password alone must not open its session."""
    with start(DemoOptions(contract=Contract.AS_BUILT)) as process:
        demo = Demo(process)
        shop = deployment(tmp_path, demo.base_url, **{VARIABLE: demo.password, "SHOP_TOTP": demo.totp_secret})
        shop.declare(account(PREMIUM, "premium", more="totp: SHOP_TOTP"))
        done = shop.told("check")
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
    done = shop.told("check")
    assert (done.code, done.line(" ".join(told.split()[:2]))) == (3, told)


def test_a_refused_login_is_asked_once(broken: Deployment, httpserver: HTTPServer) -> None:
    """The account may be near its lock: one login, nothing after it, and nothing is green."""
    httpserver.expect_request("/api/v1/auth/login").respond_with_json({"error": f"no {PASSWORD}"}, 401)
    done = broken.told("check")
    assert done.code == 3
    assert done.line("basic signs") == (
        f"basic signs in INCONCLUSIVE ACCOUNT: login of {BASIC} was not accepted: POST /api/v1/auth/login answered 401"
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
    done = broken.told("check")
    assert (done.code, done.line("basic rights").split()[2]) == (code, outcome)


def test_a_refusal_of_nobody_says_nothing(broken: Deployment, httpserver: HTTPServer) -> None:
    """Where the product does not know who is signed in, 401 proves no lack of rights."""
    httpserver.expect_request("/api/v1/auth/login").respond_with_json({"access_token": "t-123456"})
    httpserver.expect_request("/api/v1/auth/profile").respond_with_json({}, 401)
    httpserver.expect_request("/api/v1/admin/users").respond_with_json({}, 401)
    done = broken.told("check")
    assert (done.code, done.line("basic rights").split()[2]) == (3, "NOT_RUN")


def test_a_deployment_that_is_gone_is_inconclusive(shop: Deployment) -> None:
    """Where nobody answers, nothing is said of the account."""
    shop.declare(account())
    done = shop.told("check", "--base-url", "http://127.0.0.1:9")
    assert (done.code, done.line("basic signs").split()[3]) == (3, "INCONCLUSIVE")


def test_an_environment_has_accounts_of_its_own(shop: Deployment) -> None:
    """What an environment declares under a name counts there instead of the suite's."""
    shop.declare(account())
    own = f"accounts: {{basic: {{user: {BASIC}, role: admin, password: {VARIABLE}}}}}"
    shop.write(SUITE, shop.text(SUITE).replace("timeout_ms: 5000}", f"timeout_ms: 5000, {own}}}"))
    done = shop.told("check", "basic")
    assert (done.code, done.line("basic role").split()[2]) == (1, "FAIL")


@pytest.mark.parametrize(
    ("login", "arguments", "told"),
    [
        (LOGIN, ["nobody"], "command line: 1 problem\n  NAME: unknown account 'nobody'; known: basic"),
        ("", [], f"{SUITE}: 1 problem\n  line 12, accounts.basic.may_not: a refusal says something only of somebody"),
        (
            LOGIN.replace("GET /api/v1/auth/profile", "POST /api/v1/auth/profile"),
            [],
            f"{SUITE}: 1 problem\n  line 22, login.whoami.request: whoami only reads, so it is a GET request",
        ),
        (
            LOGIN.replace("{code}", "{coed}"),
            [],
            f"{SUITE}: 1 problem\n  line 21, login.second_factor.body: body has no {{code}}",
        ),
    ],
    ids=["unknown account", "no login", "writing whoami", "no code"],
)
def test_a_wrong_configuration_is_told(shop: Deployment, login: str, arguments: list[str], told: str) -> None:
    """File, line, key, what is wrong and the way out, with exit code 2."""
    shop.declare(account(), login)
    done = shop.told("check", *arguments)
    assert (done.code, told) == (2, done.output[: len(told)])


def test_a_missing_secret_is_told(shop: Deployment) -> None:
    """The variable that holds the password has to be set."""
    shop.declare(account().replace(VARIABLE, "SHOP_OTHER"))
    done = shop.told("check")
    assert (done.code, "SHOP_OTHER: is not set; accounts.basic signs in as" in done.output) == (2, True)


def test_a_hint_says_what_to_do_next(broken: Deployment, httpserver: HTTPServer) -> None:
    """The same as a run gives for the same blame, in its own line and in JSON."""
    httpserver.expect_request("/api/v1/auth/login").respond_with_json({}, 401)
    done = broken.told("check")
    told = next(fitted for blame, _, fitted in BY_WORDS if blame is Blame.ACCOUNT)
    assert done.output.splitlines()[-2] == f"       hint: {told}"
    [account_told] = json.loads(broken.told("check", "--json").output)["accounts"]
    assert account_told["properties"][0]["hint"] == told


@pytest.mark.parametrize(
    ("answer", "headers", "login", "told"),
    [
        (
            {"acess_token": "t-1234567", "user": {"id": 7}},
            {},
            LOGIN,
            "answered 200 and has no access_token (its keys: acess_token, user.id): mend login.token in suite.yaml",
        ),
        (
            {"ok": True},
            {"Set-Cookie": "session=s-1234567; HttpOnly"},
            LOGIN.replace("token: access_token", "cookie: sid"),
            "answered 200 and sets no cookie sid (its cookies: session): mend login.cookie in suite.yaml",
        ),
    ],
    ids=["token", "cookie"],
)
def test_a_login_that_is_misread_is_no_fault_of_the_account(
    broken: Deployment,
    httpserver: HTTPServer,
    answer: dict[str, object],
    headers: dict[str, str],
    login: str,
    told: str,
) -> None:
    """What was there instead is named, without its values, and three of them do not close the account."""
    httpserver.expect_request("/api/v1/auth/login").respond_with_json(answer, headers=headers)
    broken.declare(account(), login)
    for _ in range(4):
        done = broken.told("check")
    assert done.code == 3
    assert done.line("basic signs") == (
        f"basic signs in INCONCLUSIVE HARNESS: login of {BASIC} cannot be read: POST /api/v1/auth/login {told}"
    )
    assert "-1234567" not in done.output
    assert len(httpserver.log) == 4


def test_a_role_that_is_not_where_it_should_be_is_told(broken: Deployment, httpserver: HTTPServer) -> None:
    """The keys that are there are named; who is signed in is known all the same, so rights are looked at."""
    httpserver.expect_request("/api/v1/auth/login").respond_with_json({"access_token": "t-123456"})
    httpserver.expect_request("/api/v1/auth/profile").respond_with_json({"email": BASIC, "rolle": "basic"})
    httpserver.expect_request("/api/v1/admin/users").respond_with_json({}, 403)
    done = broken.told("check")
    told = "GET /api/v1/auth/profile has no role (its keys: email, rolle; mend login.whoami in suite.yaml)"
    assert (done.code, done.line("basic role")) == (3, f"basic role INCONCLUSIVE {told}")
    assert done.line("basic rights") == "basic rights PASS refused: GET /api/v1/admin/users 403"


@pytest.mark.parametrize(
    ("statuses", "doubt"),
    [
        ((404,), " (404 alone proves little: is the path right?)"),
        ((403, 404), " (404: is the path right?)"),
        ((403,), ""),
    ],
)
def test_a_refusal_by_404_is_told_as_what_it_is(
    broken: Deployment, httpserver: HTTPServer, statuses: tuple[int, ...], doubt: str
) -> None:
    """Some products hide what is forbidden, and all of them answer 404 to a typo."""
    httpserver.expect_request("/api/v1/auth/login").respond_with_json({"access_token": "t-123456"})
    httpserver.expect_request("/api/v1/auth/profile").respond_with_json({"email": BASIC, "role": "basic"})
    for status in statuses:
        httpserver.expect_request(f"/admin/{status}").respond_with_data("", status)
    broken.declare(account(may_not=f"may_not: [{', '.join(f'GET /admin/{each}' for each in statuses)}]"))
    done = broken.told("check")
    listed = ", ".join(f"GET /admin/{each} {each}" for each in statuses)
    assert (done.code, done.line("basic rights")) == (0, f"basic rights PASS refused: {listed}{doubt}")


def test_a_limit_is_waited_out_and_not_held_against_the_password(broken: Deployment, httpserver: HTTPServer) -> None:
    """Retry-After counts for whoever comes next, who does not ask meanwhile and says why."""
    httpserver.expect_request("/api/v1/auth/login").respond_with_json({}, 429, headers={"Retry-After": "600"})
    assert "answered 429 (Retry-After asks for 600 s)" in broken.told("check").line("basic signs")
    done = broken.told("check")
    assert (done.code, len(httpserver.log)) == (3, 1)
    assert "the product answered 429 and wants none for " in done.line("basic signs")


def test_a_refused_account_can_be_forgiven(broken: Deployment, httpserver: HTTPServer) -> None:
    """By its name or by the user of the message; then it is tried again, with the same password."""
    httpserver.expect_request("/api/v1/auth/login").respond_with_json({}, 401)
    for _ in range(4):
        closed = broken.told("check").line("basic signs")
    assert closed.endswith(f"; set another password, or run `smoke accounts forgive {BASIC}`")
    for name in (BASIC, "basic"):
        before = len(httpserver.log)
        done = broken.told("forgive", name, **{VARIABLE: ""})
        assert done.code == 0
        assert re.fullmatch(rf"FORGIVEN {BASIC} \(basic in local\): [13] logins? forgotten\n", done.output)
        broken.told("check")
        assert len(httpserver.log) == before + 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [(["nobody"], "NAME: unknown account 'nobody'; known: basic"), (["basic", "--env", "x"], "x")],
)
def test_only_who_is_known_is_forgiven(shop: Deployment, arguments: list[str], told: str) -> None:
    """A typo is told, and exits 2."""
    shop.declare(account())
    done = shop.told("forgive", *arguments)
    assert done.code == 2
    assert told in done.output
