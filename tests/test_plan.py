from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from smoke.config.load import Suite
from smoke.config.problems import ConfigError
from smoke.model import Category, covers
from smoke.planning.plan import Selection, plan
from smoke.restraint.permission import Permissions
from smoke.safety import Permit
from tests.support.project import a_project

EVERYTHING = Selection()
NO_CHECK = (
    "no check is left by scope, categories, contract and selection; "
    "name another execution point or environment, or leave out --check and --category"
)


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Suite:
    return a_project(tmp_path_factory.mktemp("plan")).load()


def planned(suite: Suite, point: str, env: str | None = None, selection: Selection = EVERYTHING) -> list[str]:
    return [check.id for check in plan(suite, point, env, selection).checks]


def test_a_full_point_runs_everything_in_order(suite: Suite) -> None:
    """At a point of full scope every check of its categories runs, journeys first."""
    assert planned(suite, "local") == ["home.load", "login.basic", "health.root", "health.cart"]


def test_a_reduced_point_runs_only_what_is_marked_so(suite: Suite) -> None:
    """At a point of reduced scope a check of full scope does not run."""
    assert planned(suite, "canary-5") == ["home.load", "health.root"]


def test_a_point_runs_only_its_categories(tmp_path: Path) -> None:
    """A check whose category the point does not name is left out."""
    project = a_project(tmp_path)
    project.replace("config/execution-points.yaml", "[api-health, authentication, critical-paths]", "[api-health]")
    assert planned(project.load(), "local") == ["health.root", "health.cart"]


def test_a_check_runs_only_under_its_contracts(suite: Suite) -> None:
    """A check that is limited to other contracts than the environment's is left out."""
    assert planned(suite, "local", "canary") == ["home.load", "login.basic", "health.root"]


def test_the_environment_is_the_points_unless_another_is_asked_for(suite: Suite) -> None:
    """A point brings its environment, and an option overrules it."""
    assert plan(suite, "canary-5", None, EVERYTHING).environment_name == "canary"
    overruled = plan(suite, "canary-5", "local", EVERYTHING)
    assert (overruled.environment_name, overruled.environment.base_url) == ("local", "embedded")


def test_a_check_with_an_account_may_sign_in_and_out(tmp_path: Path) -> None:
    """As the suite's login does, wherever that is; it changes nothing by that alone."""
    project = a_project(tmp_path)
    suite = "config/suites/shop/suite.yaml"
    login = "{request: POST /sign-in, body: {user: '{user}'}, token: token, base: auth}"
    more = f"title: Shop\nlogin: {login}\ntelemetry: [POST /told]\n"
    project.replace(suite, "title: Shop\n", more)
    for place in ("base_url: embedded\n", "base_url: https://canary.example.com\n"):
        project.replace(suite, place, f"{place}    urls: {{auth: https://auth.example/v1}}\n")
    project.replace("e2e/shop/test_home.py", '"POST /login"', '"POST /logout"')
    planned = plan(project.load(), "local", None, EVERYTHING)
    permissions = Permissions(planned, "https://shop.example/base", {"auth": "https://auth.example/v1"})
    assert permissions.of("login.basic", "POST", "/v1/sign-in") == "login: POST /sign-in"
    assert permissions.of("home.load", "POST", "/v1/sign-in") is None, "which has no account"
    assert permissions.of("login.basic", "POST", "/base/logout") == "POST /logout"
    assert permissions.of("nobody", "POST", "/base/logout") is None
    assert [permissions.is_telemetry("POST", path) for path in ("/base/told", "/base/logout")] == [True, False]
    (basic,) = (each for each in planned.checks if each.id == "login.basic")
    assert not permissions.may_write(basic)
    assert permissions.may_write(replace(basic, permits=(*basic.permits, Permit.parse("PUT /cart"))))


