from __future__ import annotations

import dataclasses
import io

import pytest

from smoke.judging.judged import CheckResult, Run
from smoke.model import Blame, Outcome
from smoke.observation import Finding
from smoke.reporting.console import Console
from smoke.reporting.document import document
from tests.support.run_builder import a_result, a_run, an_attempt

WRONG = (
    Finding(rule="status ('down') == 'ok'", blame=Blame.ASSERTION, evidence=("GET /health",)),
    Finding(rule="build (missing) exists", blame=Blame.ASSERTION),
)
FAILED = a_result(an_attempt(findings=WRONG), outcome=Outcome.FAIL, blame=Blame.ASSERTION)
SKIPPED = dataclasses.replace(
    a_result(check_id="carts.read", outcome=Outcome.NOT_RUN),
    attempts=(),
    not_run="carts.create, which it comes after, did not pass",
)


def printed(run: Run) -> list[str]:
    """What a person reads below the table."""
    file = io.StringIO()
    Console(file, plain=True).summary(run, ())
    lines = [line.rstrip() for line in file.getvalue().splitlines()]
    return lines[len(lines) - lines[::-1].index("") :]


def test_every_finding_of_an_attempt_is_told() -> None:
    """Nothing that an attempt found is hidden by what it found first, neither here nor in verdict.json."""
    lines = printed(a_run(FAILED, verdict=Outcome.FAIL))
    assert lines[:4] == [
        "FAIL (ASSERTION) health.api",
        "  attempt 1: status ('down') == 'ok'",
        "    GET /health",
        "  attempt 1: build (missing) exists",
    ]
    (row,) = document(a_run(FAILED)).checks
    assert row.evidence == ("status ('down') == 'ok'", "GET /health", "build (missing) exists")
    assert row.attempts[0].findings == ("status ('down') == 'ok'", "build (missing) exists")


def test_what_was_not_run_says_why() -> None:
    """A check that had no attempt is told with what kept it, on the console and in verdict.json."""
    assert printed(a_run(SKIPPED))[0] == "NOT_RUN carts.read: carts.create, which it comes after, did not pass"
    (row,) = document(a_run(SKIPPED)).checks
    assert row.evidence == ("carts.create, which it comes after, did not pass",)


def test_every_trouble_has_a_line_whatever_failed() -> None:
    """A failed check does not hide what else went wrong."""
    troubles = ("e2e/shop/test_a.py could not be collected: SyntaxError", "cleanup of carts.create: answered 500")
    lines = printed(a_run(FAILED, verdict=Outcome.FAIL, troubles=troubles))
    assert [line for line in lines if line.startswith("trouble: ")] == [f"trouble: {each}" for each in troubles]


LOST = Finding(
    rule="GET / got no answer: getaddrinfo",
    blame=Blame.DNS,
    evidence=("trace id 0af7",),
    cause="the host a.b does not resolve",
)


def lost(name: str, *more: Finding) -> CheckResult:
    return a_result(an_attempt(findings=(LOST, *more)), check_id=name, outcome=Outcome.FAIL, blame=Blame.DNS)


def test_a_shared_cause_is_told_once_with_the_checks_it_took_down() -> None:
    """Rule, evidence, and the way to run it again stand once, and what else one of the checks found is not hidden."""
    besides = Finding(rule="build (missing) exists", blame=Blame.ASSERTION)
    run = a_run(lost("a.api"), lost("a.root"), lost("home.load", besides), FAILED, verdict=Outcome.FAIL)
    assert printed(run)[:7] == [
        "FAIL (DNS) the host a.b does not resolve: took down 3 of 4 checks",
        "  a.api, a.root, home.load",
        "  attempt 1: GET / got no answer: getaddrinfo",
        "    trace id 0af7",
        "  again: smoke run scheduled --suite shop --env production --check a.api",
        "  home.load besides: build (missing) exists",
        "FAIL (ASSERTION) health.api",
    ]


def test_causes_stand_in_the_document() -> None:
    """verdict.json lists each cause with its checks and the way out, for whoever alerts by cause."""
    results = [
        dataclasses.replace(lost(name), hint="Look at the DNS record.") for name in ("health.api", "health.root")
    ]
    (cause,) = document(a_run(*results)).causes
    assert (cause.hint, cause.again) == (
        "Look at the DNS record.",
        "smoke run scheduled --suite shop --env production --check health.api",
    )
    assert (cause.text, cause.blame, cause.checks) == (LOST.cause, Blame.DNS, ("health.api", "health.root"))


@pytest.mark.parametrize(("blame", "may_change"), [(Blame.DNS, True), (Blame.ASSERTION, False)])
def test_a_line_as_it_goes_says_what_may_still_change(blame: Blame, may_change: bool) -> None:
    """Whether the runner itself is offline is only known at the end, so a failure of the network is told with that."""
    file = io.StringIO()
    console = Console(file, plain=True)
    found = an_attempt(findings=(Finding(rule="GET / got no answer: no", blame=blame),))
    with console.progress(1) as progress:
        progress.finished(a_result(found, outcome=Outcome.FAIL, blame=blame))
    assert file.getvalue().rstrip().endswith("(unless this runner is offline)") is may_change


def test_of_very_many_checks_the_table_has_those_that_are_not_green() -> None:
    """And says how many others there were."""
    passed = [a_result(an_attempt(), check_id=f"orders.n{number}") for number in range(120)]
    file = io.StringIO()
    Console(file, plain=True).summary(a_run(*passed, FAILED, verdict=Outcome.FAIL), ())
    said = file.getvalue()
    assert "and 120 checks that passed" in said
    assert "health.api" in said
    assert "orders.n7" not in said
