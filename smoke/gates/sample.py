"""One light look at a target: some reading probes, each asked once on a connection of its own. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from smoke.config.probe import Probe
from smoke.gates.error_rate import Tally
from smoke.model import Blame, Outcome
from smoke.planning.plan import Plan

GIVEN = {"run", "origin"}
"""Names that a request may be filled with before anything was captured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What became of one probe."""

    check_id: str
    outcome: Outcome
    """No budget is asked about: times are compared, not counted as errors."""
    blame: Blame | None
    rule: str | None
    total_ms: float | None
    """Until the whole answer was there; None: none came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One session: a visitor without history, whom a balancer may send anywhere."""

    looks: tuple[Look, ...]
    builds: Mapping[str, int] = field(default_factory=dict)
    """Answers by the build that they showed."""
    silent: int = 0
    """Answers that showed none."""

    def is_of(self, build: str) -> bool:
        """Tell whether this session met ``build`` and no other."""
        return set(self.builds) == {build}


def tally_of(samples: Iterable[Sample]) -> Tally:
    """Count the looks of ``samples``."""
    outcomes = Counter(look.outcome for sample in samples for look in sample.looks)
    good, failed = outcomes[Outcome.PASS] + outcomes[Outcome.FLAKY], outcomes[Outcome.FAIL]
    return Tally(good=good, failed=failed, unjudged=outcomes.total() - good - failed)


def light_probes(plan: Plan) -> tuple[Probe, ...]:
    """Return the planned probes that may be asked again and again.

    They read, need no account and no other probe, ask once, and count nothing.
    """
    planned = {check.id for check in plan.checks}
    return tuple(_untimed(probe) for probe in plan.suite.probes if probe.id in planned and _is_light(probe))


def _untimed(probe: Probe) -> Probe:
    return replace(probe, expect=replace(probe.expect, within_ms=None, p95_within_ms=None))


def _is_light(probe: Probe) -> bool:
    names = set(re.findall(r"\{(\w+)\}", f"{probe.request} {' '.join(probe.headers.values())}"))
    alone = not (probe.after or probe.account or probe.capture or probe.cleanup)
    once = probe.eventually is None and probe.counter is None and probe.expect.openapi is None
    return probe.only_reads and probe.preflight is None and alone and once and names <= GIVEN
