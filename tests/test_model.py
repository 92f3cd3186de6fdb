from __future__ import annotations

import dataclasses
from enum import StrEnum

import pytest

from smoke.judging.judged import CheckResult, Run
from smoke.model import Action, Blame, Category, CheckKind, Outcome, Scope
from smoke.observation import Attempt, Measurement, SignalKind, Unit
from tests.support.judging import a_check, an_attempt, judged
from tests.support.run_builder import a_run

OURS = {Blame.EDGE_BLOCKED, Blame.ACCOUNT, Blame.STALE_BUILD, Blame.HARNESS, Blame.RUNNER_OFFLINE}


@pytest.mark.parametrize("blame", Blame)
def test_every_blame_has_its_outcome(blame: Blame) -> None:
    """What is not the application's fault, or a breach of safety, is INCONCLUSIVE; everything else is FAIL."""
    assert blame.outcome is (Outcome.INCONCLUSIVE if blame in OURS else Outcome.FAIL)


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


def test_a_run_takes_from_start_to_verdict() -> None:
    """The duration of a run is wall-clock time, not the sum of its checks."""
    assert a_run(started=100.0, finished=112.5).duration_s == 12.5


@pytest.mark.parametrize("noun", [Attempt, CheckResult, Measurement, Run])
def test_nouns_are_frozen(noun: type) -> None:
    """No stage can change what another one said."""
    assert noun.__dataclass_params__.frozen  # type: ignore[attr-defined]
    with pytest.raises(dataclasses.FrozenInstanceError):
        an_attempt().number = 2  # type: ignore[misc]
