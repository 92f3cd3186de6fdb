"""On what terms a Datadog account is used. Pure: the client need not be loaded to say them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from annotated_types import Ge, Le

from smoke import spans
from smoke.sinks.options import Text
from smoke.strict import Strict, check_each

LONGEST_RETRY_S = 5
SHORTEST_TICK_S = 30
LONGEST_TICK_S = 604800


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
    every: str | None = None
    """How often, such as ``5m``; none: as cron-schedule.yaml says for the suite in the environment."""
    retries: Annotated[int, Ge(0), Le(5)] = 1
    """So often it is tried again before a location counts as failed."""
    retry_after: str = "1s"
    """Between two tries, 5 seconds at most."""
    failing_locations: Annotated[int, Ge(1)] = 1
    """So many locations must fail at once before anybody is told."""
    notify: tuple[Text, ...] = ()
    """Who is told, written as in alert-rules.yaml."""
    live: bool = True
    """Whether tests run; false pauses all of them."""

    def __post_init__(self) -> None:
        check_each(
            [
                (("retry_after",), self._check_retry),
                (("every",), self._check_every),
                (("failing_locations",), self._check_failing),
            ]
        )

    def _check_retry(self) -> None:
        if spans.seconds(self.retry_after) > LONGEST_RETRY_S:
            raise ValueError(f"Datadog waits {LONGEST_RETRY_S} seconds at most between two tries")

    def _check_failing(self) -> None:
        if self.locations and self.failing_locations > len(self.locations):
            raise ValueError(f"takes {self.failing_locations} locations, and there are {len(self.locations)}")

    def _check_every(self) -> None:
        if self.every is not None and not SHORTEST_TICK_S <= spans.seconds(self.every) <= LONGEST_TICK_S:
            raise ValueError(f"Datadog runs tests every {SHORTEST_TICK_S} seconds at most, and once a week at least")
