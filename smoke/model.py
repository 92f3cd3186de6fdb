"""What is checked, how it may end, and whose fault that is: the words that every stage shares."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from smoke.safety import Permit

Place = tuple[str, str]
"""A suite and an environment."""


class Category(StrEnum):
    """What part of a product a check speaks about."""

    API_HEALTH = "api-health"
    DATABASE = "database"
    EXTERNAL_SERVICES = "external-services"
    AUTHENTICATION = "authentication"
    CRITICAL_PATHS = "critical-paths"


class CheckKind(StrEnum):
    """A journey runs in the browser, a probe over HTTP."""

    JOURNEY = "journey"
    PROBE = "probe"


class Scope(StrEnum):
    """The smallest scope of an execution point in which a check still runs."""

    REDUCED = "reduced"
    FULL = "full"


class Outcome(StrEnum):
    """What became of a check; the verdict of a run takes the same values."""

    PASS = "PASS"  # noqa: S105
    FLAKY = "FLAKY"
    FAIL = "FAIL"
    INCONCLUSIVE = "INCONCLUSIVE"
    NOT_RUN = "NOT_RUN"


class Blame(StrEnum):
    """Whose fault a bad outcome is, decided from evidence."""

    DNS = "DNS"
    TCP = "TCP"
    TLS = "TLS"
    APP_5XX = "APP_5XX"
    APP_4XX = "APP_4XX"
    JS_ERROR = "JS_ERROR"
    ASSERTION = "ASSERTION"
    SLOW = "SLOW"
    EDGE_BLOCKED = "EDGE_BLOCKED"
    ACCOUNT = "ACCOUNT"
    STALE_BUILD = "STALE_BUILD"
    HARNESS = "HARNESS"
    RUNNER_OFFLINE = "RUNNER_OFFLINE"
    SAFETY = "SAFETY"

    @property
    def outcome(self) -> Outcome:
        """FAIL where the application (or our own safety) is at fault, else INCONCLUSIVE."""
        match self:
            case (
                Blame.DNS | Blame.TCP | Blame.TLS | Blame.APP_5XX | Blame.APP_4XX
                | Blame.JS_ERROR | Blame.ASSERTION | Blame.SLOW | Blame.SAFETY
            ):  # fmt: skip
                return Outcome.FAIL
            case (
                Blame.EDGE_BLOCKED | Blame.ACCOUNT | Blame.STALE_BUILD | Blame.HARNESS | Blame.RUNNER_OFFLINE
            ):  # fmt: skip
                return Outcome.INCONCLUSIVE
            case _:
                assert_never(self)


class Action(StrEnum):
    """What a gate asks of the release pipeline."""

    PROCEED = "proceed"
    BLOCK = "block"
    ROLLBACK = "rollback"
    ESCALATE = "escalate"


class Severity(StrEnum):
    """How bad it is for users."""

    CRITICAL = "critical"
    HIGH = "high"
    WARNING = "warning"
    LOW = "low"


class Urgency(StrEnum):
    """PAGE may wake somebody up, TELL may not."""

    PAGE = "page"
    TELL = "tell"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that is verified."""

    id: str
    """Dotted and stable: history, alerts and ``--check`` hang on it."""
    title: str
    category: Category
    kind: CheckKind
    critical: bool
    """A critical check is required: its bad outcome decides the verdict."""
    scope: Scope
    source: str
    """File and line that declare it."""
    contracts: tuple[str, ...] = ()
    """Contracts of an environment under which it applies; empty: under all."""
    permits: tuple[Permit, ...] = ()
    """State-changing requests that it needs."""
    repeatable: bool = False
    """These may be made again: it is tried again as one that only reads."""
    account: str | None = None
    """Name of the smoke account that it signs in with."""
    proves: tuple[str, ...] = ()
    """Faults that it must catch beside those that are implied, by name."""


def covers(wanted: str, check_id: str) -> bool:
    """Tell whether ``login`` selects ``login.totp``: the id itself, or a branch above it."""
    return check_id == wanted or check_id.startswith(f"{wanted}.")
