"""Everything that the configuration says about one product, read and validated."""

from __future__ import annotations

from dataclasses import dataclass

from smoke.config.probe import Probe
from smoke.config.schema import ExecutionPoint, NoiseEntry, ReleaseStage, SuiteFile
from smoke.model import Check


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """Everything we know about one product."""

    name: str
    about: SuiteFile
    probes: tuple[Probe, ...]
    noise: tuple[NoiseEntry, ...]
    checks: tuple[Check, ...]
    """Journeys and probes, in the order in which they run."""
    points: dict[str, ExecutionPoint]
    releases: dict[str, tuple[ReleaseStage, ...]]
    sha256: str
    """Of all the files it was read from."""
