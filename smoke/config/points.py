"""The shape of execution-points.yaml: the points, what each asks for, and the releases that are made of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Literal

from annotated_types import Ge, Gt, Le, Len

from smoke.answers.shapes import Positive
from smoke.config.gates import Cohort
from smoke.model import Action, Category, Scope
from smoke.strict import Strict, Text


class FlakyPolicy(StrEnum):
    """Whether an execution point lets a FLAKY verdict pass."""

    ALLOW = "allow"
    BLOCK = "block"


@dataclass(frozen=True, slots=True, kw_only=True)
class OnFailure(Strict):
    """What a gate asks for when the point does not pass."""

    action: Action
    """``block``, ``rollback`` or ``escalate``."""
    severity: Literal["warning", "high", "critical"] | None = None
    """How loudly people are told."""

    def __post_init__(self) -> None:
        if self.action is Action.PROCEED:
            raise ValueError("what does not pass cannot proceed; action is block, rollback or escalate")


@dataclass(frozen=True, slots=True, kw_only=True)
class PointWatch(Strict):
    """The watch that follows the checks of a point."""

    duration_s: Positive
    """How long it watches."""
    max_error_rate: Annotated[float, Gt(0), Le(1)]
    """Largest good share of failed requests, up to 1."""
    min_samples: Annotated[int, Ge(1)] = 100
    """Judged requests without which nothing is concluded; by default 100, of which one is 1 %."""
    on_failure: OnFailure | None = None
    """What is asked for when it breaks its limit; by default what the point asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionPoint(Strict):
    """A moment at which smoke runs."""

    title: Text
    """Name for people."""
    phase: Text
    """Part of the release that it belongs to."""
    purpose: Text
    """What the run is for."""
    environment: Text
    """Environment of the suite that is checked, unless --env names another."""
    scope: Scope
    """``reduced`` runs only checks of scope ``reduced``, ``full`` runs all."""
    categories: Annotated[tuple[Category, ...], Len(1)]
    """Only checks of these categories run."""
    target_s: Positive
    """The run should take no longer."""
    timeout_s: Positive
    """The run is stopped then, with what it has."""
    flaky: FlakyPolicy
    """Whether a FLAKY verdict passes."""
    on_failure: OnFailure
    """What is asked for when the verdict does not pass."""
    monitoring: PointWatch | None = None
    """The watch that follows; none: no watch."""
    max_error_rate: Annotated[float, Gt(0), Le(1)] | None = None
    """Largest good share of failed requests at this point, up to 1."""
    on_stale: OnFailure | None = None
    """What is asked for when another build answers than the expected one; by default the gate blocks."""
    cohort: Cohort | None = None
    """What a canary gets of the traffic; none: everybody meets the new build."""

    def __post_init__(self) -> None:
        if self.target_s > self.timeout_s:
            raise ValueError(f"target_s ({self.target_s:g}) must not exceed timeout_s ({self.timeout_s:g})")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseStage(Strict):
    """One smoke run within a release."""

    point: Text
    """Name of an execution point."""
    target_s: Positive | None = None
    """Where this release gives the point a time of its own."""
    then_monitor: bool = False
    """Count the point's monitoring period into the total."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionPointsFile(Strict):
    """execution-points.yaml: the points, and the releases that are made of them."""

    points: Annotated[dict[str, ExecutionPoint], Len(1)]
    """Execution points, by name."""
    releases: dict[str, tuple[ReleaseStage, ...]] = field(default_factory=dict)
    """Kinds of release, by name, with their smoke runs in order."""
