"""What no single file can say: every reference that leads nowhere, and values that contradict each other."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.project import Project, a_project

SUITE = "config/suites/shop/suite.yaml"
CHECKS = "config/suites/shop/checks.yaml"
NOISE = "config/suites/shop/noise.yaml"
JOURNEYS = "e2e/shop/test_home.py"
HELPER = "e2e/shop/opened.py"
LOGIN = "login: {request: POST /login, body: {user: '{user}'}, token: token}\n"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return a_project(tmp_path)


def probe_says(project: Project, keys: str) -> None:
    """Add ``keys`` to the second probe, in line 13."""
    project.replace(CHECKS, "contracts: [planned]\n", f"contracts: [planned]\n    {keys}\n")


def says(project: Project, file: str, text: str) -> None:
    path = project.root / file
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        (
            "after: [health.rot]",
            "line 13, probes[1].after: unknown probe 'health.rot'; did you mean 'health.root'?",
        ),
        ("after: [health.cart]", "line 13, probes[1].after: waits for itself: health.cart after health.cart"),
        ("cleanup: GET /{cart}", "line 13, probes[1].cleanup: neither it nor what it comes after captures {cart}"),
        ("account: basic", "line 13, probes[1].account: signs in, but suite.yaml does not say how; add login"),
        ("base: api", "line 13, probes[1].base: environment local has no url 'api'; it has: none"),
    ],
)
def test_what_a_probe_refers_to_is_there(project: Project, keys: str, told: str) -> None:
    """Another probe, a captured value, a login or an address that is not there is told with the way out."""
    probe_says(project, keys)
    assert project.complaint() == f"{CHECKS}: 1 problem\n  {told}"


@pytest.mark.parametrize("keys", ["headers: {X-Cart: '{cart}'}", "body: {carts: ['{cart}']}"])
def test_a_value_is_captured_before_it_is_sent(project: Project, keys: str) -> None:
    """A name in braces comes from a probe that the sending one comes after; not from any, and not from itself."""
    probe_says(project, keys + "\n    capture: {cart: id}")
    assert project.complaint() == (
        f"{CHECKS}: 1 problem\n"
        f"  line 13, probes[1].{keys.partition(':')[0]}: "
        "nothing that it comes after captures {cart}; name that probe in after"
    )
    project.replace(CHECKS, "request: GET /health\n", "request: GET /health\n    capture: {cart: id}\n")
    project.replace(CHECKS, "title: The cart is healthy\n", "title: The cart is healthy\n    after: [health.root]\n")
    project.load()


@pytest.mark.parametrize(
    ("expect", "key"),
    [
        ("matches: ['id {order}']", "matches[0]"),
        ("contains: [fine, 'id {order}']", "contains[1]"),
        ("lacks: ['{order}']", "lacks[0]"),
        ("json: {id: {equals: '{order}'}}", "json.id.equals"),
        ("json: {id: {matches: '^{order}$'}}", "json.id.matches"),
        ("headers: {ETag: {equals: '{order}'}}", "headers.ETag.equals"),
        ("headers: {ETag: {matches: '{order}'}}", "headers.ETag.matches"),
        ("redirects_to: '/{order}'", "redirects_to"),
    ],
)
def test_a_value_is_captured_before_it_is_expected(project: Project, expect: str, key: str) -> None:
    """A misspelt name in an expectation would be looked for as it is written: nothing lacks what nobody could say."""
    project.replace(CHECKS, "expect: {status: 200}", f"expect: {{{expect}}}")
    project.replace(CHECKS, "request: GET /health\n", "request: GET /health\n    capture: {orders: id}\n")
    project.replace(CHECKS, "title: The cart is healthy\n", "title: The cart is healthy\n    after: [health.root]\n")
    assert project.complaint() == (
        f"{CHECKS}: 1 problem\n  line 16, probes[1].expect.{key}: "
        "nothing captures {order}; did you mean {orders}?; braces that the answer itself has are written \\{x\\} in "
        "matches, or with one of them left out"
    )
    project.replace(CHECKS, "{order}", "{orders}{run}{origin}")
    project.load()


@pytest.mark.parametrize(
    "expect",
    [
        r"matches: ['\d{3} [a-z]{2,4} \{order\}']",
        "contains: ['{\"a\": {\"b\": 1}}', '{ order }', '{Order}', '{order']",
        "json: {id: {matches: '^[0-9]{8}$', equals: '{}'}}",
        "json_schema: {description: 'of /orders/{order}'}",
        "openapi: {skip: ['/orders/{order}']}",
    ],
)
def test_other_braces_are_no_names(project: Project, expect: str) -> None:
    """Quantifiers, JSON and what describes an API have braces of their own."""
    project.replace(CHECKS, "expect: {status: 200}", f"expect: {{{expect}}}")
    project.load()


def test_a_counter_is_read_with_what_is_known(project: Project) -> None:
    """The number is read before the probe asks, so what the probe itself captures is not known yet."""
    probe_says(project, "counter: {read: 'GET /n/{rnu}', must: stay, json: n}")
    assert project.complaint() == (
        f"{CHECKS}: 1 problem\n  line 13, probes[1].counter.read: nothing captures {{rnu}}; did you mean {{run}}?"
    )


def test_a_cleanup_may_use_what_its_own_probe_captured(project: Project) -> None:
    """What a probe made is tidied away by the id that its answer gave."""
    probe_says(project, "cleanup: GET /{cart}/{run}\n    capture: {cart: id}")
    project.load()


def test_a_probe_with_an_account_loads_once_there_is_a_login(project: Project) -> None:
    """The way out of a missing login works, and an unknown account is told all the same."""
    says(project, SUITE, LOGIN)
    probe_says(project, "account: basic")
    project.load()
    project.replace(CHECKS, "account: basic", "account: premium")
    assert project.complaint() == (
        f"{CHECKS}: 1 problem\n  line 9, health.cart: unknown account 'premium'; suite.yaml knows: basic"
    )


def test_a_time_limit_fits_into_the_time_out(project: Project) -> None:
    """A limit that an environment would never wait for is told; environments where the probe does not run are not."""
    project.replace(CHECKS, "expect: {status: 200}", "expect: {status: 200, within_ms: 4000}")
    project.load()
    project.replace(CHECKS, "within_ms: 4000", "within_ms: 6000")
    assert project.complaint() == (
        f"{CHECKS}: 1 problem\n  line 14, probes[1].expect: within_ms (6000) exceeds timeout_ms (5000) of local"
    )


@pytest.mark.parametrize(
    ("file", "old", "new", "place"),
    [
        (CHECKS, "contracts: [planned]", "contracts: [planed]", "line 9, health.cart"),
        (JOURNEYS, 'scope="reduced"', 'contracts=["planed"]', "line 5, home.load"),
        (NOISE, "owner: web-team", "owner: web-team\n    contracts: [as-built, planed]", "line 6, noise[0].contracts"),
    ],
)
def test_a_contract_is_one_of_an_environment(project: Project, file: str, old: str, new: str, place: str) -> None:
    """A misspelt contract would take a check out of every run, so it is no contract."""
    project.replace(file, old, new)
    told = project.complaint()
    assert told.startswith(
        f"{file}: 1 problem\n  {place}: unknown contract 'planed'; "
        "the environments in suite.yaml have: planned, as-built"
    )


@pytest.mark.parametrize(
    ("contract", "way_out"), [("as-biult", "did you mean 'as-built'?"), ("moon", "known: planned, as-built, flags")]
)
def test_an_environment_has_a_contract_that_something_is_limited_to(
    project: Project, contract: str, way_out: str
) -> None:
    """A contract that nothing is limited to changes nothing: it is misspelt."""
    project.replace(CHECKS, "contracts: [planned]", "contracts: [flags]")
    project.replace(SUITE, "timeout_ms: 5000", "timeout_ms: 5000\n    contract: flags")
    project.load()
    project.replace(SUITE, "contract: as-built", f"contract: {contract}")
    assert project.complaint() == (
        f"{SUITE}: 1 problem\n  line 12, environments.canary.contract: "
        f"no check and no noise is limited to the contract '{contract}'; {way_out}"
    )


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "  home.ttfb_ms: 800",
            "  home.tfb_ms: 800",
            "line 19, budgets.home.tfb_ms: no journey measures this; did you mean 'home.ttfb_ms'?",
        ),
        (
            "home.load_ms: 9000",
            "hoem.load_ms: 9000",
            "line 7, environments.local.budgets.hoem.load_ms: no journey measures this; did you mean 'home.load_ms'?",
        ),
        (
            "  home.ttfb_ms: 800",
            "  checkout: 800",
            (
                "line 19, budgets.checkout: no journey measures this; measured are: "
                "home.cls, home.dcl_ms, home.fcp_ms, home.lcp_ms, home.load_ms, home.ttfb_ms"
            ),
        ),
        (
            "  home.ttfb_ms: 800",
            "  health.root.total_ms: 800",
            (
                "line 19, budgets.health.root.total_ms: no journey measures this; "
                "what limits a probe is within_ms in checks.yaml"
            ),
        ),
    ],
)
def test_a_budget_limits_something(project: Project, old: str, new: str, told: str) -> None:
    """A budget that no measurement has would let everything pass: it is told, with the name that was meant."""
    project.replace(SUITE, old, new)
    assert project.complaint() == f"{SUITE}: 1 problem\n  {told}"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "  home.ttfb_ms: 800\n",
            "  home.ttfb_ms: 800\nceilings: {home.tfb_ms: 2000}\n",
            "line 20, ceilings.home.tfb_ms: is the ceiling of no budget; did you mean 'home.ttfb_ms'?",
        ),
        (
            "  home.ttfb_ms: 800\n",
            "  home.ttfb_ms: 800\nceilings: {home.ttfb_ms: 700}\n",
            "line 20, ceilings.home.ttfb_ms: ceiling (700) must not be below its budget (800)",
        ),
        (
            "  home.ttfb_ms: 800\n",
            "  home.ttfb_ms: 800\n  home.cls: 0.1\nceilings: {home.cls: 1}\n",
            "line 21, ceilings.home.cls: is no time, and one sample of it decides; remove it",
        ),
        (
            "      home.load_ms: 9000\n",
            "      home.load_ms: 9000\n    ceilings: {home.load_ms: 8000}\n",
            "line 8, environments.local.ceilings.home.load_ms: ceiling (8000) must not be below its budget (9000)",
        ),
        (
            "  home.ttfb_ms: 800\n",
            "  home.ttfb_ms: 800\nceilings: {home.load_ms: 8000}\n",
            "line 7, environments.local.budgets.home.load_ms: ceiling (8000) must not be below its budget (9000)",
        ),
        (
            "  home.ttfb_ms: 800\n",
            "  home.ttfb_ms: 800\npage: {budgets: {lcp_ms: 4000}, ceilings: {lpc_ms: 9000}}\n",
            "line 20, page.ceilings.lpc_ms: is the ceiling of no budget; did you mean 'lcp_ms'?",
        ),
    ],
)
def test_a_ceiling_is_that_of_a_budget(project: Project, old: str, new: str, told: str) -> None:
    """One that is misspelt, or below what is still good, is told with the way out."""
    project.replace(SUITE, old, new)
    assert project.complaint() == f"{SUITE}: 1 problem\n  {told}"


@pytest.mark.parametrize(
    ("expect", "told"),
    [
        ("ceiling_ms: 400", "ceiling_ms goes with within_ms: say what is still good, too"),
        ("within_ms: 500, ceiling_ms: 400", "ceiling_ms (400) must not be below within_ms (500)"),
    ],
)
def test_a_probe_has_a_ceiling_above_what_is_good(project: Project, expect: str, told: str) -> None:
    """Alone, or below, it would say nothing."""
    says(
        project,
        CHECKS,
        f"  - {{id: a.b, title: A, category: api-health, request: GET /a, expect: {{{expect}}}}}\n",
    )
    assert told in project.complaint()


def test_a_budget_without_a_journey_limits_nothing(project: Project) -> None:
    """Where a measurement is taken out of the journeys, its budgets are told."""
    project.replace(HELPER, 'journey.measure_page(page, "home")', "pass")
    assert project.complaint().count("no journey measures this; measured are: none") == 3


@pytest.mark.parametrize("destroys", ["POST /login", "POST /*"])
def test_no_check_permits_what_the_suite_calls_destructive(project: Project, destroys: str) -> None:
    """Such a permit would never hold: it is told at the check, with the way out."""
    says(project, SUITE, f"destructive: [{destroys}]\n")
    assert project.complaint() == (
        f"{JOURNEYS}: 1 problem\n"
        f"  line 10, login.basic: permits POST /login, but destructive in suite.yaml forbids {destroys} to every "
        "check; take it out of destructive, or out of this check"
    )


def test_a_permit_beside_what_is_destructive_is_good(project: Project) -> None:
    """Other methods and other paths are another matter."""
    says(project, SUITE, "destructive: [DELETE /login, POST /login/*]\n")
    project.load()


@pytest.mark.parametrize("other", ["stabel", "canary"])
def test_a_canary_is_compared_with_another_environment(project: Project, other: str) -> None:
    project.replace(SUITE, "contract: as-built\n", f"contract: as-built\n    compare_with: {other}\n")
    assert f"environments.canary.compare_with: names no other environment: '{other}'; there are: local" in (
        project.complaint()
    )
