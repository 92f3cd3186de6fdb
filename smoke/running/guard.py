"""Decides what may leave, by permits and by the target's rate limits, and keeps the receipt."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from smoke.analytics import HOSTS
from smoke.marks import marks
from smoke.model import Blame, Finding
from smoke.permission import Permissions
from smoke.plan import Plan
from smoke.rate import Meter, advertised
from smoke.running.target import Target
from smoke.safety import READS, Mutation, Safety


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A request that was stopped."""

    check_id: str
    method: str
    path: str
    rule: str
    blame: Blame


@dataclass(slots=True)
class Asker:
    """One attempt at a journey, by the name under which its contexts ask."""

    name: str
    """Stands in their User-Agent."""
    check_id: str = ""
    """Empty before the attempt begins."""
    runs: bool = False


def guard_of(plan: Plan, target: Target, run_id: str) -> Guard:
    """Return the guard of one run."""
    permissions = Permissions(plan, target.base_url, target.urls)
    meter = Meter(plan.environment.limits, plan.environment.rate_share)
    return Guard(target, permissions, meter, lambda check_id: marks(run_id, check_id))


@dataclass(slots=True)
class Guard:
    """Knows which check asks, what it was refused, and what the run asked altogether; any thread may call."""

    target: Target
    permissions: Permissions
    meter: Meter
    marks: Callable[[str], dict[str, str]]
    """From the id of a check to the headers that its requests to the target carry."""
    askers: dict[str, Asker] = field(default_factory=dict)
    """By name."""
    refused: list[Refusal] = field(default_factory=list)
    _requests: int = 0
    _silenced: int = 0
    _made: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    """Method, path, check and permission of each state-changing request."""
    _unpermitted: dict[tuple[str, str, str], None] = field(default_factory=dict)
    """Check, method and path of requests that were seen on their way and that nothing permits."""
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
        named = self.askers.get(user_agent.rpartition("(")[2].rstrip(")"))
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
                rule = f"{method} {path} is permitted: it was stopped, for {check_id} has no permit for it"
                return self._refuse(check_id, method, path, rule, Blame.SAFETY)
            if (over := self.meter.ask(method, path, time.monotonic())) is not None:
                return self._refuse(check_id, method, path, f"{over}: it was stopped", Blame.HARNESS)
            if permission is not None:
                self._made[method, path, check_id, permission] += 1
        return True

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

    def answered(self, method: str, url: str, headers: Mapping[str, str]) -> None:
        """Take note of the rate limit that an answer of the target advertises; ``headers`` by lower-case name."""
        if (limit := advertised(headers)) is not None:
            with self._lock:
                self.meter.learn(method, urlsplit(url).path, limit, time.monotonic())

    def findings(self, check_id: str) -> tuple[Finding, ...]:
        """Say what ``check_id`` tried and may not."""
        mine = [each for each in self.refused if each.check_id == check_id]
        stopped = {(each.method, each.path) for each in mine}
        told = {each.rule: each.blame for each in mine}
        for check, method, path in self._unpermitted:
            if check == check_id and (method, path) not in stopped:
                told[f"{method} {path} is permitted: {check_id} has no permit for it"] = Blame.SAFETY
        return tuple(Finding(rule=rule, blame=blame) for rule, blame in told.items())

    def unclaimed(self) -> tuple[str, ...]:
        """Say what was stopped that belongs to no check, and so is no check's finding."""
        return tuple(
            f"nobody asked for {each.method} {each.path}: it was stopped" for each in self.refused if not each.check_id
        )

    def receipt(self) -> Safety:
        """Return what the run asked of its target so far."""
        made = [
            Mutation(method=method, path=path, count=count, check=check, permission=permission)
            for (method, path, check, permission), count in sorted(self._made.items())
        ]
        return Safety(
            requests=self._requests,
            mutations=tuple(made),
            blocked=tuple(sorted(f"{each.method} {each.path} ({each.check_id})" for each in self.refused)),
            silenced=self._silenced,
            rate_limit_peak=self.meter.peak,
        )

    def _refuse(self, check_id: str, method: str, path: str, rule: str, blame: Blame) -> bool:
        self.refused.append(Refusal(check_id=check_id, method=method, path=path, rule=rule, blame=blame))
        return False
