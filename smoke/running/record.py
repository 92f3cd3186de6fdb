"""What one attempt at a check gathers while it runs."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from smoke.calibration import Calibration
from smoke.observation import Artifact, Attempt, Finding, Measurement, Signal, Step


@dataclass(slots=True)
class Record:
    """An attempt in the making; :meth:`attempt` freezes it."""

    number: int
    started: float = field(default_factory=time.time)
    _begun: float = field(default_factory=time.perf_counter)
    findings: list[Finding] = field(default_factory=list)
    measurements: list[Measurement] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    signals: tuple[Signal, ...] = ()
    artifacts: list[Artifact] = field(default_factory=list)
    calibration: Calibration | None = None
    unrepeated: tuple[str, ...] = ()
    waited_s: float = 0.0
    """Spent on waiting for what is ours to wait for: it counts as nobody's time."""
    looked: bool = False
    """The journey's own code ran to its end or to its failure: without that, no finding means nothing."""

    def clock(self) -> float:
        """Return the time that went by, in seconds from some moment, without what was waited."""
        return time.perf_counter() - self.waited_s

    def attempt(self) -> Attempt:
        """Return what was gathered; the duration ends now."""
        return Attempt(
            number=self.number,
            started=self.started,
            duration_ms=(self.clock() - self._begun) * 1000,
            findings=tuple(self.findings),
            measurements=tuple(self.measurements),
            steps=tuple(self.steps),
            signals=self.signals,
            artifacts=tuple(self.artifacts),
            calibration=self.calibration,
            unrepeated=self.unrepeated,
        )
