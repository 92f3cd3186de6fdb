from __future__ import annotations

from pathlib import Path

import pytest

from smoke.config.load import load
from smoke.config.paths import suites
from smoke.config.problems import ConfigError
from smoke.model import Category, CheckKind, Scope
from smoke.safety import Permit
from tests.support.project import Project, a_project

SUITE = "config/suites/shop/suite.yaml"
CHECKS = "config/suites/shop/checks.yaml"
NOISE = "config/suites/shop/noise.yaml"
POINTS = "config/execution-points.yaml"
JOURNEYS = "e2e/shop/test_home.py"
ANOTHER = "give one of them another"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return a_project(tmp_path)


def test_a_suite_is_loaded_whole(project: Project) -> None:
    """Journeys and probes become checks, journeys first, and each says where it is written."""
    suite = project.load()
    assert [(check.id, check.kind, check.source) for check in suite.checks] == [
        ("home.load", CheckKind.JOURNEY, f"{JOURNEYS}:5"),
        ("login.basic", CheckKind.JOURNEY, f"{JOURNEYS}:10"),
        ("health.root", CheckKind.PROBE, f"{CHECKS}:2"),
        ("health.cart", CheckKind.PROBE, f"{CHECKS}:9"),
    ]
    assert (suite.name, suite.about.title, [entry.owner for entry in suite.noise]) == ("shop", "Shop", ["web-team"])
    assert (list(suite.points), list(suite.releases)) == (["canary-5", "local"], ["standard"])


def test_a_probe_becomes_a_check_with_all_that_was_said(project: Project) -> None:
    """Title, category, scope and contracts of a probe reach the plan, and it is critical unless it says otherwise."""
    project.replace(CHECKS, "contracts: [planned]", "contracts: [planned]\n    critical: false")
    *_, root, cart = project.load().checks
    assert (root.title, root.category, root.scope, root.critical, root.contracts) == (
        "The service is healthy",
        Category.API_HEALTH,
        Scope.REDUCED,
        True,
        (),
    )
    assert (cart.scope, cart.critical, cart.contracts) == (Scope.FULL, False, ("planned",))


def test_a_journey_becomes_a_check_with_all_that_was_said(project: Project) -> None:
    """Account and permits of a journey reach the plan."""
    login = project.load().checks[1]
    assert (login.title, login.account) == ("The basic account signs in", "basic")
    assert login.permits == (Permit(method="POST", path="/login"),)


def test_suites_are_listed_by_name(project: Project) -> None:
    """A folder is a suite if it holds a suite.yaml."""
    project.write("config/suites/bakery/suite.yaml", "")
    project.write("config/suites/notes/README.md", "")
    assert suites(project.root) == ("bakery", "shop")


def test_an_unknown_suite_is_told_with_the_known_ones(project: Project) -> None:
    """A suite that does not exist is answered with those that do."""
    with pytest.raises(ConfigError) as caught:
        load(project.root, "bakery")
    assert str(caught.value) == "command line: 1 problem\n  --suite: unknown suite 'bakery'; known: shop"


@pytest.mark.parametrize(
    "file",
    [
        *(POINTS, SUITE, CHECKS, NOISE, JOURNEYS),
        *("e2e/shop/deeper/helper.py", "e2e/conftest.py", "page_objects/page.py", "page_objects/shop/home_page.py"),
    ],
)
def test_the_digest_follows_the_files(project: Project, file: str) -> None:
    """Whatever is changed of a suite, its YAML, its journeys or its pages, gives another digest."""
    path = project.root / file
    before = project.load().sha256
    assert project.load().sha256 == before
    project.write(file, (path.read_text(encoding="utf-8") if path.exists() else "") + "# changed\n")
    assert project.load().sha256 != before


def test_the_digest_does_not_follow_other_suites(project: Project) -> None:
    """What another suite is made of changes nothing here."""
    before = project.load().sha256
    project.write("e2e/bakery/test_bread.py", "")
    project.write("page_objects/bakery/bread_page.py", "")
    assert project.load().sha256 == before


@pytest.mark.parametrize(("file", "part"), [(CHECKS, "probes"), (NOISE, "noise")])
def test_probes_and_noise_may_be_left_out(project: Project, file: str, part: str) -> None:
    """A suite without checks.yaml has no probes, and one without noise.yaml accepts nothing."""
    assert getattr(project.load(), part)
    (project.root / file).unlink()
    assert getattr(project.load(), part) == ()


