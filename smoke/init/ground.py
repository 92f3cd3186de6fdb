"""What is allowed while an application is looked at: reading; and signing in and out where that is wanted."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from itertools import product

from smoke.config.points import ExecutionPoint, FlakyPolicy, OnFailure
from smoke.config.suite import Suite
from smoke.config.suite_file import Environment, SuiteFile
from smoke.init.wanted import ENVIRONMENT, Wanted
from smoke.model import Action, Category, Check, CheckKind, Scope
from smoke.planning.plan import Plan
from smoke.running.guard import Guard, guard_of
from smoke.safety import Permit
from smoke.target import Target

LOOKS, SIGNS = "init.look", "init.sign-in"
"""Who asks: one who only reads, and one who signs in and out."""
TIMEOUT_MS = 30_000.0
DEEPEST = 7


def guard_for(wanted: Wanted) -> Guard:
    """Return the guard of one look at an application that has no suite yet."""
    environment = Environment(base_url=wanted.url, urls=wanted.urls, timeout_ms=TIMEOUT_MS, rate_share=0.5)
    checks = (_check(LOOKS, ()), _check(SIGNS, tuple(_all_writes())))
    suite = Suite(
        name=wanted.suite,
        about=SuiteFile(title=wanted.title, environments={ENVIRONMENT: environment}),
        probes=(),
        noise=(),
        checks=checks,
        points={},
        releases={},
        sha256="",
    )
    plan = Plan(
        suite=suite,
        point_name=ENVIRONMENT,
        point=_point(),
        environment_name=ENVIRONMENT,
        environment=environment,
        checks=checks,
    )
    target = Target(base_url=wanted.url, urls=wanted.urls, contract="", timeout_ms=TIMEOUT_MS, texts={}, budgets={})
    return guard_of(plan, target, f"init-{uuid.uuid4().hex[:8]}")


def _all_writes() -> Iterator[Permit]:
    for method, depth, end in product(("POST", "PUT", "PATCH", "DELETE", "WS"), range(DEEPEST), ("", "/")):
        if depth or end:
            yield Permit(method=method, path="/*" * depth + end)


def _check(name: str, permits: tuple[Permit, ...]) -> Check:
    return Check(
        id=name,
        title=name,
        category=Category.CRITICAL_PATHS,
        kind=CheckKind.JOURNEY,
        critical=True,
        scope=Scope.FULL,
        source="",
        permits=permits,
    )


def _point() -> ExecutionPoint:
    return ExecutionPoint(
        title="Look",
        phase="Development",
        purpose="See what is there",
        environment=ENVIRONMENT,
        scope=Scope.FULL,
        categories=tuple(Category),
        target_s=60,
        timeout_s=120,
        flaky=FlakyPolicy.ALLOW,
        on_failure=OnFailure(action=Action.BLOCK),
    )
