"""Deliveries for tests: what is told, to which sink, and what keeps it."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from smoke.history.opening import history_file
from smoke.history.outbox import Outbox
from smoke.judging.judged import Run
from smoke.model import Outcome
from smoke.sinks.bulletin import Bulletin, bulletin_of
from smoke.sinks.delivery import DEADLINE_S, Delivery, Round, deliver_all
from smoke.sinks.options import Options
from smoke.sinks.registry import Errand, Keeping, Outlet, Presence, Sink, available
from tests.support.run_builder import a_typical_run


def a_bulletin(run: Run | None = None, before: Outcome | None = None, **changes: Any) -> Bulletin:
    return bulletin_of(run or a_typical_run(**changes), before)


def an_outlet(name: str, **options: Any) -> Outlet:
    """One of the sinks there are, with these options."""
    kind = next(sink for sink in available() if sink.name == name)
    return Outlet(sink=kind, options=kind.options(**options))


def a_sink(name: str, act: Callable[[], object] = lambda: None, keeping: Keeping = Keeping.EACH) -> Outlet:
    """A sink that does as it is told."""

    class Named(Options):
        @property
        def label(self) -> str:
            return name

    kind = Sink(
        name=name,
        options=Named,
        deliver=lambda _bulletin, _options, _errand: act() and None,
        presence=Presence.LISTED,
        keeping=keeping,
        extra=None,
        library=None,
        loads=(),
    )
    return Outlet(sink=kind, options=Named())


def an_outbox(folder: Path) -> Outbox:
    """The outbox of the next run: another holder, the same file."""
    return Outbox(history_file(folder / "history.db"))


def an_errand(reports: Path = Path("reports"), **environ: str) -> Errand:
    return Errand(environ=environ, reports=reports, ends=time.monotonic() + DEADLINE_S)


def give(
    outlets: Sequence[Outlet],
    bulletin: Bulletin | None = None,
    *,
    outbox: Outbox | None = None,
    reports: Path = Path("reports"),
    environ: dict[str, str] | None = None,
    deadline_s: float = DEADLINE_S,
    now: float | None = None,
) -> tuple[Delivery, ...]:
    """Deliver as a run would that ends at ``now``, by default just when the bulletin's did."""
    for name in (name for outlet in outlets for name in outlet.sink.loads):
        importlib.import_module(name)  # as a run does while its checks are under way
    told = bulletin or a_bulletin()
    at = told.finished if now is None else now
    return deliver_all(
        outlets,
        Round(
            bulletin=told,
            outbox=outbox,
            environ=environ or {},
            reports=reports,
            deadline_s=deadline_s,
            clock=lambda: at,
        ),
    )
