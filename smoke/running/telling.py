"""Tells the services that watch what a run, or a proof, came to. None of it can change the verdict."""

from __future__ import annotations

from collections.abc import Callable

from smoke.config.monitoring import Monitoring
from smoke.history.errors import HistoryError
from smoke.history.outbox import Outbox
from smoke.settings import Settings
from smoke.sinks.bulletin import Bulletin
from smoke.sinks.delivery import Delivery, Round, deliver_all
from smoke.storage.store import Store

Say = Callable[[str], None]


def tell(bulletin: Bulletin, monitoring: Monitoring, store: Store, settings: Settings, say: Say) -> None:
    """Deliver ``bulletin``, and what earlier runs could not, telling ``say`` what did not work.

    ``store`` keeps what fails.
    """
    there = monitoring.in_environment(bulletin.environment)
    missing = [(each, each.explain_disabled(settings.environ)) for each in there]
    outlets = [outlet for outlet, why in missing if why is None]
    given = Round(bulletin=bulletin, outbox=Outbox(store), environ=settings.environ, reports=settings.reports)
    try:
        deliveries = deliver_all(outlets, given)
    except HistoryError as error:
        say(f"history: {error}; what a service does not take now, it will not get")
        deliveries = deliver_all(outlets, given.without_outbox())
    for delivery in deliveries:
        for line in told(delivery, settings):
            say(line)
    for outlet, why in missing:
        if why is not None:
            say(f"{outlet.label}: {why}")


def told(delivery: Delivery, settings: Settings) -> list[str]:
    """Return what somebody should know of ``delivery``, a sentence each."""
    lines = []
    if not delivery.ok:
        after = "; the next run delivers it" if delivery.is_kept else ""
        lines.append(
            f"{delivery.sink}: {delivery.detail.rstrip('.')}{after}; the measurements stay in {settings.reports}"
        )
    if delivery.earlier:
        lines.append(
            f"{delivery.sink}: {_runs(delivery.earlier)} that it had missed {_was(delivery.earlier)} delivered"
        )
    if delivery.dropped:
        text = "never be delivered: too old by now, or refused"
        lines.append(f"{delivery.sink}: {_runs(delivery.dropped)} will {text}")
    return lines


def _runs(count: int) -> str:
    return f"{count} run{'s' * (count != 1)}"


def _was(count: int) -> str:
    return "is" if count == 1 else "are"
