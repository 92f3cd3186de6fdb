"""Checks, attempts and execution points for tests of the pure middle: say only what the test is about."""

from __future__ import annotations

from typing import Any

from smoke.config.points import ExecutionPoint, FlakyPolicy, OnFailure
from smoke.judging.judge import judge_check
from smoke.judging.judged import CheckResult
from smoke.model import Action, Blame, Category, Check, CheckKind, Scope
from smoke.observation import Attempt, Finding, Observation, Signal, SignalKind


def a_check(name: str = "login.basic", **changes: Any) -> Check:
    return Check(
        **{
            "id": name,
            "title": f"{name} works",
            "category": Category.AUTHENTICATION,
            "kind": CheckKind.JOURNEY,
            "critical": True,
            "scope": Scope.FULL,
            "source": "e2e/shop/test_login.py:3",
            **changes,
        }
    )


def a_finding(blame: Blame, rule: str | None = None) -> Finding:
    return Finding(rule=rule or f"rule of {blame}", blame=blame)


def an_attempt(*blames: Blame, number: int = 1) -> Attempt:
    """One try that found something for each of ``blames``; for none, it passed."""
    return Attempt(number=number, started=0.0, duration_ms=10.0, findings=tuple(map(a_finding, blames)))


def attempts(*tries: tuple[Blame, ...]) -> tuple[Attempt, ...]:
    return tuple(an_attempt(*blames, number=number) for number, blames in enumerate(tries, 1))


def judged(*tries: tuple[Blame, ...], name: str = "login.basic", **changes: Any) -> CheckResult:
    """A check after ``tries``, judged; without any, it was not run."""
    observation = Observation(check_id=name, attempts=attempts(*tries)) if tries else None
    return judge_check(a_check(name, **changes), observation)


def a_point(flaky: FlakyPolicy = FlakyPolicy.ALLOW, action: Action = Action.ROLLBACK, **changes: Any) -> ExecutionPoint:
    return ExecutionPoint(
        **{
            "title": "Canary",
            "phase": "Production",
            "purpose": "Validate the canary",
            "environment": "canary",
            "scope": Scope.FULL,
            "categories": tuple(Category),
            "target_s": 60,
            "timeout_s": 120,
            "flaky": flaky,
            "on_failure": OnFailure(action=action),
            **changes,
        }
    )


def a_signal(text: str, kind: SignalKind = SignalKind.CONSOLE, **changes: Any) -> Signal:
    return Signal(**{"kind": kind, "where": "/", "text": text, **changes})
