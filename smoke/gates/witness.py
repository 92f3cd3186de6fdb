"""Looks at a target beside its checks: since when its process runs, and whether what a build added is there."""

from __future__ import annotations

import asyncio
import math
import time
import uuid
from collections.abc import Coroutine
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from smoke.answers.exchange import Exchange
from smoke.answers.paths import at_path
from smoke.config.gates import Restart
from smoke.gates.new_endpoints import EndpointSeen
from smoke.gates.restarts import Reading
from smoke.gates.sampler import Sampler
from smoke.judging.edge import blocked_by
from smoke.probing.failing import ProbeFailedError


class _UnseenError(Exception):
    """Nothing can be said of the application; says why."""


@dataclass(slots=True)
class Witness:
    """Called once the build is live and once all else was good; never raises."""

    restart: Restart | None
    """Where the product tells since when its process runs."""
    paths: tuple[str, ...]
    """Endpoints to ask for at the end."""
    readings: list[Reading] = field(default_factory=list)
    endpoints: list[EndpointSeen] = field(default_factory=list)

    def first(self, sampler: Sampler) -> None:
        """Take the first reading."""
        self._noted(self._read(sampler))

    def last(self, sampler: Sampler) -> None:
        """Take the last reading, and ask for the endpoints."""
        self._noted(self._end(sampler))

    def _noted(self, work: Coroutine[None, None, None]) -> None:
        try:
            asyncio.run(work)
        except Exception as error:  # noqa: BLE001 - a gate that has to roll back is not stopped by who looks beside it
            now = time.monotonic()
            self.readings.append(
                Reading(asked_at=now, answered_at=now, trouble=f"the harness broke: {type(error).__name__}: {error}")
            )

    async def _end(self, sampler: Sampler) -> None:
        await self._read(sampler)
        for path in self.paths:
            self.endpoints.append(await _endpoint(sampler, path))

    async def _read(self, sampler: Sampler) -> None:
        if self.restart is not None:
            self.readings.append(await _reading(sampler, self.restart))


async def _reading(sampler: Sampler, restart: Restart) -> Reading:
    asked_at = time.monotonic()
    try:
        exchange, asked_at = await _got(sampler, restart.path)
        uptime, boot = _uptime(exchange, restart), _boot(exchange, restart)
    except _UnseenError as error:
        return Reading(asked_at=asked_at, answered_at=time.monotonic(), trouble=f"GET {restart.path}: {error}")
    return Reading(asked_at=asked_at, answered_at=time.monotonic(), uptime_s=uptime, boot=boot)


def _uptime(exchange: Exchange, restart: Restart) -> float | None:
    if restart.uptime is None:
        return None
    value = _value(exchange, restart.uptime)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < math.inf:
        raise _UnseenError(f"{exchange.status} has no uptime at {restart.uptime}")
    return float(value)


def _boot(exchange: Exchange, restart: Restart) -> str | None:
    if restart.boot is None:
        return None
    value = _value(exchange, restart.boot)
    if isinstance(value, bool) or not isinstance(value, (int, str)) or value == "":
        raise _UnseenError(f"{exchange.status} has no boot id at {restart.boot}")
    return str(value)


def _value(exchange: Exchange, path: str) -> object:
    try:
        return at_path(exchange.json, path)
    except ValueError:
        raise _UnseenError(f"{exchange.status} is no JSON") from None


async def _endpoint(sampler: Sampler, path: str) -> EndpointSeen:
    beside = f"{urlsplit(path).path.rstrip('/')}-smoke-test-{uuid.uuid4().hex[:8]}"
    try:
        found, _ = await _got(sampler, path)
        other, _ = await _got(sampler, beside)
    except _UnseenError as error:
        return EndpointSeen(path=path, trouble=str(error))
    return EndpointSeen(path=path, status=found.status, beside=other.status)


async def _got(sampler: Sampler, path: str) -> tuple[Exchange, float]:
    """Return the answer to GET, and when it was asked for."""
    try:
        exchange, asked_at = await sampler.get(path)
    except ProbeFailedError as error:
        raise _UnseenError(error.finding.rule) from None
    headers = {name.lower(): value for name, value in exchange.headers}
    if service := blocked_by(exchange.status, headers, exchange.text):
        raise _UnseenError(f"{service} in front of it answered {exchange.status}")
    return exchange, asked_at
