"""The shape of one line of alert-rules.yaml. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Annotated

from annotated_types import Ge, Len

from smoke import spans
from smoke.config.alerts.condition import Condition, Facts, Measure, Window, parse, window
from smoke.model import Category, Severity
from smoke.strict import Checked, Strict, Text, Time, check_each

AtLeastOne = Annotated[int, Ge(1)]
Asking = Annotated[str, Checked(parse)]
Looking = Annotated[str, Checked(window)]


class Per(StrEnum):
    """What a rule tells apart: each has incidents of its own."""

    ENVIRONMENT = "environment"
    REGION = "region"
    CHECK = "check"
    ACCOUNT = "account"


@dataclass(frozen=True, kw_only=True)
class Rule(Strict):
    """When people are told of what."""

    name: Text
    """Stable: incidents hang on it."""
    title: Text
    """What it means, for people, without a full stop."""
    condition: Asking
    """A measure, a comparison and a number: ``success_rate < 0.9``, ``p95(*.total_ms) > 800``, …"""
    window: Looking = "1 run"
    """The past that it looks at: a time (``10m``, ``7 days``) or the newest runs of each region (``3 runs``)."""
    severity: Severity
    """How bad it is; says whether it may wake somebody up, and how fast it must be over."""
    notify: Annotated[tuple[Text, ...], Len(1)]
    """Who is told at once: ``oncall@example.com``, ``slack:#alerts``, ``pagerduty``, ``github``, …"""
    runbook: Text
    """Link to what to do, or a file of this project."""
    hint: str | None = None
    """The first thing to do, in one line."""
    escalation: str | None = None
    """Name of the escalation that follows; none: it stays with those who were told first."""
    remind: Time | None = None
    """Tell again after so long; none: what its severity says."""
    close_at: float | None = None
    """The value at which it is good again; none: the threshold of the condition. Shares are written from 0 to 1."""
    open_after: Annotated[int, Ge(0)] = 0
    """So many bad looks in a row, of those that could be judged, until it opens; none: the condition alone says."""
    close_after: AtLeastOne = 1
    """So many good looks in a row, since the last bad one, until it is over."""
    min_samples: AtLeastOne = 1
    """With fewer looks that could be judged, nothing is said."""
    per: Per = Per.ENVIRONMENT
    """What has incidents of its own."""
    suites: tuple[str, ...] = ()
    """Suites that it watches; none: all."""
    environments: tuple[str, ...] = ("production",)
    """Environments that it watches; none: all."""
    points: tuple[str, ...] = ("scheduled",)
    """Execution points whose runs count; none: all."""
    regions: tuple[str, ...] = ()
    """Regions that it watches; none: all."""
    checks: tuple[str, ...] = ()
    """Checks that it watches, or branches of them (``login``); none: the verdict of the run."""
    categories: tuple[Category, ...] = ()
    """Categories that it watches, as with checks."""
    cadence: Time | None = None
    """How far two runs are apart where cron-schedule.yaml does not say it."""
    grace: Time = "0s"
    """For missed_slots: a run may be so late."""
    give_up: Time | None = None
    """Close it as unconfirmed after so long without a look that could be judged; none: never."""

    def __post_init__(self) -> None:
        check_each(
            [
                (("close_at",), self._check_close),
                (("severity",), self._check_severity),
                (("per",), self._check_per),
                (("window",), self._check_window),
            ]
        )

    def _check_close(self) -> None:
        if self.close_at is not None and self.asks.holds(self.close_at) and self.close_at != self.asks.threshold:
            raise ValueError(
                f"{self.close_at:g} is bad by '{self.condition}', so it would open again at once: "
                f"put it on the other side of {self.asks.threshold:g}, or leave it out"
            )

    def _check_severity(self) -> None:
        blind = self.asks.measure is Measure.INCONCLUSIVE_STREAK
        if blind and self.severity in {Severity.CRITICAL, Severity.HIGH}:
            raise ValueError("what could not be judged says nothing of the application and never pages; write warning")

    def _check_per(self) -> None:
        if (self.asks.facts is Facts.ACCOUNTS) != (self.per is Per.ACCOUNT):
            raise ValueError("per: account belongs to password_age, and to nothing else")
        if self.asks.measure is Measure.FAILING_REGIONS and self.per is Per.REGION:
            raise ValueError("failing_regions counts regions, so it cannot be told apart by them; remove per")
        if self.asks.facts is Facts.SLOTS and self.per is Per.CHECK:
            raise ValueError("a slot is of a region or an environment; write per: region")

    def _check_window(self) -> None:
        if self.asks.measure in {Measure.AVAILABILITY, Measure.MISSED_SLOTS} and self.past.looks is not None:
            raise ValueError(f"{self.asks.measure} looks at a time, such as 7 days; got {self.window!r}")

    @cached_property
    def asks(self) -> Condition:
        """The condition, parsed."""
        return parse(self.condition)

    @cached_property
    def past(self) -> Window:
        """The window, parsed."""
        return window(self.window)

    @cached_property
    def apart(self) -> float | None:
        """The cadence, in seconds."""
        return spans.seconds(self.cadence) if self.cadence else None

    @property
    def closes_at(self) -> float:
        """The value up to which an open incident stays open."""
        return self.asks.threshold if self.close_at is None else self.close_at

    @property
    def selective(self) -> bool:
        """Whether it speaks of single checks rather than of whole runs."""
        return bool(self.checks or self.categories) or self.per is Per.CHECK
