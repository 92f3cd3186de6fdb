"""The shape of noise.yaml: what is accepted, why, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from smoke.observation import SignalKind
from smoke.strict import Strict, Text, check_pattern


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseEntry(Strict):
    """Something accepted, with a reason and an end date."""

    kind: SignalKind
    """What is accepted: a line of the console, an error thrown on a page, or a failed request."""
    matches: Text
    """Regular expression, searched in the signal's text."""
    reason: Text
    """Why it is accepted."""
    owner: Text
    """Team that will mend it."""
    until: date
    """Last day on which it is accepted; from the next day its checks are red again."""
    contracts: tuple[str, ...] = ()
    """Contracts under which it is accepted; none: all."""

    def __post_init__(self) -> None:
        check_pattern(self.matches)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoiseFile(Strict):
    """noise.yaml: what the product does and we accept for now."""

    noise: tuple[NoiseEntry, ...] = ()
    """What is accepted; by default nothing."""
