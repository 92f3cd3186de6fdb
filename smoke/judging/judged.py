"""What judging makes of what was seen: the nouns that metrics, history, reports and gates are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from smoke.model import Action, Blame, Category, Check, Outcome
from smoke.observation import Attempt
from smoke.safety import Safety


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """A judged check."""

    check: Check
    outcome: Outcome
    blame: Blame | None
    attempts: tuple[Attempt, ...] = ()
    hint: str | None = None
    """Likely cause and next step."""
    not_run: str | None = None
    """Why there is no attempt."""

    @property
    def last(self) -> Attempt | None:
        """The attempt that decided."""
        return self.attempts[-1] if self.attempts else None

    @property
    def duration_ms(self) -> float:
        """Time of all attempts together."""
        return sum(attempt.duration_ms for attempt in self.attempts)

    @property
    def reason(self) -> str | None:
        """The finding that gave the blame, in one line, the latest where several did; or why it was not run."""
        found = [finding for attempt in reversed(self.attempts) for finding in attempt.findings]
        fitting = [finding for finding in found if finding.blame is self.blame] or found
        return fitting[0].rule if fitting else self.not_run


@dataclass(frozen=True, slots=True, kw_only=True)
class Interruption:
    """Why a run ended before its plan did."""

    reason: str
    decides: bool
    """True (Ctrl-C): the verdict is INCONCLUSIVE whatever was seen before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A judged run: what metrics, history, reports, gates and verdict.json are made from."""

    run_id: str
    suite: str
    environment: str
    execution_point: str
    region: str
    browser: str
    base_url: str
    started: float
    finished: float
    verdict: Outcome
    passed: bool
    action: Action
    reason: str
    failed_category: Category | None
    results: tuple[CheckResult, ...]
    target_s: float
    timeout_s: float
    expected_build: str | None = None
    builds: Mapping[str, int] = field(default_factory=dict)
    """Answers by the build that they showed."""
    silent_answers: int = 0
    """Answers that could have shown a build and did not."""
    versions: dict[str, str] = field(default_factory=dict)
    """Of smoke, playwright, browser and python."""
    config_sha256: str = ""
    safety: Safety = field(default_factory=Safety)
    troubles: tuple[str, ...] = ()
    """One-line reasons for which less ran, or less can be trusted, than was planned."""
    given_url: str | None = None
    """Address that was checked in place of the environment's."""
    part: str | None = None
    """Which part of a run it is; None: the whole."""

    @property
    def duration_s(self) -> float:
        """From the start of the run to its verdict."""
        return self.finished - self.started
