"""What several checks have in common: one cause is told once, with the checks that it took down. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import assert_never
from urllib.parse import urlsplit

from smoke.judging.judged import CheckResult
from smoke.model import Blame, Outcome
from smoke.observation import Observation

PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
BROWSER_GONE = "the browser is missing or gone"
BRAKED = "the run keeps within its share of the target's rate limit"
FORBIDDEN = "is forbidden by destructive in suite.yaml"
LIMITED = "answers 429"
RUNNER_BUSY = "the runner is outside its own band"
SLOW_ONCE = "was too long, once"
UNCONFIRMED = "lost an answer, once"
"""How the causes end that have a way out of their own."""
SERVER_ERROR = re.compile(r"([A-Z]+ \S+) answers (5\d\d)")
ASKED = 3
"""Requests that are told of one outage."""
ONE_FOR_ALL = frozenset({Blame.RUNNER_OFFLINE, Blame.STALE_BUILD})
"""There is one runner and one deployment: whatever the words, it is the same cause."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why checks came out badly: all that are listed fell to the same thing."""

    text: str
    """In one line, such as ``the host shop.example does not resolve``."""
    blame: Blame
    checks: tuple[str, ...]
    """Ids in the order of the plan; at least one."""

    @property
    def is_shared(self) -> bool:
        """Whether it took down more than one check."""
        return len(self.checks) > 1

    def told(self, total: int) -> str:
        """Say in one line how many of the ``total`` checks of the run it took down."""
        return f"{self.text}: took down {len(self.checks)} of {total} checks"


def causes_of(results: Iterable[CheckResult]) -> tuple[Cause, ...]:
    """Return the causes of all checks that failed or could not be judged, each such check under exactly one."""
    taken: dict[tuple[Blame, str, str], list[CheckResult]] = {}
    for result in results:
        if result.blame is not None and result.outcome in {Outcome.FAIL, Outcome.INCONCLUSIVE}:
            shared = _shared(result, result.blame)
            key = "" if result.blame in ONE_FOR_ALL else shared or ""
            alone = "" if shared else result.check.id
            taken.setdefault((result.blame, key, alone), []).append(result)
    causes = tuple(
        Cause(
            text=_shared(found[0], blame) or found[0].reason or f"{found[0].check.id}: {blame}",
            blame=blame,
            checks=tuple(result.check.id for result in found),
        )
        for (blame, _, _), found in taken.items()
    )
    return _one_outage(causes)


def _one_outage(causes: tuple[Cause, ...]) -> tuple[Cause, ...]:
    """Return ``causes`` as one where all that went wrong is that requests are answered with the same server error."""
    found = [SERVER_ERROR.fullmatch(cause.text) for cause in causes]
    asked = list(dict.fromkeys(match[1] for match in found if match))
    statuses = {match[2] for match in found if match}
    if len(causes) < 2 or None in found or len(statuses) != 1 or {cause.blame for cause in causes} != {Blame.APP_5XX}:
        return causes
    more = f" and {len(asked) - ASKED} more" if len(asked) > ASKED else ""
    text = f"the application answers {statuses.pop()} to {', '.join(asked[:ASKED])}{more}"
    checks = tuple(check for cause in causes for check in cause.checks)
    return (Cause(text=text, blame=Blame.APP_5XX, checks=checks),)


def _shared(result: CheckResult, blame: Blame) -> str | None:
    """Say what else than this check the deciding finding may explain, if anything."""
    match blame:
        case Blame.ACCOUNT:
            account = result.check.account
            return f"the account {account} cannot be used" if account else None
        case Blame.RUNNER_OFFLINE | Blame.STALE_BUILD:
            return _named(result, blame) or result.reason
        case (
            Blame.DNS | Blame.TCP | Blame.TLS | Blame.APP_5XX | Blame.APP_4XX | Blame.JS_ERROR
            | Blame.ASSERTION | Blame.SLOW | Blame.EDGE_BLOCKED | Blame.HARNESS | Blame.SAFETY
        ):  # fmt: skip
            return _named(result, blame)
        case _:
            assert_never(blame)


def _named(result: CheckResult, blame: Blame) -> str | None:
    found = (finding for attempt in reversed(result.attempts) for finding in attempt.findings)
    return next((finding.cause for finding in found if finding.blame is blame and finding.cause), None)


def unreachable(blame: Blame, address: str) -> str | None:
    """Say which host, or which host and port, a failure of the network is about; None for any other ``blame``.

    ``address`` is a URL; None too where it names no host.
    """
    parts = urlsplit(address)
    if not parts.hostname:
        return None
    endpoint = f"{parts.hostname}:{parts.port or PORTS.get(parts.scheme, 443)}"
    match blame:
        case Blame.DNS:
            return f"the host {parts.hostname} does not resolve"
        case Blame.TCP:
            return f"the connection to {endpoint} fails"
        case Blame.TLS:
            return f"TLS with {endpoint} fails"
        case _:
            return None


def broken(method: str, path: str, status: int) -> str | None:
    """Say which request the application breaks on, or limits; None unless ``status`` is a server error or 429."""
    return f"{method} {path.partition('?')[0]} answers {status}" if status >= 500 or status == 429 else None


def forbidden(method: str, path: str) -> str:
    """Say which request the suite forbids to every check."""
    return f"{method} {path} {FORBIDDEN}"


def stopped_by(service: str) -> str:
    """Say that ``service`` (see :mod:`smoke.judging.edge`) let nothing through."""
    return f"{service} answers in place of the application"


def beyond_doubt(observations: Iterable[Observation]) -> frozenset[str]:
    """Return the causes that need no second look any more: hosts that a whole check, with its retry, saw unresolved."""
    lasts = (each.attempts[-1] for each in observations if len(each.attempts) > 1)
    found = (finding for last in lasts for finding in last.findings if finding.blame is Blame.DNS)
    return frozenset(finding.cause for finding in found if finding.cause)
