from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoke.judging.causes import Cause, beyond_doubt, broken, causes_of, unreachable
from smoke.judging.judge import judge_check, judge_run
from smoke.judging.judged import CheckResult
from smoke.model import Blame, Outcome
from smoke.observation import Attempt, Finding, Observation
from tests.support.judging import a_check, a_finding, a_point, judged
from tests.support.properties import unhurried

LOST = "the host shop.example does not resolve"


def fell(name: str, *findings: Finding, account: str | None = None, tries: int = 1) -> CheckResult:
    """A check that found this in each of its attempts."""
    return judge_check(a_check(name, account=account), seen(name, *findings, tries=tries))


def seen(name: str, *findings: Finding, tries: int = 1) -> Observation:
    attempts = (
        Attempt(number=number, started=0.0, duration_ms=1.0, findings=findings) for number in range(1, tries + 1)
    )
    return Observation(check_id=name, attempts=tuple(attempts))


def of(blame: Blame, cause: str | None = None, rule: str = "it works") -> Finding:
    return Finding(rule=rule, blame=blame, cause=cause)


def grouped(*results: CheckResult) -> list[tuple[str, tuple[str, ...]]]:
    return [(cause.text, cause.checks) for cause in causes_of(results)]


def test_a_host_that_does_not_resolve_is_one_cause() -> None:
    """Checks that fell to the same thing stand under it together, in the order of the plan."""
    results = [fell(name, of(Blame.DNS, LOST, rule=f"{name} answers")) for name in ("a.a", "a.b", "a.c")]
    assert causes_of([*results, judged((), name="a.d")]) == (
        Cause(text=LOST, blame=Blame.DNS, checks=("a.a", "a.b", "a.c")),
    )


def test_different_things_stay_apart() -> None:
    """Another host is another cause, and two checks that broke rules of their own share none though the words agree."""
    other = "the host api.example does not resolve"
    results = [
        fell("a.a", of(Blame.DNS, LOST)),
        fell("a.b", of(Blame.DNS, other)),
        fell("a.c", of(Blame.ASSERTION)),
        fell("a.d", of(Blame.ASSERTION)),
    ]
    assert grouped(*results) == [(LOST, ("a.a",)), (other, ("a.b",)), ("it works", ("a.c",)), ("it works", ("a.d",))]
    assert grouped(fell("a.e", of(Blame.ASSERTION, rule=""))) == [("a.e: ASSERTION", ("a.e",))]


def test_an_account_takes_down_its_own_checks() -> None:
    """Whatever each check was told: one account that is refused is one cause, another account another."""
    results = [
        fell("a.a", of(Blame.ACCOUNT, rule="login answered 423"), account="basic"),
        fell("a.b", of(Blame.ACCOUNT, rule="not tried again"), account="basic"),
        fell("a.c", of(Blame.ACCOUNT, rule="login answered 401"), account="totp"),
    ]
    assert grouped(*results) == [
        ("the account basic cannot be used", ("a.a", "a.b")),
        ("the account totp cannot be used", ("a.c",)),
    ]
    assert grouped(fell("a.d", of(Blame.ACCOUNT, rule="the code is refused"))) == [("the code is refused", ("a.d",))]


def test_a_cause_belongs_to_the_fault_that_has_it() -> None:
    """A check that failed for a server error did not fall to the browser that was gone in the end."""
    failed = fell("a.a", of(Blame.HARNESS, "the browser is gone"), of(Blame.APP_5XX, rule="status (503) == 200"))
    assert (failed.blame, grouped(failed)) == (Blame.APP_5XX, [("status (503) == 200", ("a.a",))])


@pytest.mark.parametrize("blame", [Blame.RUNNER_OFFLINE, Blame.STALE_BUILD])
def test_there_is_one_runner_and_one_deployment(blame: Blame) -> None:
    """A runner without network, or an old build, is one cause in whatever words it was met."""
    results = [fell("a.a", of(blame, rule="build (1) == 2")), fell("a.b", of(blame, rule="build (none seen) == 2"))]
    assert grouped(*results) == [("build (1) == 2", ("a.a", "a.b"))]


def test_what_passed_in_the_end_was_not_taken_down() -> None:
    """A flaky check has a blame, and no cause; one that was not run has neither."""
    flaky = judge_check(
        a_check("a.a"),
        dataclasses.replace(
            seen("a.a", of(Blame.DNS, LOST)),
            attempts=(*seen("a.a", of(Blame.DNS, LOST)).attempts, Attempt(number=2, started=0.0, duration_ms=1.0)),
        ),
    )
    assert (flaky.outcome, flaky.blame) == (Outcome.FLAKY, Blame.DNS)
    assert causes_of([flaky, judged(name="a.b")]) == ()


def test_the_verdict_tells_a_shared_cause_once_and_counts_it() -> None:
    """The reason names the cause and how much fell to it, and counts causes, not checks."""
    results = [fell(name, of(Blame.DNS, LOST)) for name in ("a.a", "a.b")]
    assert judge_run(results, a_point()).reason == f"{LOST}: took down 2 of 2 checks"
    results += [fell("a.c", of(Blame.ASSERTION)), judged((), name="a.d")]
    assert judge_run(results, a_point()).reason == f"{LOST}: took down 2 of 4 checks (and 1 more)"
    assert judge_run([results[2]], a_point()).reason == "a.c failed: it works"


