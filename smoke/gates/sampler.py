"""Takes light looks at a target, within its request budget."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from smoke.answers.build_ids import build_of
from smoke.answers.exchange import Exchange, Request
from smoke.calibration import Reference
from smoke.config.probe import Probe
from smoke.gates.sample import Look, Sample, light_probes
from smoke.judging.offline import excused, needs_control
from smoke.judging.retry import RetryPolicy
from smoke.model import Blame, Outcome
from smoke.observation import Observation
from smoke.planning.plan import Plan
from smoke.probing import reference
from smoke.probing.asking import Shared, Terms, request_of, url_of
from smoke.probing.attempts import observe
from smoke.probing.sending import Send
from smoke.restraint.rate import Endpoint
from smoke.running.control import reachable
from smoke.running.guard import Guard, guard_of
from smoke.running.probes import guarded
from smoke.target import Target, origin_of

LONGEST_S = 30.0
"""How long a single question waits for the request budget; then it is refused."""
OFFLINE = "none of the control addresses can be reached from here"


@dataclass(slots=True)
class Sampler:
    """Light probes against one target."""

    plan: Plan
    target: Target
    run_id: str
    band: float = 1.0
    """How much slower this runner may be than it should."""
    probes: tuple[Probe, ...] = field(init=False)
    guard: Guard = field(init=False)
    _terms: Terms = field(init=False)

    def __post_init__(self) -> None:
        self.probes = light_probes(self.plan)
        self.guard = guard_of(self.plan, self.target, self.run_id)
        self._terms = Terms(
            base_url=self.target.base_url,
            timeout_s=self.target.timeout_ms / 1000,
            retry=RetryPolicy(attempts=1),
            headers=(("Cache-Control", "no-cache"),),
            urls=self.target.urls,
        )

    def wait_s(self) -> float:
        """Return in how many seconds the next session keeps the request budget; infinite: never again."""
        now = time.monotonic()
        return max((self.guard.meter.wait_s(self._endpoint(probe), now) for probe in self.probes), default=0.0)

    async def session(self) -> Sample:
        """Ask every probe once, all at the same time."""
        builds: Counter[str] = Counter()
        silent = 0
        source = self.plan.suite.about.page.build
        send = guarded(self.guard, lambda _headers, _now: None)

        async def heard(request: Request, timeout_s: float) -> Exchange:
            nonlocal silent
            exchange = await send(request, timeout_s)
            shown = build_of(source, exchange) if source else None
            builds.update([shown] if shown else [])
            silent += shown is None
            return exchange

        looks = await asyncio.gather(*(self._look(probe, heard) for probe in self.probes))
        return Sample(looks=tuple(looks), builds=dict(builds), silent=silent)

    async def get(self, path: str) -> tuple[Exchange, float]:
        """Ask for ``path`` once, within the budget, and say when that was (monotonic); raises ProbeFailedError."""
        url = url_of(None, path, self._terms)
        endpoint = Endpoint("GET", urlsplit(url).path, origin_of(url))
        await asyncio.sleep(min(LONGEST_S, self.guard.meter.wait_s(endpoint, time.monotonic())))
        asked_at = time.monotonic()
        request = Request(method="GET", url=url, headers=self._terms.headers)
        return await guarded(self.guard, lambda _headers, _now: None)(request, self._terms.timeout_s), asked_at

    async def _look(self, probe: Probe, send: Send) -> Look:
        values: dict[str, object] = {"run": self.run_id, "origin": origin_of(self.target.base_url)}
        observation = await observe(probe, self._terms, send, Shared(values=values))
        if needs_control((observation,), (self.target.base_url,)):
            controls = self.plan.environment.controls
            if not await asyncio.to_thread(reachable, controls):
                observation = excused(observation, OFFLINE)
        look = _look_of(observation)
        if look.blame is not Blame.SLOW or look.outcome is not Outcome.FAIL:
            return look
        if await self.is_calm():
            return look
        return replace(look, outcome=Outcome.INCONCLUSIVE, blame=Blame.HARNESS, rule=f"runner too slow: {look.rule}")

    async def is_calm(self) -> bool:
        """Tell whether the runner is within its band just now, so that what is slow is not its own doing."""
        seen = await reference.reading(Reference.EXCHANGE.band_ms * self.band)
        return seen is None or seen.is_within

    def _endpoint(self, probe: Probe) -> Endpoint:
        values = {"run": self.run_id, "origin": origin_of(self.target.base_url)}
        request = request_of(probe, self._terms, values)
        return Endpoint(request.method, urlsplit(request.url).path, origin_of(request.url))


def _look_of(observation: Observation) -> Look:
    attempt = observation.attempts[-1]
    finding = attempt.findings[0] if attempt.findings else None
    times = {each.name: each.value for each in attempt.measurements}
    return Look(
        check_id=observation.check_id,
        outcome=attempt.outcome,
        blame=finding.blame if finding else None,
        rule=finding.rule if finding else None,
        total_ms=times.get(f"{observation.check_id}.total_ms"),
    )
