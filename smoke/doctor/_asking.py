"""Asks for one page, as often as somebody wants to know it once."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from functools import cache

from smoke.accounts.clock import offset_of
from smoke.planning.plan import Plan
from smoke.settings import Settings

ANSWER_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An answer."""

    status: int
    took_ms: float
    ahead_s: float | None
    """Seconds that the clock of who answered is ahead of ours; None where it does not say."""


@cache
def ask(url: str) -> Asked | str:
    """Return what GET ``url`` answers, or a sentence that says why nothing; asks once."""
    from smoke.answers.exchange import Request
    from smoke.probing.client import send
    from smoke.probing.failing import ProbeFailedError

    try:
        answer = asyncio.run(send(Request(method="GET", url=url), ANSWER_S))
    except ProbeFailedError as error:
        return error.finding.rule
    kept = (answer.header("age") or "0") != "0"
    ahead = None if kept else offset_of(answer.header("date") or "", time.time())
    return Asked(status=answer.status, took_ms=answer.timing.total_ms, ahead_s=ahead)


def target_of(planned: Plan, settings: Settings) -> str | None:
    """Return the address of the target, None where it is embedded; raises ConfigError if nobody says it."""
    from smoke.config.suite_file import EMBEDDED
    from smoke.target import MAIN, addresses

    written = settings.base_url or planned.environment.base_url
    return None if written.startswith(EMBEDDED) else addresses({MAIN: written}, settings.environ)[MAIN] + "/"
