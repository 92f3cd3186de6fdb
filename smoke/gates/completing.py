"""Gathers what the checklist of a gate is judged by."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from smoke.gates.checking import Checked
from smoke.gates.checklist import Facts, Flow, checklist, completed, in_order, recorded
from smoke.gates.criteria import Seen
from smoke.gates.decision import Decision
from smoke.gates.pipeline import committed, succeeded
from smoke.gates.recording import POINTS, is_judged
from smoke.gates.sample import light_probes
from smoke.gates.witness import Witness
from smoke.history.deployments import Deployments
from smoke.history.errors import HistoryError
from smoke.planning.plan import Plan
from smoke.settings import Settings
from smoke.storage.store import Store
from smoke.variables import not_set

if TYPE_CHECKING:
    from smoke.dora.deployment import Deployment

QUERY_S = 10.0
LONGEST_S = 180.0
"""What all of it may take beyond the gate."""
MINUTE_S = 60


@dataclass(slots=True)
class Completing:
    """Judges, for one gate, whether the deployment is complete."""

    plan: Plan
    settings: Settings
    endpoints: tuple[str, ...]
    """Paths that the build added."""
    witness: Witness | None = field(init=False)
    """For the gate to call; None: there is nothing to look at, or nothing may be asked again."""
    _seen: tuple[Seen, ...] = ()
    _checked: Checked | None = None
    _begun: float = field(default_factory=time.time)

    def __post_init__(self) -> None:
        restart = self.plan.suite.about.restart
        useful = (restart is not None or self.endpoints) and light_probes(self.plan)
        self.witness = Witness(restart, self.endpoints) if useful else None

    def settled(self, decision: Decision, checked: Checked | None) -> Decision:
        """Judge all but the record, and return ``decision``, or one that blocks in its place.

        A bad decision is returned at once: nothing here can change it, and a rollback does not wait.
        """
        self._checked = checked
        if not decision.passed:
            return decision
        self._seen = checklist(self._facts(decision))
        return completed(decision, self._seen)

    def told(self, decision: Decision, store: Store, *, not_acting: str | None) -> tuple[Seen, ...]:
        """Return all criteria once the gate was recorded; ``not_acting`` says why it was not."""
        unread = not_acting or _not_due(decision)
        found = None
        if unread is None:
            try:
                found = self._recorded(decision, store)
            except HistoryError as error:
                unread = f"the history cannot be read: {error}"
        seen = self._seen or checklist(self._facts(decision))
        return in_order((*seen, recorded(found, unread)))

    def _facts(self, decision: Decision) -> Facts:
        environ = self.settings.environ
        return Facts(
            decision=decision,
            pipeline=(committed(environ), succeeded(environ)),
            readings=tuple(self.witness.readings) if self.witness and self.witness.restart else self._no_reading(),
            endpoints=(tuple(self.witness.endpoints) if self.witness else ()) or self._no_endpoints(),
            checks=self._checked.checks if self._checked else (),
            flow=self._flow(decision),
        )

    def _no_reading(self) -> str:
        if self.plan.suite.about.restart is None:
            return "suite.yaml does not say where the uptime stands (restart)"
        return "no light probe at this point"

    def _no_endpoints(self) -> str:
        if not self.endpoints:
            return "none were named (--new-endpoints)"
        return "the gate ended before they were asked for" if self.witness else "no light probe at this point"

    def _flow(self, decision: Decision) -> Flow | str:
        from smoke.sinks._datadog_query import API_KEY, APP_KEY, points_of
        from smoke.sinks.metrics import MetricName, tag_list
        from smoke.sinks.registry import SinkError

        if missing := not_set((API_KEY, APP_KEY), self.settings.environ):
            return missing
        checked = self._checked
        if checked is None or checked.finished is None:
            return "no run of checks that could have sent any"
        named = {"suite": self.plan.suite.name, "env": self.plan.environment_name, "execution_point": decision.point}
        tags = tag_list((*named.items(), ("region", self.settings.region)))
        # Points are shown at the beginning of their minute or less.
        since, now = self._begun - self._begun % MINUTE_S, time.time()
        try:
            ends = time.monotonic() + QUERY_S
            points = points_of(MetricName.DURATION, tags, since, now, self.settings.environ, ends=ends)
        except SinkError as error:
            return str(error)
        return Flow(points=points, sent_s_ago=now - checked.finished)

    def _recorded(self, decision: Decision, store: Store) -> Deployment | None:
        build = self.settings.expect_build or "unknown"
        known: Sequence[Deployment] = Deployments(store).between(
            self.plan.suite.name, self.plan.environment_name, 0.0, float("inf")
        )
        mine = (each for each in known if (each.build, each.point) == (build, decision.point))
        last = max(mine, key=lambda each: each.at, default=None)
        return last if last and last.success is decision.passed else None


def _not_due(decision: Decision) -> str | None:
    if decision.point not in POINTS:
        return f"only gates at {' and '.join(POINTS)} are recorded"
    return None if is_judged(decision) else f"{decision.outcome}: nothing was judged that could be recorded"
