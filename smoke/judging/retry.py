"""Whether a failed attempt is worth another one, and how long to wait before it. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import assert_never

from smoke.model import Blame
from smoke.observation import Attempt, Standard


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """Exponential backoff with jitter."""

    attempts: int = 2
    """Most attempts at one check: enough to tell a single dropped request from an outage."""
    first_wait_s: float = 0.25
    factor: float = 2.0
    jitter: float = 0.5
    """Share of the wait that chance may add or take away, 0 to 1."""


def wait_before_next(
    policy: RetryPolicy,
    attempt: Attempt,
    chance: float,
    beyond_doubt: Collection[str] = (),
    written: Collection[str] = (),
) -> float | None:
    """Return the seconds to wait before the next attempt, or None if there should be none.

    ``chance`` is a random number from 0 to 1; ``beyond_doubt`` are causes that other checks have tried twice already;
    ``written`` are the requests by which the check changed something, and would change it again.
    """
    if written:
        return None
    if not attempt.findings or attempt.number >= policy.attempts:
        return None
    if any(finding.settled or finding.cause in beyond_doubt for finding in attempt.findings):
        return None
    if not all(worth_another_try(finding.blame) for finding in attempt.findings):
        return None
    wait = policy.first_wait_s * policy.factor ** (attempt.number - 1)
    return wait * (1 + policy.jitter * (2 * chance - 1))


def surely_last(policy: RetryPolicy, number: int, *, may_write: bool) -> bool:
    """Tell before an attempt whether no other can follow it; ``may_write``: it may change what it must not repeat."""
    return may_write or number >= policy.attempts


def standard_of(policy: RetryPolicy, number: int) -> Standard:
    """Return by which of its samples attempt ``number`` judges a time.

    The last of several by the quickest: what is never in time is too slow, what is in time now and then is FLAKY.
    """
    return Standard.QUICKEST if 1 < number >= policy.attempts else Standard.MEDIAN


def not_repeated(
    policy: RetryPolicy, attempt: Attempt, written: Collection[str], beyond_doubt: Collection[str] = ()
) -> tuple[str, ...]:
    """Say why an attempt that is worth another one gets none: for what it has ``written``; nothing otherwise."""
    if not written or wait_before_next(policy, attempt, 0.5, beyond_doubt) is None:
        return ()
    return (f"not tried again: it has written {', '.join(written)}",)


def worth_another_try(blame: Blame) -> bool:
    """Tell whether ``blame`` can pass by itself. A refused login never can, and costs an attempt before the lock."""
    match blame:
        case Blame.DNS | Blame.TCP | Blame.APP_5XX | Blame.JS_ERROR | Blame.ASSERTION | Blame.SLOW:
            return True
        case (
            Blame.TLS
            | Blame.APP_4XX
            | Blame.EDGE_BLOCKED
            | Blame.ACCOUNT
            | Blame.STALE_BUILD
            | Blame.HARNESS
            | Blame.RUNNER_OFFLINE
            | Blame.SAFETY
        ):
            return False
        case _:
            assert_never(blame)
