"""Runs and deployments for tests of what comes after the judge: say only what the test is about."""

from __future__ import annotations

from typing import Any

from smoke.dora.deployment import Deployment
from smoke.judging.judged import CheckResult, Run
from smoke.model import Action, Blame, Category, Check, CheckKind, Outcome, Scope
from smoke.observation import Attempt, Finding, Measurement, Step, Unit

STARTED = 1_763_690_000.0


def a_measurement(name: str, value: float | None, unit: Unit = Unit.MS) -> Measurement:
    return Measurement(name=name, value=value, unit=unit)


def an_attempt(*measurements: Measurement, number: int = 1, **changes: Any) -> Attempt:
    return Attempt(
        **{
            "number": number,
            "started": STARTED,
            "duration_ms": 120.0,
            "measurements": measurements,
            "steps": (Step(name="open", duration_ms=80.0), Step(name="read", duration_ms=40.0)),
            **changes,
        }
    )


def a_finding(blame: Blame = Blame.APP_5XX) -> Finding:
    return Finding(rule="GET /health (503) == 200", blame=blame)


def a_result(
    *attempts: Attempt,
    check_id: str = "health.api",
    kind: CheckKind = CheckKind.PROBE,
    outcome: Outcome = Outcome.PASS,
    blame: Blame | None = None,
) -> CheckResult:
    check = Check(
        id=check_id,
        title=f"{check_id} works",
        category=Category.CRITICAL_PATHS if kind is CheckKind.JOURNEY else Category.API_HEALTH,
        kind=kind,
        critical=True,
        scope=Scope.REDUCED,
        source="config/suites/shop/checks.yaml:3",
    )
    return CheckResult(check=check, outcome=outcome, blame=blame, attempts=attempts or (an_attempt(),))


def a_run(*results: CheckResult, **changes: Any) -> Run:
    verdict = changes.get("verdict", Outcome.PASS)
    return Run(
        **{
            "run_id": "run-1",
            "suite": "shop",
            "environment": "production",
            "execution_point": "scheduled",
            "region": "eu-west-1",
            "browser": "chromium",
            "base_url": "https://shop.example",
            "started": STARTED,
            "finished": STARTED + 12.5,
            "verdict": verdict,
            "passed": verdict in {Outcome.PASS, Outcome.FLAKY},
            "action": Action.PROCEED,
            "reason": "all 2 checks passed",
            "failed_category": None,
            "results": results,
            "target_s": 30.0,
            "timeout_s": 60.0,
            "builds": {"abc123": 7},
            **changes,
        }
    )


def a_typical_run(**changes: Any) -> Run:
    """A page and a probe, with every kind of measurement."""
    page = an_attempt(
        a_measurement("homepage.load_ms", 412.0),
        a_measurement("homepage.ttfb_ms", 31.5),
        a_measurement("homepage.fcp_ms", 250.0),
        a_measurement("homepage.lcp_ms", None),
        a_measurement("homepage.cls", 0.01, Unit.SCORE),
        a_measurement("homepage.dcl_ms", 300.0),
    )
    probe = an_attempt(
        a_measurement("health.api.total_ms", 42.0),
        a_measurement("health.api.dns_ms", 1.0),
        a_measurement("health.api.db_ms", 3.0),
        a_measurement("health.api.cache_hit_rate", 0.93, Unit.RATIO),
        a_measurement("health.api.error_rate", 0.002, Unit.RATIO),
        a_measurement("health.api.queue_depth", 4.0, Unit.COUNT),
        a_measurement("health.api.tls_days_left", 80.5, Unit.DAYS),
    )
    return a_run(a_result(page, check_id="homepage.load", kind=CheckKind.JOURNEY), a_result(probe), **changes)


def a_deployment(at: float, build: str, *, lead_s: float | None = None, **changes: Any) -> Deployment:
    """A deployment at ``at``, of a commit that was ``lead_s`` old."""
    success = changes.get("success", True)
    return Deployment(
        **{
            "suite": "betterprompts",
            "environment": "production",
            "build": build,
            "commit": f"c-{build}",
            "point": "post-production",
            "at": at,
            "committed_at": None if lead_s is None else at - lead_s,
            "success": success,
            "failure_reason": None if success else "monitoring: error rate 9 %",
            **changes,
        }
    )
