"""On what terms a Datadog account is used. Pure: the client need not be loaded to say them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from annotated_types import Ge, Le

from smoke import spans
from smoke.strict import Checked, Strict, Text, WrongError

LONGEST_RETRY_S = 5
SHORTEST_TICK_S = 30
LONGEST_TICK_S = 604800


def _check_retry(text: str) -> None:
    if spans.seconds(text) > LONGEST_RETRY_S:
        raise ValueError(f"Datadog waits {LONGEST_RETRY_S} seconds at most between two tries")


def _check_tick(text: str) -> None:
    if not SHORTEST_TICK_S <= spans.seconds(text) <= LONGEST_TICK_S:
        raise ValueError(f"Datadog runs tests every {SHORTEST_TICK_S} seconds at most, and once a week at least")


Retry = Annotated[str, Checked(_check_retry)]
Tick = Annotated[str, Checked(_check_tick)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Which Datadog, and by which keys."""

    host: str
    key: str = field(repr=False)
    app_key: str = field(repr=False)
    names: str
    """The variables that hold the keys, and what the keys must be allowed to do; told where they are refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Synthetics(Strict):
    """How ``smoke synthetics deploy`` has Datadog run probes."""

    locations: tuple[Text, ...] = ()
    """Where from, such as ``aws:eu-west-1``, or the id of a private location."""
    every: Tick | None = None
    """How often, such as ``5m``; none: as cron-schedule.yaml says for the suite in the environment."""
    retries: Annotated[int, Ge(0), Le(5)] = 1
    """So often it is tried again before a location counts as failed."""
    retry_after: Retry = "1s"
    """Between two tries, 5 seconds at most."""
    failing_locations: Annotated[int, Ge(1)] = 1
    """So many locations must fail at once before anybody is told."""
    notify: tuple[Text, ...] = ()
    """Who is told, written as in alert-rules.yaml."""
    live: bool = True
    """Whether tests run; false pauses all of them."""

    def __post_init__(self) -> None:
        if self.locations and self.failing_locations > len(self.locations):
            text = f"takes {self.failing_locations} locations, and there are {len(self.locations)}"
            raise WrongError([(("failing_locations",), text)])