@pytest.mark.parametrize(
    ("file", "way_out"),
    [
        (SUITE, "it needs title and environments"),
        (POINTS, "it needs points"),
        (CHECKS, "it needs probes"),
        (NOISE, "remove it, or give it noise"),
    ],
)
def test_an_empty_file_says_what_belongs_there(project: Project, file: str, way_out: str) -> None:
    """A file without content is a mistake, even where it might be left out: perhaps it was lost."""
    project.write(file, "# nothing yet\n")
    assert project.complaint() == f"{file}: 1 problem\n  line 1: is empty; {way_out}"


@pytest.mark.parametrize(
    ("expectation", "told"),
    [
        ("matches: ['.*']", "'.*' is found in every text, also in an empty one: it can never fail"),
        ("matches: ['^ *']", "'^ *' is found in every text, also in an empty one: it can never fail"),
        ("contains: ['']", "contains '' holds for every body: it can never fail"),
    ],
)
def test_an_expectation_that_can_never_fail_is_refused(project: Project, expectation: str, told: str) -> None:
    """It would be green whatever the answer, and look as if something was verified."""
    project.replace(CHECKS, "expect: {status: 200}", f"expect: {{{expectation}}}")
    assert told in project.complaint()


@pytest.mark.parametrize("pattern", [".+", "^$", "^[0-9]*$", "ok|^fine", "(?s)<html.*", "^(?!.*Sorry, 1.5)"])
def test_an_expectation_that_may_fail_is_none_of_them(project: Project, pattern: str) -> None:
    """However little it asks for."""
    project.replace(CHECKS, "expect: {status: 200}", f"expect: {{matches: ['{pattern}']}}")
    project.load()


def test_the_problems_of_all_files_are_told_together(project: Project) -> None:
    """One look is enough to mend a configuration: every file, every line, every key, and the way out."""
    project.replace(POINTS, "action: rollback", "action: proceed")
    project.replace(SUITE, "    timeout_ms: 2000\n", "    timeout_ms: fast\n    bugdets: {}\n")
    project.replace(SUITE, "password: SHOP_PASSWORD", "password: hunter2")
    project.replace(CHECKS, "request: GET /health\n", "request: fetch /health\n")
    project.replace(CHECKS, "expect: {status: 200}", "expect: {json: {status: {matches: '(ok'}}}")
    project.replace(NOISE, "cookie .* blocked", "'[cookie'")
    project.replace(JOURNEYS, '"""The homepage loads."""', "pass")
    project.replace(JOURNEYS, '"POST /login"', '"GET /login"')
    assert project.complaint() == (
        "config/execution-points.yaml: 1 problem\n"
        "  line 12, points.canary-5.on_failure: "
        "what does not pass cannot proceed; action is block, rollback or escalate\n"
        "config/suites/shop/checks.yaml: 2 problems\n"
        "  line 2, probes[0]: request must be a method and a path, such as GET /health; got 'fetch /health'\n"
        "  line 14, probes[1].expect.json.status: "
        "'(ok' is not a regular expression: missing ), unterminated subpattern at position 0\n"
        "config/suites/shop/noise.yaml: 1 problem\n"
        "  line 2, noise[0]: '[cookie' is not a regular expression: unterminated character set at position 0\n"
        "config/suites/shop/suite.yaml: 3 problems\n"
        "  line 10, environments.canary.timeout_ms: "
        "input should be a valid number, unable to parse string as a number, got 'fast'\n"
        "  line 11, environments.canary.bugdets: unknown key; did you mean 'budgets'?\n"
        "  line 17, accounts.basic.password: "
        "password and totp name environment variables such as SMOKE_TEST_PASSWORD, never secrets\n"
        "e2e/shop/test_home.py: 2 problems\n"
        "  line 5, test_home: needs a docstring: its first line is the title in every report\n"
        "  line 10, test_login: a permit is a writing method and a path, such as POST /login; got 'GET /login'"
    )


