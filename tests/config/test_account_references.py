"""What accounts of a suite and of its environments refer to."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.project import Project, a_project

SUITE = "config/suites/shop/suite.yaml"
JOURNEYS = "e2e/shop/test_home.py"
LOGIN = "login: {request: POST /login, body: {user: '{user}', secret: '{password}'}, token: token"
FACTOR = "second_factor: {request: POST /mfa, body: {code: '{code}', t: '{t}'}, capture: {u: u}}"
WHOAMI = "whoami: {request: GET /me, role: role}"
ROTATION = "rotation: {request: PUT /password, body: {old: '{old}', new: '{new}'}, store: dotenv}"
EXTRA = "{user: extra@shop.example, role: basic, password: SHOP_EXTRA}"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return a_project(tmp_path)


def says(project: Project, text: str) -> None:
    path = project.root / SUITE
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def account_says(project: Project, keys: str) -> None:
    project.replace(SUITE, "password: SHOP_PASSWORD\n", f"password: SHOP_PASSWORD\n    {keys}\n")


def test_an_account_of_every_environment_is_known(project: Project) -> None:
    """Where each environment has the account, a check may sign in with it though the suite has none of that name."""
    for name in ("local:", "canary:"):
        project.replace(SUITE, f"  {name}\n", f"  {name}\n    accounts: {{extra: {EXTRA}}}\n")
    project.replace(JOURNEYS, 'account="basic"', 'account="extra"')
    about = project.load().about
    assert list(about.accounts_in("canary")) == ["basic", "extra"]
    assert list(about.accounts) == ["basic"]


def test_an_account_that_an_environment_lacks_is_told(project: Project) -> None:
    """A check that runs where its account does not exist is told, with both ways out."""
    project.replace(SUITE, "  local:\n", f"  local:\n    accounts: {{extra: {EXTRA}}}\n")
    project.replace(JOURNEYS, 'account="basic"', 'account="extra"')
    told = "environment canary has no account 'extra'; add it there, or to the suite's accounts"
    assert told in project.complaint()


def test_an_account_of_an_environment_beats_the_suites(project: Project) -> None:
    """The same name means another account there."""
    project.replace(SUITE, "  canary:\n", f"  canary:\n    accounts: {{basic: {EXTRA}}}\n")
    about = project.load().about
    users = {name: about.accounts_in(name)["basic"].user for name in about.environments}
    assert users["canary"] == "extra@shop.example"
    assert {user for name, user in users.items() if name != "canary"} == {"smoke@shop.example"}


@pytest.mark.parametrize(
    ("keys", "suite", "told"),
    [
        ("may_not: [GET /admin]", "", "accounts.basic.may_not: a refusal says something only of somebody who is known"),
        ("may_not: [GET /admin]", f"{LOGIN}}}\n", "accounts.basic.may_not: a refusal says something only of somebody"),
        (
            "may_not: [POST /admin]",
            "",
            "accounts.basic.may_not[0]: may_not only reads: GET or HEAD and a path; got 'POST /admin'",
        ),
        (ROTATION, "", "accounts.basic.rotation: a new password is tried before it is kept, but nobody says how to"),
        (
            ROTATION,
            f"{LOGIN}}}\ndestructive: ['PUT /*']\n",
            "accounts.basic.rotation.request: PUT /password is destructive, and that is never sent",
        ),
        ("role_of: x", "", "accounts.basic.role_of: unknown key"),
        (
            "password_set: yesterday",
            "",
            "line 17, accounts.basic.password_set: input should be a day such as 2026-11-02, got 'yesterday'",
        ),
        (
            ROTATION.replace("dotenv", "dotnev"),
            f"{LOGIN}}}\n",
            "line 17, accounts.basic.rotation.store: input should be 'dotenv', or a list, got 'dotnev'",
        ),
        ("max_password_days: 0", "", "accounts.basic.max_password_days: "),
        ("", f"{LOGIN}, base: api}}\n", "login.base: environment local has no url 'api'; it has: none"),
        (
            "",
            f"{LOGIN}, whoami: {{request: GET /me}}}}\n",
            "login.whoami: whoami says where in the answer user or role",
        ),
        (
            "",
            f"{LOGIN}, {FACTOR}}}\n",
            "login.second_factor.body: a second factor does not know {t}; it knows {code}, {u}, {user}",
        ),
    ],
)
def test_what_an_account_says_is_told_where_it_is_wrong(project: Project, keys: str, suite: str, told: str) -> None:
    """Each reference that leads nowhere, and each value that cannot be, has its place and its way out."""
    account_says(project, keys)
    says(project, suite)
    assert told in project.complaint()


def test_what_is_right_is_not_complained_about(project: Project) -> None:
    """Everything that an account can say fits together."""
    account_says(project, f"may_not: [GET /admin]\n    password_set: 2026-01-31\n    {ROTATION}")
    says(project, f"{LOGIN}, {WHOAMI}}}\n")
    [account] = project.load().about.accounts.values()
    assert (account.max_password_days, str(account.password_set)) == (30, "2026-01-31")
