"""What follows a verdict: the document, history, sinks. None of it can change the verdict."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from smoke.history import History, HistoryError
from smoke.model import Run
from smoke.reporting import document
from smoke.settings import Settings
from smoke.sinks.delivery import deliver_all
from smoke.sinks.registry import available, enabled

Say = Callable[[str], None]


def after(run: Run, settings: Settings, say: Say) -> tuple[Path, ...]:
    """Record and deliver ``run``, telling ``say`` what did not work; return the files that were left."""
    left = [document.write(run, settings.reports)]
    try:
        History(settings.reports / "history.db").record(run)
        left.append(settings.reports / "history.db")
    except HistoryError as error:
        say(f"history: {error}")
    for delivery in deliver_all(run, enabled(settings), settings):
        if not delivery.ok:
            say(f"{delivery.sink}: {delivery.detail}; the measurements stay in {settings.reports}")
    for sink in available():
        if (missing := sink.explain_disabled(settings)) is not None:
            say(f"{sink.name}: {missing}")
    extra = ("metrics.jsonl", "allure-results", "attempts")
    return (*left, *(settings.reports / name for name in extra if (settings.reports / name).exists()))
