"""How far a drill has come, and how long it may still take. Pure: the time is handed in."""

from __future__ import annotations

from dataclasses import dataclass

from smoke.proof.matrix import GOOD, Case

TENTHS = 10


@dataclass(slots=True, kw_only=True)
class Going:
    """A drill while it goes on: probes first, one after the other, and then journeys, abreast."""

    probes: int
    journeys: int
    began: float
    """Monotonic seconds."""
    done: int = 0
    missed: int = 0
    """Faults that were not caught as they must be."""
    probes_done: float = 0.0
    """When the last probe was."""

    @property
    def total(self) -> int:
        """How many faults there are."""
        return self.probes + self.journeys

    def add(self, case: Case, now: float) -> None:
        """Take note of a case."""
        self.done += 1
        self.missed += case.result not in GOOD
        if self.done <= self.probes:
            self.probes_done = now

    @property
    def is_told(self) -> bool:
        """Whether this is one of the few moments to tell where nothing can be told again and again."""
        return self.done * TENTHS // self.total > (self.done - 1) * TENTHS // self.total

    def left_s(self, now: float) -> float | None:
        """Return the seconds that are left at the pace so far; None while that of the journeys is not known."""
        of_journeys = self.done - self.probes
        if self.journeys and of_journeys <= 0:
            return None
        if not self.journeys:
            return (now - self.began) / self.done * (self.total - self.done) if self.done else None
        since = self.probes_done or self.began
        return (now - since) / of_journeys * (self.journeys - of_journeys)

    def told(self, now: float) -> str:
        """Say it in a line."""
        left = self.left_s(now)
        time = "" if left is None or self.done == self.total else f", about {_rounded(left)} left"
        return f"{self.done} of {self.total} faults, {self.missed} not caught{time}"


def _rounded(seconds: float) -> str:
    if seconds >= 90:
        return f"{seconds / 60:.0f} min"
    return f"{max(1, round(seconds / 5) * 5 if seconds > 10 else round(seconds))} s"
