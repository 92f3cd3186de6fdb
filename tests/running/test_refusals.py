"""What a check is told of a request that was stopped."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from smoke.answers.exchange import Request
from smoke.planning.plan import Selection, plan
from smoke.probing.failing import ProbeFailedError
from smoke.running.guard import guard_of
from smoke.running.probes import guarded
from smoke.target import Target
from tests.support.project import a_project


def test_a_check_is_told_of_the_very_request_that_was_stopped(tmp_path: Path) -> None:
    """Of no other one, whatever it, or another check, was refused before."""
    address = "http://shop.invalid"
    target = Target(base_url=address, urls={}, contract="planned", timeout_ms=3000, texts={}, budgets={})
    guard = guard_of(plan(a_project(tmp_path).load(), "local", None, Selection()), target, "the run")
    send = guarded(guard, lambda _headers, _now: None)
    for check_id, path in (("home.load", "/a"), ("home.load", "/b"), ("home.load", "/a"), ("other.load", "/c")):
        with pytest.raises(ProbeFailedError, match=f"sent POST {path}, "):
            asyncio.run(send(Request(method="POST", url=address + path, check_id=check_id), 1.0))
    assert guard.refusal_of("home.load").rule.startswith("the check sent POST /a, ")