@pytest.mark.parametrize(
    ("file", "old", "new", "complaint"),
    [
        (
            CHECKS,
            "id: health.cart",
            "id: health.root",
            f"{CHECKS}: 1 problem\n  line 9, id: check id 'health.root' is already taken by {CHECKS}:2; {ANOTHER}",
        ),
        (
            CHECKS,
            "id: health.cart",
            "id: home.load",
            f"{CHECKS}: 1 problem\n  line 9, id: check id 'home.load' is already taken by {JOURNEYS}:5; {ANOTHER}",
        ),
        (
            JOURNEYS,
            'account="basic"',
            'account="premium"',
            f"{JOURNEYS}: 1 problem\n  line 10, login.basic: unknown account 'premium'; suite.yaml knows: basic",
        ),
        (
            POINTS,
            "{point: canary-5}",
            "{point: canary-50}",
            (
                f"{POINTS}: 1 problem\n"
                "  line 26, releases.standard[0].point: unknown execution point 'canary-50'; did you mean 'canary-5'?"
            ),
        ),
        (
            POINTS,
            "target_s: 60\n",
            "target_s: 600\n",
            f"{POINTS}: 1 problem\n  line 2, points.canary-5: target_s (600) must not exceed timeout_s (120)",
        ),
        (
            SUITE,
            "https://canary.example.com",
            "canary.example.com",
            (
                f"{SUITE}: 1 problem\n"
                "  line 9, environments.canary.base_url: base_url must be embedded, start with http:// or https://, "
                "or be $NAME; got 'canary.example.com'"
            ),
        ),
        (
            CHECKS,
            "id: health.root",
            "id: Health",
            (
                f"{CHECKS}: 1 problem\n"
                "  line 2, probes[0]: a check id is dotted lower-case words such as login.totp; got 'Health'"
            ),
        ),
        *(
            (
                CHECKS,
                "GET /health\n",
                f"GET {path}\n",
                (
                    f"{CHECKS}: 1 problem\n"
                    f"  line 2, probes[0]: a path has no . and no .. between its slashes; got 'GET {path}'"
                ),
            )
            for path in ("/../x", "/a/./x", "/a/%2E%2e", "/..?a=b")
        ),
    ],
)
def test_a_mistake_is_told_with_the_way_out(project: Project, file: str, old: str, new: str, complaint: str) -> None:
    """What contradicts another file, or itself, is told where it stands, with what would be right."""
    project.replace(file, old, new)
    assert project.complaint() == complaint


def test_references_are_all_told_together(project: Project) -> None:
    """An unknown account, a taken id and an unknown point are found in one go."""
    project.replace(CHECKS, "id: health.cart", "id: home.load")
    project.replace(JOURNEYS, 'account="basic"', 'account="premium"')
    project.replace(POINTS, "{point: canary-5}", "{point: canary-50}")
    assert project.complaint().count("1 problem\n") == 3


def test_a_missing_file_is_told_beside_other_problems(project: Project) -> None:
    """A file that is not there does not hide what is wrong in the others."""
    (project.root / POINTS).unlink()
    project.replace(NOISE, "kind: console", "kind: konsole")
    told = project.complaint()
    assert f"{POINTS}: 1 problem\n  is missing, so nobody knows when to run what: copy the one of the harness" in told
    assert "docs/new-suite.md" in told
    assert "line 2, noise[0].kind: input should be 'console', 'page-error' or 'request', got 'konsole'" in told


@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("check.yaml", "did you mean checks.yaml?"),
        ("checks.yml", "did you mean checks.yaml?"),
        ("Noise.yaml", "did you mean noise.yaml?"),
        ("orders/checks.yaml", "did you mean checks.yaml?"),
        ("zebra.yaml", "a suite has suite.yaml, checks.yaml, noise.yaml"),
    ],
)
def test_a_file_that_nobody_reads_is_told(project: Project, file: str, told: str) -> None:
    """Probes in a misnamed file would never run; hidden files and other kinds of files are no matter."""
    project.write("config/suites/shop/.cache/check.yaml", "")
    project.write("config/suites/shop/README.md", "")
    project.load()
    project.write(f"config/suites/shop/{file}", "probes: []")
    assert project.complaint() == f"config/suites/shop/{file}: 1 problem\n  is read by nobody; {told}"


def test_pages_without_a_journey_do_not_load(project: Project) -> None:
    """A run of a suite whose journeys are in a misnamed folder would be green without them."""
    project.write("page_objects/shop/home_page.py", "")
    project.replace(SUITE, "    budgets:\n      home.load_ms: 9000\n", "")
    project.replace(SUITE, "budgets:\n  home.load_ms: 3000\n  home.ttfb_ms: 800\n", "")
    project.load()
    (project.root / "e2e/shop").rename(project.root / "e2e/shops")
    assert project.complaint() == (
        "page_objects/shop: 1 problem\n  is used by no journey, for there is no folder e2e/shop: "
        "write one into e2e/shop/test_….py, or remove the folder"
    )


@pytest.mark.parametrize(
    "path", ["items[0.price", "items.[0]", "items[]", "a..b", ".a", "a.", "$a", "a[-1]", "a['b']", ""]
)
def test_a_json_path_is_well_formed(project: Project, path: str) -> None:
    """What a slip of the keyboard makes of a path is told where the path is said."""
    expected = f"{path!r} is not a JSON path: write names with a dot between them"
    written = path.replace("'", "''")
    project.replace(CHECKS, "expect: {status: 200}", f"expect: {{json: {{'{written}': {{type: number}}}}}}")
    assert f"{CHECKS}: 1 problem\n  line 14, probes[1].expect: {expected}" in project.complaint()


