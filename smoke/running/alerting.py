"""Judges the alert rules after a run and tells people, while the sinks are told. None of it can change the verdict."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from smoke.config.monitoring import Monitoring
from smoke.config.paths import RULES
from smoke.judging.judged import Run
from smoke.secrets.secret import Scrubber
from smoke.settings import Settings
from smoke.storage.store import Store

Say = Callable[[str], None]
LONGEST_S = 3.0
"""Seconds after the record of a run in which people are told; what is left then, the next run tells."""
BY_DEFAULT = "scheduled"
ALL_POINTS = re.compile(r"points:\s*\[\s*\]")
LOADS = ("smoke.alerts.checking", "smoke.channels.delivery", "smoke.channels.posting")


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """A run that ended, and what the alert rules are judged with then."""

    run: Run
    monitoring: Monitoring
    store: Store
    settings: Settings
    scrubber: Scrubber
    longest_s: float = LONGEST_S


def concerns(root: Path, point: str) -> bool:
    """Tell, by a look at the text alone, whether a rule may watch runs at ``point``: most runs need no more."""
    try:
        text = (root / RULES).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return (root / RULES).exists()
    return point == BY_DEFAULT or point in text or ALL_POINTS.search(text) is not None


@dataclass(slots=True)
class Telling:
    """Judging and telling, under way."""

    occasion: Occasion
    ends: float
    _lines: list[str] = field(default_factory=list)
    _thread: threading.Thread | None = None

    @classmethod
    def begun(cls, occasion: Occasion) -> Telling:
        """Begin, where a rule may watch such a run."""
        telling = cls(occasion, time.monotonic() + occasion.longest_s)
        if concerns(occasion.settings.root, occasion.run.execution_point):
            telling._thread = threading.Thread(target=telling._work, name="alerts", daemon=True)
            telling._thread.start()
        return telling

    def end(self, say: Say) -> None:
        """Wait as long as there is time, and tell ``say`` what came of it; what hangs is left behind."""
        if self._thread is None:
            return
        self._thread.join(max(0.0, self.ends - time.monotonic()))
        if self._thread.is_alive():
            say(
                f"alerts: not done within {self.occasion.longest_s:g} s; the next run, or smoke alerts deliver, goes on"
            )
        for line in tuple(self._lines):
            say(f"alerts: {line}")

    def _work(self) -> None:
        try:
            self._lines.extend(_judged_and_told(self.occasion, self.ends))
        except Exception as error:  # noqa: BLE001 - whatever goes wrong here, the verdict stands: it is told in a line
            self._lines.append(f"not judged: {' '.join(self.occasion.scrubber.text(str(error)).split())}")


def _judged_and_told(occasion: Occasion, ends: float) -> Iterator[str]:
    from smoke.alerts.checking import check
    from smoke.channels.delivery import deliver
    from smoke.channels.emptying import Round
    from smoke.channels.posting import posting
    from smoke.channels.told import lines_of
    from smoke.config.alerts.alerting import alerting
    from smoke.config.alerts.rule_file import concerns
    from smoke.history.outbox import Outbox

    run, environ, monitoring = occasion.run, occasion.settings.environ, occasion.monitoring
    alerts = alerting(occasion.settings.root)
    if alerts is None or not any(
        concerns(rule, run.suite, run.environment) and run.execution_point in (rule.points or (run.execution_point,))
        for rule in alerts.book.rules
    ):
        return
    post = posting(monitoring.channels, monitoring.links.or_of_github(environ), occasion.scrubber)
    done = check(occasion.store, alerts, occasion.settings.root, [(run.suite, run.environment)], time.time(), post)
    yield from (f"{notice.kind} {occasion.scrubber.text(notice.sentence)}" for notice in done.notices)
    given = Round(
        channels=monitoring.channels,
        outbox=Outbox(occasion.store),
        environ=environ,
        deadline_s=max(0.0, ends - time.monotonic()),
        scrubber=occasion.scrubber,
    )
    yield from lines_of(deliver(given))
