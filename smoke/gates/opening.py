"""Opens what light looks need: the target, and the session's name."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

from smoke.config.problems import ConfigError
from smoke.gates.sample import light_probes
from smoke.gates.sampler import Sampler
from smoke.planning.plan import Plan
from smoke.settings import Settings
from smoke.target import open_target


@contextmanager
def open_sampler(plan: Plan, settings: Settings) -> Iterator[Sampler]:
    """Yield a sampler of the target of ``plan``; raises ConfigError, also where no planned probe is light."""
    probes = light_probes(plan)
    if not probes:
        text = (
            f"no probe of {plan.suite.name} at {plan.point_name} may be asked again and again: it takes one that "
            "reads, without account, after, capture, eventually and counter"
        )
        raise ConfigError.of_option("", text)
    names = {probe.id for probe in probes}
    # Accounts are nothing that a light look needs, so their secrets need not be there.
    light = replace(plan, checks=tuple(check for check in plan.checks if check.id in names))
    run_id = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:8]}"
    with open_target(light, settings) as target:
        yield Sampler(light, target, run_id, band=settings.runner_band)
