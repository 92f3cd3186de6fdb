"""Decides what may leave, by permits and by the target's rate limits."""

from __future__ import annotations

import threading
import time
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
from smoke.restraint.permission import Permissions
from smoke.restraint.rate import Endpoint, Meter, advertised, used_up
from smoke.running.askers import Asker, Askers
from smoke.running.receipt import Receipt, Refusal
from smoke.safety import READS, Safety
from smoke.target import Target, origin_of

if TYPE_CHECKING:
    from smoke.answers.exchange import Exchange
    from smoke.running.stand_in import StandIn

TOO_MANY = 429
"""Status of an answer to a request that is one too many (RFC 6585, 4)."""


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
    receipt: Receipt = field(default_factory=Receipt)
    stand_ins: Mapping[str, StandIn] = field(default_factory=dict)
    """Who answers in place of the target, by the id of the check that asks: then nothing leaves."""
    heard: Callable[[Exchange], None] | None = None
    """Told everything that the target answers to journeys, where somebody keeps it."""
    _askers: Askers = field(default_factory=Askers)
    _over: str | None = None
    _unpermitted: dict[tuple[str, str, str], None] = field(default_factory=dict)
    """Check, method and path of requests that were seen on their way and that nothing permits."""
    _refused_logins: dict[tuple[str, str], None] = field(default_factory=dict)
    """Check, and method and path, of logins that the target refused."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def asker(self) -> Asker:
        """Return a new asker."""
        return self._askers.new()

    def check_of(self, user_agent: str, method: str, url: str) -> str:
        """Return the check that a request of the browser belongs to."""
        path = urlsplit(url).path
        return self._askers.check_of(user_agent, lambda check: self.permissions.of(check, method, path) is not None)

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
                self.receipt.made(method, path, check_id, permission)
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
            self.receipt.silenced += silent
        return silent

    @property
    def analytics(self) -> tuple[str, ...]:
        """Hosts of others that count visitors."""
        return (*HOSTS, *self.permissions.plan.suite.about.analytics)

    def seen(self, check_id: str, method: str, url: str) -> None:
        """Count a request that is on its way, and keep it if nothing permits it."""
        with self._lock:
            self.receipt.requests += 1
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
                self._refused_logins[check_id, f"{method} {path}"] = None
            self.meter.learn(_endpoint(method, url), advertised(headers), time.monotonic())
            if status == TOO_MANY or used_up(headers):
                self.meter.exhausted()

    def unsent(self, check_id: str, method: str, url: str) -> None:
        """Take back from the receipt a permitted request that never left: nobody was there to take it."""
        if not self.target.owns(url):
            return
        path = urlsplit(url).path
        permission = self.permissions.of(check_id, method, path)
        with self._lock:
            self.receipt.unmade(method, path, check_id, permission or "")

    def never_again(self, check: Check) -> tuple[str, ...]:
        """Return the requests by which ``check`` changed something and that it must not make twice."""
        with self._lock:
            if not check.repeatable:
                return self.receipt.writes_of(check.id)
            return tuple(request for name, request in self._refused_logins if name == check.id)

    def findings(self, check_id: str) -> tuple[Finding, ...]:
        """Say what ``check_id`` tried and may not."""
        mine = self.receipt.refused_to(check_id)
        stopped = {(each.method, each.path) for each in (*mine, *self.receipt.excused) if each.check_id == check_id}
        seen = [
            self._breach(check_id, method, path, "")
            for check, method, path in self._unpermitted
            if check == check_id and (method, path) not in stopped
        ]
        return tuple(dict.fromkeys([*(each.finding for each in mine), *seen]))

    def refusal_of(self, check_id: str) -> Finding:
        """Say why the last request of ``check_id`` that was stopped was stopped."""
        with self._lock:
            return self.receipt.refused_to(check_id)[-1].finding

    def excuse(self, check_id: str) -> None:
        """Blame ``check_id`` no longer for what it was refused so far; the receipt goes on to list it."""
        with self._lock:
            self.receipt.excuse(check_id)

    def passed(self, method: str, url: str) -> None:
        """Count what a page loads of the target and nothing holds up: pictures, scripts and styles."""
        if self.target.owns(url):
            with self._lock:
                self._over = self._over or self.meter.ask(_endpoint(method, url), time.monotonic())

    def troubles(self) -> tuple[str, ...]:
        """Say what was stopped that belongs to no check, and what went over a rate limit's share unstopped."""
        unclaimed = self.receipt.refused_to("")
        told = [f"nobody's {each.method} {each.path} was stopped" for each in unclaimed]
        return (*told, *([self._over] if self._over else []))

    def safety(self) -> Safety:
        """Return the receipt as it stands."""
        with self._lock:
            return self.receipt.safety(self.meter.peak)

    def _breach(self, check_id: str, method: str, path: str, end: str) -> Finding:
        if self.permissions.forbids(method, path):
            why, cause = "which destructive in suite.yaml forbids", forbidden(method, path)
        else:
            why, cause = "which none of its permits names", None
        who = "the check" if check_id else "code outside of any check"
        return Finding(rule=f"{who} sent {method} {path}, {why}{end}", blame=Blame.SAFETY, cause=cause)

    def _refuse(self, check_id: str, method: str, path: str, finding: Finding) -> bool:
        self.receipt.refused.append(Refusal(check_id=check_id, method=method, path=path, finding=finding))
        return False


def _endpoint(method: str, url: str) -> Endpoint:
    return Endpoint(method, urlsplit(url).path, origin_of(url))
