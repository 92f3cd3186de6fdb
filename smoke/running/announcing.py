"""Tells everyone what a whole run came to: history, dead-man switch, services and people. No verdict hangs on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from smoke.config.monitoring import Monitoring
from smoke.config.points import FlakyPolicy
from smoke.history.errors import HistoryError
from smoke.history.opening import history_store
from smoke.history.pruning import prune
from smoke.history.runs import History
from smoke.judging.judged import Run
from smoke.model import Outcome
from smoke.running.alerting import Occasion, Telling
from smoke.running.heartbeat import Heartbeat
from smoke.running.telling import tell
from smoke.secrets.secret import Scrubber
from smoke.settings import Settings
from smoke.sinks.bulletin import bulletin_of
from smoke.storage.keep import keep_s
from smoke.storage.store import Store

Say = Callable[[str], None]
LONGEST_PRUNING_S = 0.1
"""What it does not reach, the next run does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcer:
    """Who is told of runs, and in which words nothing may be told."""

    monitoring: Monitoring
    settings: Settings
    scrubber: Scrubber
    say: Say

    def announce(self, run: Run, flaky: FlakyPolicy, heartbeat: Heartbeat | None) -> None:
        """Record ``run`` and tell everyone of it, telling ``say`` what did not work."""
        ping = heartbeat.end(run, flaky) if heartbeat else None
        store = history_store(self.settings)
        earlier = keep(run, store, self.settings, self.say)
        told, settings = self.monitoring, self.settings
        telling = Telling.begun(
            Occasion(run=run, monitoring=told, store=store, settings=settings, scrubber=self.scrubber)
        )
        tell(bulletin_of(run, earlier), told, store, settings, self.say)
        telling.end(self.say)
        if ping is not None and (trouble := ping.trouble()) is not None:
            self.say(f"heartbeat: {trouble}; look at {ping.to.variable}")


def keep(run: Run, store: Store, settings: Settings, say: Say) -> Outcome | None:
    """Keep ``run`` in the history, and forget what is too old; return the verdict before it, if that is known."""
    earlier = None
    try:
        history = History(store)
        earlier = history.verdict_before(run)
        history.record(run)
        if (span := keep_s(settings.environ)) is not None:
            prune(store, run.finished - span, seconds=LONGEST_PRUNING_S)
    except HistoryError as error:
        say(f"history: {error}")
    return earlier
