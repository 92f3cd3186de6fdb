"""What all sinks have in common in monitoring-integration.yaml."""

from __future__ import annotations

from dataclasses import dataclass, field

from smoke.strict import Strict, Text
from smoke.variables import Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Options(Strict):
    """Base of the options of every sink; ``sink``, its name, is the class's in small letters."""

    environments: tuple[Text, ...] = field(
        default=(), metadata={"description": "Environments whose runs it is told of; none listed: all."}
    )

    @property
    def title(self) -> str:
        """What people call the service."""
        return type(self).__name__

    @property
    def label(self) -> str:
        """What this entry is called in messages: no two may be called the same."""
        return type(self).__name__.lower()

    @property
    def needed(self) -> tuple[str, ...]:
        """Environment variables without which it is off."""
        return ()

    @property
    def secrets(self) -> tuple[str, ...]:
        """Environment variables whose values no message may show."""
        return ()

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """What the values of its variables look like, as far as the service says so."""
        return ()

    @property
    def max_age_s(self) -> float:
        """The age in seconds at which the service would refuse a measurement."""
        return 3600.0