def test_what_the_suite_calls_destructive_is_permitted_to_nobody(tmp_path: Path) -> None:
    """Below the target's path, too; what else a check permits stays so."""
    project = a_project(tmp_path)
    project.replace("config/suites/shop/suite.yaml", "title: Shop\n", "title: Shop\ndestructive: [DELETE /*]\n")
    project.replace("e2e/shop/test_home.py", '"POST /login"', '"POST /login", "PUT /cart"')
    planned = plan(project.load(), "local", None, EVERYTHING)
    permissions = Permissions(planned, "https://shop.example/base", {})
    assert permissions.of("login.basic", "PUT", "/base/cart") == "PUT /cart"
    assert permissions.of("login.basic", "DELETE", "/base/cart") is None
    careless = [replace(each, permits=(*each.permits, Permit.parse("DELETE /cart"))) for each in planned.checks]
    permissions = replace(permissions, plan=replace(planned, checks=tuple(careless)))
    assert permissions.of("login.basic", "DELETE", "/base/cart") is None


@pytest.mark.parametrize(
    ("wanted", "check_id", "covered"),
    [
        ("login", "login.basic", True),
        ("login.basic", "login.basic", True),
        ("login", "login", True),
        ("log", "login.basic", False),
        ("login.basic", "login", False),
        ("login.basic", "login.basic-2", False),
        ("", "login.basic", False),
    ],
)
def test_an_id_selects_itself_and_its_branch(wanted: str, check_id: str, covered: bool) -> None:
    """A whole word of an id selects everything below it, and part of a word selects nothing."""
    assert covers(wanted, check_id) is covered


@pytest.mark.parametrize(
    ("selection", "ids"),
    [
        (Selection(checks=("health",)), ["health.root", "health.cart"]),
        (Selection(checks=("health.cart", "login")), ["login.basic", "health.cart"]),
        (Selection(categories=(Category.AUTHENTICATION,)), ["login.basic"]),
        (Selection(checks=("home", "login"), categories=(Category.CRITICAL_PATHS,)), ["home.load"]),
    ],
)
def test_a_selection_narrows_a_run_down(suite: Suite, selection: Selection, ids: list[str]) -> None:
    """Ids and categories together leave what both of them allow."""
    assert planned(suite, "local", selection=selection) == ids


def test_only_critical_checks_are_required(tmp_path: Path) -> None:
    """A check that is not critical is planned and not required."""
    project = a_project(tmp_path)
    project.replace("e2e/shop/test_home.py", 'account="basic"', 'account="basic", critical=False')
    checks = plan(project.load(), "local", None, EVERYTHING).checks
    assert [check.id for check in checks if check.critical] == ["home.load", "health.root", "health.cart"]


def test_an_environment_may_have_budgets_of_its_own(suite: Suite) -> None:
    """The environment's budgets lie on top of the suite's."""
    assert plan(suite, "local", None, EVERYTHING).budgets == {"home.load_ms": 9000, "home.ttfb_ms": 800}
    assert plan(suite, "canary-5", None, EVERYTHING).budgets == {"home.load_ms": 3000, "home.ttfb_ms": 800}


@pytest.mark.parametrize(
    ("point", "env", "selection", "complaint"),
    [
        ("canary", None, EVERYTHING, "POINT: unknown execution point 'canary'; did you mean 'canary-5'?"),
        ("local", "prod", EVERYTHING, "--env: unknown environment 'prod'; known: local, canary"),
        (
            "local",
            None,
            Selection(checks=("home", "logn", "carts")),
            (
                "--check: unknown check 'carts'; known: home.load, login.basic, health.root, health.cart\n"
                "  --check: unknown check 'logn'; did you mean 'login'?"
            ),
        ),
        (
            "canary-5",
            None,
            Selection(checks=("login",)),
            f"nothing to run at canary-5 in canary: {NO_CHECK}",
        ),
    ],
)
def test_a_plan_that_cannot_be_made_says_why(
    suite: Suite, point: str, env: str | None, selection: Selection, complaint: str
) -> None:
    """What does not exist is named with what does, and a run that would look at nothing is refused."""
    with pytest.raises(ConfigError) as caught:
        plan(suite, point, env, selection)
    count = complaint.count("\n") + 1
    assert str(caught.value) == f"command line: {count} problem{'s' * (count > 1)}\n  {complaint}"
