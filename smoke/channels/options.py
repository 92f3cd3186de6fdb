"""What all channels have in common in monitoring-integration.yaml. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Annotated, ClassVar

from annotated_types import Len

from smoke.strict import Strict, Text
from smoke.variables import Shape

SERVES = "Recipients of alert-rules.yaml that it reaches, such as 'slack:#alerts', pagerduty or '*@example.com'."
NAME = "What it is called, where there is more than one of its kind; none: as its kind."
ENVIRONMENTS = "Environments whose incidents it tells of; none listed: all."


@dataclass(frozen=True, slots=True, kw_only=True)
class Options(Strict):
    """Base of the options of every channel; ``channel`` is its kind. Addresses and keys stand in the environment."""

    knows_incidents: ClassVar[bool] = False
    """Whether the service keeps incidents open by itself, and passes over the end of one that it does not know."""

    serves: Annotated[tuple[Text, ...], Len(1)] = field(metadata={"description": SERVES})
    name: str | None = field(default=None, metadata={"description": NAME})
    environments: tuple[Text, ...] = field(default=(), metadata={"description": ENVIRONMENTS})

    @property
    def label(self) -> str:
        """What it is called, on the command line and in what is kept for it."""
        return self.name or str(getattr(self, "channel", ""))

    @property
    def needed(self) -> tuple[str, ...]:
        """Environment variables without which it cannot deliver; no message may show their values."""
        return ()

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """What the values of its variables look like, as far as the service says so."""
        return ()

    def reaches(self, recipient: str, environment: str) -> bool:
        """Tell whether ``recipient`` of an incident in ``environment`` is told by it."""
        return environment in (self.environments or (environment,)) and any(
            fnmatchcase(recipient, pattern) for pattern in self.serves
        )

    def addresses(self, recipients: Iterable[str], environment: str) -> tuple[str, ...]:
        """Return to whom exactly it speaks where ``recipients`` are to be told: one place, told once, or nobody."""
        return ("",) if any(self.reaches(each, environment) for each in recipients) else ()
