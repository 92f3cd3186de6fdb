"""Decides what may leave, by permits and by the target's rate limits, and keeps the receipt."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from smoke.judging.causes import BRAKED, forbidden
from smoke.model import Blame, Check
from smoke.observation import Finding
from smoke.planning.plan import Plan
from smoke.restraint.analytics import HOSTS
from smoke.restraint.marks import marks
from smoke.restraint.permission import Permissions, only_signs
from smoke.restraint.rate import Endpoint, Meter, advertised, used_up
from smoke.safety import READS, Mutation, Safety
from smoke.target import Target, origin_of

if TYPE_CHECKING:
    from smoke.answers.exchange import Exchange
    from smoke.running.stand_in import StandIn

TOO_MANY = 429
"""Status of an answer to a request that is one too many (RFC 6585, 4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A request that was stopped."""

    check_id: str
    method: str
    path: str
    finding: Finding

    @property
    def rule(self) -> str:
        """What it would have broken."""
        return self.finding.rule


@dataclass(slots=True)
class Asker:
    """One attempt at a journey, by the name under which its contexts ask."""

    name: str
    """Stands in their User-Agent."""
    check_id: str = ""
    """Empty before the attempt begins."""
    runs: bool = False


def name_in(user_agent: str) -> str:
    """Return the name of the asker at the end of a ``User-Agent``."""
    return user_agent.rpartition("(")[2].rstrip(")")


def guard_of(plan: Plan, target: Target, run_id: str) -> Guard:
    """Return the guard of one run."""
    permissions = Permissions(plan, target.base_url, target.urls)
    meter = Meter(plan.environment.limits, plan.environment.rate_share)
    steer = plan.environment.steer
    asking = steer.headers if steer else {}
    cookies = steer.cookies if steer else {}
    return Guard(target, permissions, meter, lambda check_id: {**marks(run_id, check_id), **asking}, cookies)


@dataclass(slots=True)
class Guard:
    """Knows which check asks, what it was refused, and what the run asked altogether; any thread may call."""

    target: Target
    permissions: Permissions
    meter: Meter
    marks: Callable[[str], dict[str, str]]
    """From the id of a check to the headers that its requests to the target carry."""
    cookies: Mapping[str, str] = field(default_factory=dict)
    """By which the platform is asked for one cohort."""
    askers: dict[str, Asker] = field(default_factory=dict)
    """By name."""
    refused: list[Refusal] = field(default_factory=list)
    excused: list[Refusal] = field(default_factory=list)
    """Stopped as well, but no check is to blame for it."""
    stand_ins: Mapping[str, StandIn] = field(default_factory=dict)
    """Who answers in place of the target, by the id of the check that asks: then nothing leaves."""
    heard: Callable[[Exchange], None] | None = None
    """Told everything that the target answers to journeys, where somebody keeps it."""
    _requests: int = 0
    _over: str | None = None
    _silenced: int = 0
    _made: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    """Method, path, check and permission of each state-changing request."""
    _unpermitted: dict[tuple[str, str, str], None] = field(default_factory=dict)
    """Check, method and path of requests that were seen on their way and that nothing permits."""
    _refusals: dict[tuple[str, str], None] = field(default_factory=dict)
    """Check, method and path of logins that were refused."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def asker(self) -> Asker:
        """Return a new asker."""
        new = Asker(f"context {len(self.askers) + 1}")
        self.askers[new.name] = new
        return new

    def check_of(self, user_agent: str, method: str, url: str) -> str:
        """Return the check that a request of the browser belongs to, by the end of its ``User-Agent``.

        A shared worker has no context's name: then it is the one journey that runs, or of several one that may.
        """
        named = self.askers.get(name_in(user_agent))
        if named is not None:
            return named.check_id
        running = [each.check_id for each in self.askers.values() if each.runs]
        path = urlsplit(url).path
        may = (each for each in running if self.permissions.of(each, method, path) is not None)
        return next(may, running[0] if running else "")

    def allows(self, check_id: str, method: str, url: str) -> bool:
        """Tell whether a check may make this request now; take note of it, and of its refusal."""
        if not self.target.owns(url):
            return True
        path = urlsplit(url).path
        permission = None if method in READS else self.permissions.of(check_id, method, path)
        with self._lock:
            if method not in READS and permission is None:
                return self._refuse(check_id, method, path, self._breach(check_id, method, path, "; it was stopped"))
            staged = check_id in self.stand_ins
            if not staged and (over := self.meter.ask(_endpoint(method, url), time.monotonic())) is not None:
                braked = Finding(rule=f"{over}: it was stopped", blame=Blame.HARNESS, cause=BRAKED)
                return self._refuse(check_id, method, path, braked)
            if permission is not None:
                self._made[method, path, check_id, permission] += 1
        return True

    def refuse_connection(self, check_id: str, place: str) -> str:
        """Note that a check's own code went to the target at ``place`` past every client; return the rule."""
        rule = (
            f"the target is asked by pages and by journey.api, but {check_id or 'code'} connected to {place} by itself"
        )
        with self._lock:
            self._refuse(check_id, "CONNECT", place, Finding(rule=rule, blame=Blame.SAFETY))
        return rule

    def silences(self, method: str, url: str) -> bool:
        """Tell whether a page's request is to be answered by us: the target's telemetry, or a counter of visitors."""
        parts = urlsplit(url)
        if self.target.owns(url):
            silent = self.permissions.is_telemetry(method, parts.path)
        else:
            host = f".{parts.hostname or ''}"
            silent = any(host.endswith(f".{each}") for each in self.analytics)
        with self._lock:
            self._silenced += silent
        return silent

    @property
    def analytics(self) -> tuple[str, ...]:
        """Hosts of others that count visitors."""
        return (*HOSTS, *self.permissions.plan.suite.about.analytics)

    def seen(self, check_id: str, method: str, url: str) -> None:
        """Count a request that is on its way, and keep it if nothing permits it."""
        with self._lock:
            self._requests += 1
        if method in READS or not self.target.owns(url):
            return
        path = urlsplit(url).path
        permitted = self.permissions.of(check_id, method, path) or self.permissions.is_telemetry(method, path)
        if not permitted:
            self._unpermitted[check_id, method, path] = None

    def answered(self, check_id: str, method: str, url: str, status: int, headers: Mapping[str, str]) -> None:
        """Take note of what an answer of the target tells of its rate limits; ``headers`` by lower-case name.

        And of a login that it refuses: that is never made again.
        """
        path = urlsplit(url).path
        with self._lock:
            if status >= 400 and self.permissions.signs_in(method, path):
                self._refusals[check_id, f"{method} {path}"] = None
            self.meter.learn(_endpoint(method, url), advertised(headers), time.monotonic())
            if status == TOO_MANY or used_up(headers):
                self.meter.exhausted()

    def unsent(self, check_id: str, method: str, url: str) -> None:
        """Take back from the receipt a permitted request that never left: nobody was there to take it."""
        if not self.target.owns(url):
            return
        path = urlsplit(url).path
        permission = self.permissions.of(check_id, method, path)
        made = (method, path, check_id, permission or "")
        with self._lock:
            if self._made[made] > 1:
                self._made[made] -= 1
            else:
                del self._made[made]

    def writes_of(self, check_id: str) -> tuple[str, ...]:
        """Return the requests by which ``check_id`` changed something, other than signing its account in or out."""
        with self._lock:
            made = [each for each in self._made if each[2] == check_id]
        return tuple(f"{method} {path}" for method, path, _, permission in made if not only_signs(permission, path))

    def never_again(self, check: Check) -> tuple[str, ...]:
        """Return the requests by which ``check`` changed something and that it must not make twice."""
        if not check.repeatable:
            return self.writes_of(check.id)
        with self._lock:
            return tuple(request for name, request in self._refusals if name == check.id)

    def findings(self, check_id: str) -> tuple[Finding, ...]:
        """Say what ``check_id`` tried and may not."""
        mine = [each for each in self.refused if each.check_id == check_id]
        stopped = {(each.method, each.path) for each in (*mine, *self.excused) if each.check_id == check_id}
        seen = [
            self._breach(check_id, method, path, "")
            for check, method, path in self._unpermitted
            if check == check_id and (method, path) not in stopped
        ]
        return tuple(dict.fromkeys([*(each.finding for each in mine), *seen]))

    def excuse(self, check_id: str) -> None:
        """Blame ``check_id`` no longer for what it was refused so far; the receipt goes on to list it."""
        with self._lock:
            self.excused += [each for each in self.refused if each.check_id == check_id]
            self.refused[:] = [each for each in self.refused if each.check_id != check_id]

    def passed(self, method: str, url: str) -> None:
        """Count what a page loads of the target and nothing holds up: pictures, scripts and styles."""
        if self.target.owns(url):
            with self._lock:
                self._over = self._over or self.meter.ask(_endpoint(method, url), time.monotonic())

    def troubles(self) -> tuple[str, ...]:
        """Say what was stopped that belongs to no check, and what went over a rate limit's share unstopped."""
        unclaimed = (each for each in self.refused if not each.check_id)
        told = [f"nobody's {each.method} {each.path} was stopped" for each in unclaimed]
        return (*told, *([self._over] if self._over else []))

    def receipt(self) -> Safety:
        """Return what the run asked of its target so far."""
        made = [
            Mutation(method=method, path=path, count=count, check=check, permission=permission)
            for (method, path, check, permission), count in sorted(self._made.items())
        ]
        return Safety(
            requests=self._requests,
            mutations=tuple(made),
            blocked=tuple(
                sorted(f"{each.method} {each.path} ({each.check_id})" for each in (*self.refused, *self.excused))
            ),
            silenced=self._silenced,
            rate_limit_peak=self.meter.peak,
        )

    def _breach(self, check_id: str, method: str, path: str, end: str) -> Finding:
        if self.permissions.forbids(method, path):
            why, cause = "which destructive in suite.yaml forbids", forbidden(method, path)
        else:
            why, cause = "which none of its permits names", None
        who = "the check" if check_id else "code outside of any check"
        return Finding(rule=f"{who} sent {method} {path}, {why}{end}", blame=Blame.SAFETY, cause=cause)

    def _refuse(self, check_id: str, method: str, path: str, finding: Finding) -> bool:
        self.refused.append(Refusal(check_id=check_id, method=method, path=path, finding=finding))
        return False


def _endpoint(method: str, url: str) -> Endpoint:
    return Endpoint(method, urlsplit(url).path, origin_of(url))
