from __future__ import annotations

import dataclasses
from enum import StrEnum

import pytest

from smoke.judging.judged import CheckResult, Run
from smoke.model import (
    Action,
    Attempt,
    Blame,
    Category,
    CheckKind,
    Finding,
    Measurement,
    Outcome,
    Scope,
    SignalKind,
    Unit,
    told,
)
from tests.support.judging import a_check, a_finding, an_attempt, judged
from tests.support.run_builder import a_run

OURS = {Blame.EDGE_BLOCKED, Blame.ACCOUNT, Blame.STALE_BUILD, Blame.HARNESS, Blame.RUNNER_OFFLINE}


@pytest.mark.parametrize("blame", Blame)
def test_every_blame_has_its_outcome(blame: Blame) -> None:
    """What is not the application's fault, or a breach of safety, is INCONCLUSIVE; everything else is FAIL."""
    assert blame.outcome is (Outcome.INCONCLUSIVE if blame in OURS else Outcome.FAIL)


@pytest.mark.parametrize(
    ("value", "budget", "ok"),
    [
        (99.9, 100.0, True),
        (100.0, 100.0, True),
        (100.1, 100.0, False),
        (0.0, 0.1, True),
        (None, 100.0, None),
        (99.9, None, None),
        (None, None, None),
    ],
)
def test_a_measurement_knows_whether_its_budget_is_kept(
    value: float | None, budget: float | None, ok: bool | None
) -> None:
    """The budget itself is still good, and what was not observed is neither good nor bad."""
    assert Measurement(name="home.load_ms", value=value, budget=budget).ok is ok


@pytest.mark.parametrize(
    ("blames", "outcome"),
    [
        ((), Outcome.PASS),
        ((Blame.ACCOUNT,), Outcome.INCONCLUSIVE),
        ((Blame.APP_5XX,), Outcome.FAIL),
        ((Blame.ACCOUNT, Blame.APP_5XX), Outcome.FAIL),
        ((Blame.SAFETY, Blame.ACCOUNT), Outcome.FAIL),
    ],
)
def test_an_attempt_is_as_bad_as_its_worst_finding(blames: tuple[Blame, ...], outcome: Outcome) -> None:
    """An attempt passes without findings only, and fails if the application is to blame for one of them."""
    assert an_attempt(*blames).outcome is outcome


def test_a_result_without_blame_still_tells_its_findings() -> None:
    """A bad attempt is never without a reason, whoever built the result."""
    result = CheckResult(
        check=a_check(), outcome=Outcome.FAIL, blame=None, attempts=(an_attempt(Blame.TCP), an_attempt(Blame.DNS))
    )
    assert result.reason == "rule of DNS"


def test_a_result_without_attempts_says_why_and_took_no_time() -> None:
    """Of a check that was not run there is nothing to tell but what kept it from running."""
    result = dataclasses.replace(judged(), not_run="interrupted")
    assert (result.last, result.reason, result.duration_ms) == (None, "interrupted", 0)


@pytest.mark.parametrize(
    ("words", "enum"),
    [
        ("api-health database external-services authentication critical-paths", Category),
        ("journey probe", CheckKind),
        ("reduced full", Scope),
        ("PASS FLAKY FAIL INCONCLUSIVE NOT_RUN", Outcome),
        (
            (
                "DNS TCP TLS APP_5XX APP_4XX JS_ERROR ASSERTION SLOW "
                "EDGE_BLOCKED ACCOUNT STALE_BUILD HARNESS RUNNER_OFFLINE SAFETY"
            ),
            Blame,
        ),
        ("proceed block rollback escalate", Action),
        ("ms ratio count score days", Unit),
        ("console page-error request", SignalKind),
    ],
)
def test_words_are_as_documented(words: str, enum: type[StrEnum]) -> None:
    """Configuration, verdict.json, history and other people's scripts rely on these words."""
    assert list(enum) == words.split()


def test_findings_are_told_with_their_evidence() -> None:
    """Each rule is followed by what supports it, line by line."""
    found = [Finding(rule="a == b", blame=Blame.ASSERTION, evidence=("a is 1", "b is 2")), a_finding(Blame.TCP, "c")]
    assert told(found) == "a == b\na is 1\nb is 2\nc"
    assert told([]) == ""


def test_a_run_takes_from_start_to_verdict() -> None:
    """The duration of a run is wall-clock time, not the sum of its checks."""
    assert a_run(started=100.0, finished=112.5).duration_s == 12.5


@pytest.mark.parametrize("noun", [Attempt, CheckResult, Measurement, Run])
def test_nouns_are_frozen(noun: type) -> None:
    """No stage can change what another one said."""
    assert noun.__dataclass_params__.frozen  # type: ignore[attr-defined]
    with pytest.raises(dataclasses.FrozenInstanceError):
        an_attempt().number = 2  # type: ignore[misc]
