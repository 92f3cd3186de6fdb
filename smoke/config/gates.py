"""The shape of what a release gate needs: cohorts, steering, and the hooks that act."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Annotated

from annotated_types import Ge, Gt, Le, Len

from smoke.answers.paths import JsonPath
from smoke.answers.shapes import Positive
from smoke.strict import Checked, Strict

VARIABLE = r"\$[A-Z][A-Z0-9_]*"
ADDRESS = rf"{VARIABLE}|https?://\S+"


def _written(pattern: str, wanted: str) -> Checked:
    def check(text: str) -> None:
        if not re.fullmatch(pattern, text):
            raise ValueError(f"is {wanted}; got {text!r}")

    return Checked(check)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort(Strict):
    """What share of all traffic a canary gets, and how often it must have been met."""

    share: Annotated[float, Gt(0), Le(1)]
    """Of all sessions, up to 1."""
    min_sessions: Annotated[int, Ge(1)] = 3
    """Confirmed sessions on the canary without which nothing is judged; by default 3."""
    max_sessions: Annotated[int, Ge(1), Le(10_000)] = 200
    """Sessions after which it gives up; by default 200."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Steer(Strict):
    """How the platform is asked for one cohort."""

    headers: dict[str, str] = field(default_factory=dict)
    """Request headers, by name."""
    cookies: dict[str, str] = field(default_factory=dict)
    """Cookies, by name."""

    def __post_init__(self) -> None:
        if not self.headers and not self.cookies:
            raise ValueError("says nothing: name headers, cookies, or both")


@dataclass(frozen=True, slots=True, kw_only=True)
class Restart(Strict):
    """Where a product tells since when its process runs, so that two readings show a restart."""

    path: Annotated[str, _written(r"/\S*", "a path that begins with /")]
    """Of a GET that everybody may make, such as ``/health``."""
    uptime: JsonPath | None = None
    """JSON path of the seconds since the process was started, such as ``uptime_seconds``; several processes may answer
    in turn."""
    boot: JsonPath | None = None
    """JSON path of what is another one after every start; only where a single process answers."""

    def __post_init__(self) -> None:
        if self.uptime is None and self.boot is None:
            raise ValueError("says nothing: name the uptime, the boot id, or both")


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHubEvent(Strict):
    """A ``repository_dispatch`` event."""

    repository: Annotated[str, _written(r"[\w.-]+/[\w.-]+", "owner/name")]
    """``owner/name``."""
    event: Annotated[str, Len(1, 100)]
    """Its ``event_type``."""
    token: Annotated[str, _written(VARIABLE, "$NAME of an environment variable")] = "$GITHUB_TOKEN"  # noqa: S105 - the name of a variable
    """``$NAME`` of the environment variable that holds a token; by default $GITHUB_TOKEN."""
    api: Annotated[str, _written(r"https?://\S+", "an address with http(s)://")] = "https://api.github.com"
    """Of GitHub Enterprise: https://HOST/api/v3."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook(Strict):
    """What does a gate's action: one command, one webhook, or one GitHub event."""

    command: tuple[str, ...] = ()
    """Program and arguments, started in the project's folder without a shell; it knows SMOKE_GATE_* variables."""
    webhook: Annotated[str, _written(ADDRESS, "an address with http(s)://, or $NAME")] | None = None
    """Address, or ``$NAME`` of the variable that holds it; it is sent the decision as JSON by POST."""
    github: GitHubEvent | None = None
    """Event that is sent with the decision as its payload."""
    timeout_s: Positive = 120.0
    """It is stopped then, and counts as failed; by default 120."""

    def __post_init__(self) -> None:
        ways = [bool(self.command), self.webhook is not None, self.github is not None]
        if sum(ways) != 1:
            raise ValueError("is one of command, webhook and github")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hooks(Strict):
    """What acts for a gate."""

    rollback: Hook | None = None
    """Brings the last good build back."""
    escalate: Hook | None = None
    """Opens a war room, pages, or whatever else; alerts go out besides."""
