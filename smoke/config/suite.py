"""Everything that the configuration says about one product, read and validated."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from smoke.config.noise import NoiseEntry
from smoke.config.points import ExecutionPoint, ReleaseStage
from smoke.config.probe import Probe
from smoke.config.suite_file import SuiteFile
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

    def needed_by(self, check_ids: Iterable[str]) -> set[str]:
        """Return the ids of every probe that one of ``check_ids`` comes after, directly or not."""
        after = {probe.id: probe.after for probe in self.probes}
        found: set[str] = set()
        todo = [needed for check_id in check_ids for needed in after.get(check_id, ())]
        while todo:
            needed = todo.pop()
            if needed in after and needed not in found:
                found.add(needed)
                todo += after[needed]
        return found
