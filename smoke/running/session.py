"""One run while it goes on: what every hook and fixture shares."""

from __future__ import annotations

import asyncio
import threading
import time
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from smoke.accounts.broker import Broker
from smoke.answers.page_rules import PageRules
from smoke.browser.choice import BrowserChoice
from smoke.bundle.good import Good, Snap
from smoke.judging.causes import beyond_doubt
from smoke.judging.clues import traced
from smoke.judging.confirming import causes_met, confirmed
from smoke.judging.judge import judge_check
from smoke.judging.judged import CheckResult, Interruption
from smoke.judging.retry import RetryPolicy
from smoke.model import Check
from smoke.observation import Observation
from smoke.planning.plan import Plan
from smoke.probing.overheard import Overheard
from smoke.probing.runner import ProbeRunner
from smoke.reporting.progress import Progress
from smoke.restraint.marks import trace_id
from smoke.running.builds import BuildsSeen
from smoke.running.clock import Clocks
from smoke.running.drill_cases import DrillCases
from smoke.running.guard import Guard
from smoke.running.heartbeat import Heartbeat
from smoke.running.launched import Launched
from smoke.running.spares import Spares
from smoke.running.stand_in import Prepare
from smoke.secrets.firewall import scrubbed
from smoke.secrets.secret import Scrubber
from smoke.target import Target

CHECK_LIMIT_S = 30.0


@dataclass(slots=True)
class Session:
    """The state of one run."""

    plan: Plan
    target: Target
    browser: BrowserChoice | None
    """None where no journey is planned."""
    reports: Path
    run_id: str
    probes: ProbeRunner
    spares: Spares
    guard: Guard
    broker: Broker
    scrubber: Scrubber
    today: date
    overheard: Overheard = field(default_factory=Overheard)
    """What probes said and heard."""
    good: dict[str, Good] = field(default_factory=dict)
    """What each check was like when it was last good."""
    shelf: Path | None = None
    """Folder of the place that holds that, and the albums; None: nowhere."""
    albums: dict[str, tuple[Snap, ...]] = field(default_factory=dict)
    """Pictures of journeys that passed, by check."""
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    progress: Progress = field(default_factory=Progress)
    started: float = field(default_factory=time.time)
    clocks: Clocks = field(default_factory=Clocks)
    """At the start."""
    observations: dict[str, Observation] = field(default_factory=dict)
    interruption: Interruption | None = None
    troubles: list[str] = field(default_factory=list)
    plugins: list[object] = field(default_factory=list)
    """What pytest is given besides, for this run."""
    shown: dict[str, str] = field(default_factory=dict)
    """What pytest shows of errors in the project's own code, by file or test."""
    band: float = 1.0
    """How much slower than its own band this runner may be: a factor."""
    workers: int | None = None
    """Most journeys at once; None: as many as this machine has room for."""
    took: dict[str, float] = field(default_factory=dict)
    """Milliseconds that each check took lately, as far as that is known."""
    launched: Launched | None = None
    """The browser, where it was started before pytest was."""
    browser_version: str = ""
    cut_off: dict[str, str] = field(default_factory=dict)
    """Why failures of the network say nothing of the target, by check."""
    loads_last: tuple[str, ...] = ()
    """Modules that sinks will need: loaded while journeys are under way."""
    heartbeat: Heartbeat | None = None
    """Who waits for a sign of life."""
    expected_build: str | None = None
    drill: DrillCases | None = None
    """What runs in the place of the planned checks, in a drill."""
    prepare: Prepare = lambda _context, _check: None
    """Called with each context when a journey gets it."""
    builds: BuildsSeen = field(init=False)
    """What the target showed of its builds."""

    _listed: tuple[Check, ...] = ()
    _by_id: dict[str, Check] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.broker.pause = self.pause
        self.builds = BuildsSeen(self.plan.suite.about.page.build, self.target.owns)
        self.probes.hear(self.builds.hear)

    @property
    def run_ends(self) -> float:
        """Monotonic time at which the point's time-out stops the run."""
        return self.broker.ends

    def user_of(self, check: Check) -> str:
        """Return the name that a check's account signs in with; raises KeyError if it has none."""
        return self.target.accounts[check.account or ""].user

    @property
    def loop(self) -> asyncio.AbstractEventLoop | None:
        """Where journeys wait for the browser, if it was started before pytest was."""
        return self.launched.playwright._loop if self.launched else None

    def pause(self, seconds: float) -> None:
        """Let time pass, and other journeys go on."""
        if self.launched:
            self.launched.playwright._sync(asyncio.sleep(seconds))
        else:
            threading.Event().wait(seconds)

    def observed(self, observation: Observation) -> CheckResult:
        """Keep what was seen of a check, scrubbed, tell whoever watches the run, and return what it means."""
        check = self.check(observation.check_id)
        assert check is not None
        seen = traced(scrubbed(observation, self.scrubber), trace_id(self.run_id, check.id))
        self.observations[check.id] = seen
        others = (each for name, each in self.observations.items() if name != check.id)
        met = causes_met(attempt for each in others for attempt in each.attempts)
        result = judge_check(check, confirmed(seen, () if self.drill else met))
        self.progress.finished(result)
        return result

    def cases_of(self, check_id: str) -> tuple[Check, ...]:
        """Return what the test ``check_id`` runs as: the planned check with this id, or the cases of a drill."""
        if self.drill is not None:
            return self.drill.cases.get(check_id, ())
        check = self.check(check_id)
        return (check,) if check else ()

    def retry_of(self, check_id: str) -> RetryPolicy:
        """Return the rules by which a check is tried again."""
        return self.drill.retry_of(check_id) if self.drill else self.retry

    def has_budgets(self, check_id: str) -> bool:
        """Tell whether a check is judged by budgets, as all are but in a drill."""
        return self.drill is None or check_id in self.drill.timed

    @property
    def takes_again(self) -> bool:
        """Whether what is too slow is taken again."""
        return self.drill is None or self.drill.remeasured

    def target_of(self, check_id: str) -> Target:
        """Return the target, as a check is to judge it."""
        return self.target if self.has_budgets(check_id) else replace(self.target, budgets={}, ceilings={})

    def page_rules_of(self, check_id: str) -> PageRules:
        """Return what every page keeps that a check visits."""
        rules = self.plan.suite.about.page
        return rules if self.has_budgets(check_id) else replace(rules, budgets={}, ceilings={})

    @property
    def settled(self) -> frozenset[str]:
        """Causes that other checks have tried twice already; in a drill, what one meets says nothing of another."""
        return frozenset() if self.drill else frozenset(beyond_doubt(self.observations.values()))

    def is_photographed(self, check_id: str, attempt: int) -> bool:
        """Tell whether steps are photographed: another attempt's, and once a day what passes."""
        if self.drill is not None:
            return False
        good = self.good.get(check_id)
        return attempt > 1 or (good is not None and not good.is_pictured_on(self.started))

    def check(self, check_id: str) -> Check | None:
        """Return the planned check with this id."""
        if self._listed is not self.plan.checks:
            self._listed, self._by_id = self.plan.checks, {check.id: check for check in reversed(self.plan.checks)}
        return self._by_id.get(check_id)