@pytest.mark.parametrize(
    ("blame", "address", "text"),
    [
        (Blame.DNS, "https://shop.example/a", LOST),
        (Blame.TCP, "http://shop.example", "the connection to shop.example:80 fails"),
        (Blame.TCP, "ws://shop.example:9/x", "the connection to shop.example:9 fails"),
        (Blame.TLS, "https://shop.example", "TLS with shop.example:443 fails"),
        (Blame.TCP, "chrome-extension://abc/x", "the connection to abc:443 fails"),
        (Blame.SLOW, "https://shop.example", None),
        (Blame.DNS, "", None),
    ],
)
def test_a_place_that_cannot_be_reached_is_named(blame: Blame, address: str, text: str | None) -> None:
    """A name that does not resolve is told without the port, which has no part in it."""
    assert unreachable(blame, address) == text


def broke(name: str, path: str, status: int) -> CheckResult:
    return fell(name, Finding(rule=f"{name} works", blame=Blame.APP_5XX, cause=broken("GET", path, status)))


def test_one_outage_is_one_cause() -> None:
    """The same server error wherever something failed is told once, with what was asked, as far as that is short."""
    two, three = ([broke(f"a.n{index}", f"/{index}", 500) for index in range(count)] for count in (2, 3))
    assert grouped(*two) == [("the application answers 500 to GET /0, GET /1", ("a.n0", "a.n1"))]
    assert [text for text, _ in grouped(*three)] == ["the application answers 500 to GET /0, GET /1, GET /2"]
    results = [broke(f"a.n{index}", f"/{index}", 503) for index in range(5)]
    everywhere = "the application answers 503 to GET /0, GET /1, GET /2 and 2 more"
    assert grouped(*results) == [(everywhere, ("a.n0", "a.n1", "a.n2", "a.n3", "a.n4"))]
    assert judge_run(results, a_point()).reason == f"{everywhere}: took down 5 of 5 checks"


@pytest.mark.parametrize(
    "other", [broke("a.b", "/b", 500), fell("a.b", of(Blame.ASSERTION)), broke("a.b", "/a", 503)], ids=str
)
def test_two_defects_are_not_one_outage(other: CheckResult) -> None:
    """Another status, or another fault beside it, stays a cause of its own; one request is told by itself."""
    texts = [text for text, _ in grouped(broke("a.a", "/a", 503), other)]
    assert texts[0] == "GET /a answers 503"


def test_only_a_server_error_is_a_cause_of_others() -> None:
    """A path that answers 503, or 429, explains what else needs it; the query does not matter."""
    assert broken("GET", "/cart", 429) == "GET /cart answers 429"
    assert broken("GET", "/cart?id=7", 503) == "GET /cart answers 503"
    assert broken("GET", "/cart", 500) == "GET /cart answers 500"
    assert broken("GET", "/cart", 404) is None


def test_a_second_look_at_a_lost_host_is_taken_once() -> None:
    """After a check that tried twice nobody needs to try twice; after one that tried once, everybody does."""
    assert beyond_doubt([seen("a.a", of(Blame.DNS, LOST), tries=2)]) == {LOST}
    assert beyond_doubt([seen("a.a", of(Blame.DNS, LOST)), seen("a.b", of(Blame.TCP, "x"), tries=2)]) == frozenset()


def test_of_several_looks_at_a_host_the_last_one_counts() -> None:
    lost, other = seen("a.a", of(Blame.DNS, LOST)).attempts, seen("a.a", of(Blame.TCP, "x")).attempts
    assert beyond_doubt([Observation(check_id="a.a", attempts=(*other, *other, *lost))]) == {LOST}
    assert beyond_doubt([Observation(check_id="a.a", attempts=(*lost, *lost, *other))]) == frozenset()


CAUSES = st.sampled_from([None, LOST, "GET /cart answers 503"])
FINDINGS = st.builds(of, st.sampled_from(Blame), CAUSES) | st.builds(a_finding, st.sampled_from(Blame))
CHECKS = st.lists(st.tuples(st.lists(FINDINGS, max_size=3), st.sampled_from([None, "basic", "totp"])), max_size=6)


@unhurried
@given(checks=CHECKS)
def test_every_bad_check_has_exactly_one_cause(
    checks: list[tuple[list[Finding], str | None]],
) -> None:
    """Nothing is told twice and nothing is left out, whatever went wrong together."""
    results = [fell(f"a.n{index}", *found, account=account) for index, (found, account) in enumerate(checks)]
    bad = {result.check.id: result.blame for result in results if result.outcome is not Outcome.PASS}
    causes = causes_of(results)
    assert sorted(check for cause in causes for check in cause.checks) == sorted(bad)
    assert all(bad[check] is cause.blame for cause in causes for check in cause.checks)
    assert all(cause.text and "\n" not in cause.text for cause in causes)
