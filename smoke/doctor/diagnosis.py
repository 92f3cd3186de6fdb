"""What an examination found. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    """How something of ours is."""

    WELL = "ok"
    WARNING = "warning"
    """Runs go on, with less."""
    ILL = "ill"
    UNCLEAR = "cannot tell"


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """One thing that was looked at."""

    about: str
    health: Health
    text: str
    """One sentence, without any secret."""
    remedy: str = ""
    """What to do about it, where that is known."""

    @property
    def line(self) -> str:
        """It for people."""
        told = f"{self.health:<11}  {self.about}: {self.text}"
        return f"{told}\n{'':<11}  -> {self.remedy}" if self.remedy else told


def exit_code(findings: Iterable[Diagnosis]) -> int:
    """Return 1 where anything is ill, else 3 where anything is unclear or nothing was looked at, else 0."""
    seen = {each.health for each in findings}
    if Health.ILL in seen:
        return 1
    return 0 if seen and Health.UNCLEAR not in seen else 3