@pytest.mark.parametrize(
    ("file", "keys", "place"),
    [
        (CHECKS, "    capture: {price: 'items[0.price'}", "line 9, probes[1]"),
        (CHECKS, "    counter: {read: GET /n, must: stay, json: 'items[0.price'}", "line 15, probes[1].counter"),
        (SUITE, "login: {request: POST /login, body: {}, token: 'items[0.price'}", "line 20, login.token"),
    ],
)
def test_a_json_path_is_well_formed_wherever_it_stands(project: Project, file: str, keys: str, place: str) -> None:
    """What is captured, counted and signed in with is found by paths of the same form."""
    path = project.root / file
    path.write_text(path.read_text(encoding="utf-8") + keys + "\n", encoding="utf-8")
    assert f"{file}: 1 problem\n  {place}: 'items[0.price' is not a JSON path: " in project.complaint()
    project.replace(file, "items[0.price", "$.items[0].unit price")
    project.load()


@pytest.mark.parametrize(
    ("login", "told"),
    [
        (
            "{request: POST /login, body: {who: ['{user}', '{pasword}']}, token: token}",
            "body: a login does not know {pasword}; did you mean {password}?",
        ),
        (
            "{request: POST /login, form: {name: '{user}', pass: '{run}'}, cookie: session}",
            "form: a login does not know {run}; it knows {password}, {user}",
        ),
        (
            "{request: 'POST /login/{user}', body: {}, token: token}",
            "request: request is sent as it is written, with {user}: say in body or form who signs in",
        ),
    ],
)
def test_a_login_knows_user_and_password(project: Project, login: str, told: str) -> None:
    """A name that nobody fills in is told before anybody signs in."""
    about = (project.root / SUITE).read_text(encoding="utf-8")
    project.write(SUITE, f"{about}login: {login}\n")
    assert project.complaint() == f"{SUITE}: 1 problem\n  line 20, login.{told}"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "budgets:\n  home.load_ms: 3000\n",
            "destructive:\n  - DELETE /a\n  - DELTE /api/*\nbudgets:\n  home.load_ms: 3000\n",
            (
                "line 19, destructive[1]: a destructive request is a writing method and a path, such as "
                "DELETE /api/v1/users/*; got 'DELTE /api/*'; did you mean 'DELETE /api/*'?"
            ),
        ),
        (
            "budgets:\n  home.load_ms: 3000\n",
            "telemetry:\n  - /telemetry\nbudgets:\n  home.load_ms: 3000\n",
            (
                "line 18, telemetry[0]: telemetry is a writing method and a path, such as "
                "PATCH /api/v1/telemetry; got '/telemetry'"
            ),
        ),
        (
            "    contract: as-built\n",
            "    rate_limits:\n      /api: 20/min\n      /login: 20 a minute\n",
            "line 13, environments.canary.rate_limits./login: a rate limit is requests per",
        ),
        (
            "    contract: as-built\n",
            "    controls:\n      - one.example:443\n      - two.example\n",
            "line 13, environments.canary.controls[1]: controls must be host:port; got 'two.example'",
        ),
        (
            "password: SHOP_PASSWORD\n",
            "password: SHOP_PASSWORD\n    may_not:\n      - GET /a\n      - POST /b\n",
            "line 19, accounts.basic.may_not[1]: may_not only reads",
        ),
        (
            "password: SHOP_PASSWORD\n",
            (
                "password: SHOP_PASSWORD\nlogin:\n  request: POST /login\n  body: {}\n  token: t\n"
                "  whoami:\n    request: GET /me\n    role: a..b\n"
            ),
            "line 23, login.whoami.role: 'a..b' is not a JSON path",
        ),
    ],
    ids=["destructive", "telemetry", "rate_limits", "controls", "may_not", "whoami"],
)
def test_a_wrong_value_is_told_on_its_own_line(project: Project, old: str, new: str, told: str) -> None:
    """Whoever looks there finds it, under the name of its own key and not of what it stands in."""
    project.replace(SUITE, old, new)
    assert f"{SUITE}: 1 problem\n  {told}" in project.complaint()


def test_all_wrong_values_of_one_place_are_told_together(project: Project) -> None:
    """Who mends one of them need not run again to learn of the next."""
    project.replace(SUITE, "password: SHOP_PASSWORD", "password: hunter2\n    totp: also\n    may_not: [POST /b]")
    told = project.complaint()
    assert f"{SUITE}: 3 problems" in told
    for line, key in ((16, "password"), (17, "totp"), (18, "may_not[0]")):
        assert f"  line {line}, accounts.basic.{key}: " in told
