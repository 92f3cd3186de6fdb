from __future__ import annotations

import pytest

from smoke.model import CheckKind
from smoke.reporting.lines import again, receipt
from smoke.safety import Mutation, Safety
from tests.support.run_builder import a_result, a_run


def wrote(method: str, path: str, count: int) -> Mutation:
    return Mutation(method=method, path=path, count=count, check="carts.create", permission=f"{method} {path}")


LOGIN = wrote("POST", "/login", 2)
STOPPED = ("DELETE /carts/7 (carts.create)",) * 2


@pytest.mark.parametrize(
    ("safety", "line"),
    [
        (Safety(requests=9), "9 requests, 0 blocked, no writes"),
        (Safety(requests=9, mutations=(LOGIN,)), "9 requests, 0 blocked, 2 permitted writes: POST /login x2"),
        (
            Safety(requests=1, mutations=(wrote("PUT", "/a", 1),)),
            "1 request, 0 blocked, 1 permitted write: PUT /a x1",
        ),
        (
            Safety(requests=9, mutations=(LOGIN,), blocked=STOPPED),
            "9 requests, 2 blocked: DELETE /carts/7 (carts.create) x2, 2 permitted writes: POST /login x2",
        ),
    ],
)
def test_the_receipt_counts_writes_and_names_what_was_stopped(safety: Safety, line: str) -> None:
    """Every write is told, and whatever was stopped, with the check that tried it."""
    assert receipt(safety) == line


HOME = {"suite": "betterprompts", "environment": "local", "execution_point": "local"}


@pytest.mark.parametrize(
    ("kind", "run", "command"),
    [
        (CheckKind.JOURNEY, HOME, "smoke run --check health.api --headed"),
        (CheckKind.PROBE, HOME, "smoke run --check health.api"),
        (CheckKind.PROBE, {**HOME, "environment": "staging"}, "smoke run --env staging --check health.api"),
        (
            CheckKind.PROBE,
            {**HOME, "execution_point": "canary-5"},
            "smoke run canary-5 --env local --check health.api",
        ),
        (
            CheckKind.JOURNEY,
            {**HOME, "suite": "my shop", "given_url": "http://a.example/x", "browser": "firefox"},
            "smoke run --suite 'my shop' --base-url http://a.example/x --browser firefox --check health.api --headed",
        ),
        (CheckKind.PROBE, {**HOME, "expected_build": "abc"}, "smoke run --expect-build abc --check health.api"),
    ],
)
def test_a_check_is_run_again_on_the_same_target(kind: CheckKind, run: dict[str, str], command: str) -> None:
    """The command names what is not the default, and a window only where there is one."""
    result = a_result(kind=kind)
    assert again(a_run(result, **run), result.check) == command
