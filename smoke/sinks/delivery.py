"""Delivers what a run tells to all sinks at once, in bounded time, whatever a sink does.

What a service must get is put into the outbox first and taken out when the service has it: a run that is killed in
between, or finds the service down, leaves it to the next one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from smoke.history.errors import HistoryError
from smoke.history.outbox import Outbox, Parcel
from smoke.host.at_once import at_once
from smoke.sinks.bulletin import Bulletin, from_json
from smoke.sinks.registry import Errand, Keeping, Outlet, RefusedError, SinkError

DEADLINE_S = 3.0
"""Seconds that all sinks together may take."""
KIND = "bulletin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What became of a run at one sink."""

    sink: str
    ok: bool
    detail: str
    """One sentence; never a secret."""
    count: int = 0
    """Metrics of this run that arrived for certain."""
    is_kept: bool = False
    """The next run will deliver what did not arrive."""
    earlier: int = 0
    """Runs before this one that were delivered only now."""
    dropped: int = 0
    """Runs that will never be: too old by now, or refused for what they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What all sinks deliver, and with what."""

    bulletin: Bulletin
    outbox: Outbox | None
    """None: what fails is not kept."""
    environ: Mapping[str, str]
    reports: Path
    deadline_s: float = DEADLINE_S
    clock: Callable[[], float] = time.time
    """Seconds since the epoch, by which measurements grow old."""

    def without_outbox(self) -> Round:
        """Return the same for where nothing can be kept."""
        return replace(self, outbox=None)


def deliver_all(outlets: Sequence[Outlet], given: Round) -> tuple[Delivery, ...]:
    """Tell ``outlets`` of the run, all at the same time, and of earlier ones that they missed.

    Returns one Delivery per outlet, in order, after ``deadline_s`` seconds at the latest; raises HistoryError where
    nothing can be kept, and nothing that a sink raises. A sink that does not answer in time is left behind in a daemon
    thread, which does not keep the process; what it was sending is sent again by the next run.
    """
    ends = time.monotonic() + given.deadline_s
    errand = Errand(environ=given.environ, reports=given.reports, ends=ends)
    if given.outbox is not None:
        _put(given.outbox, [outlet for outlet in outlets if outlet.sink.keeping is not Keeping.NOTHING], given)
    told = at_once({number: partial(_delivery, each, errand, given) for number, each in enumerate(outlets)}, ends)
    return tuple(told.get(number) or _late(each, given) for number, each in enumerate(outlets))


def _put(outbox: Outbox, outlets: Sequence[Outlet], given: Round) -> None:
    if not outlets:
        return
    body, created = given.bulletin.to_json(), given.bulletin.finished
    outbox.put(
        *(
            Parcel(
                key=_key(given.bulletin, outlet),
                to=_recipient(outlet),
                kind=KIND,
                body=body,
                created=created,
                expires=created + outlet.options.max_age_s,
            )
            for outlet in outlets
        )
    )


def _key(bulletin: Bulletin, outlet: Outlet) -> str:
    return f"{bulletin.run_id}/{outlet.label}"


def _recipient(outlet: Outlet) -> str:
    return f"sink:{outlet.label}"


def _delivery(outlet: Outlet, errand: Errand, given: Round) -> Delivery:
    try:
        if given.outbox is None or outlet.sink.keeping is Keeping.NOTHING:
            return _straight(outlet, errand, given.bulletin)
        return Emptying(outlet, errand, given, given.outbox).run()
    except HistoryError as error:
        return Delivery(sink=outlet.label, ok=False, detail=str(error))
    except BaseException as error:  # noqa: BLE001 - SystemExit ends a thread silently: the run would wait for nothing
        return Delivery(sink=outlet.label, ok=False, detail=f"ended by {type(error).__name__}")


def _straight(outlet: Outlet, errand: Errand, bulletin: Bulletin) -> Delivery:
    try:
        outlet.push(bulletin, errand)
    except SinkError as error:
        return Delivery(sink=outlet.label, ok=False, detail=str(error), count=error.delivered)
    return Delivery(sink=outlet.label, ok=True, detail="delivered", count=len(bulletin.metrics))


@dataclass(slots=True)
class Emptying:
    """Delivers what waits for one sink, the oldest first, until something fails."""

    outlet: Outlet
    errand: Errand
    given: Round
    outbox: Outbox
    earlier: int = 0
    dropped: int = 0
    own: Delivery | None = field(default=None, init=False)
    """What became of this run."""

    def run(self) -> Delivery:
        """Deliver what there is time for."""
        to, clock = _recipient(self.outlet), self.given.clock
        if any(has_expired(each, clock()) for each in self.outbox.waiting(to)):  # a look costs less than a write
            self.dropped += self.outbox.drop_expired(to, clock())
        trouble: SinkError | None = None
        for parcel in self._wanted(self.outbox.due(to, clock())):
            if (trouble := self._send(parcel)) is not None:
                self.outbox.give_back(to)
                break
        return self._told(trouble)

    def _wanted(self, due: tuple[Parcel, ...]) -> tuple[Parcel, ...]:
        if self.outlet.sink.keeping is not Keeping.LATEST or len(due) < 2:
            return due
        latest = {_about(parcel): parcel.key for parcel in due}
        for parcel in due:
            if parcel.key != latest[_about(parcel)]:
                self.outbox.sent(parcel.key, self.given.clock(), "there is newer by now")
        return tuple(parcel for parcel in due if parcel.key == latest[_about(parcel)])

    def _send(self, parcel: Parcel) -> SinkError | None:
        """Deliver ``parcel``; return what keeps it, and all behind it, from being delivered now."""
        is_own = parcel.key == _key(self.given.bulletin, self.outlet)
        try:
            bulletin = self.given.bulletin if is_own else from_json(parcel.body)
            self.outlet.push(bulletin, self.errand)
        except (RefusedError, ValueError) as error:
            self.outbox.refused(parcel.key, self.given.clock(), str(error))
            self.dropped += 1
            if is_own:
                self.own = Delivery(sink=self.outlet.label, ok=False, detail=str(error))
            return None
        except SinkError as error:
            now = self.given.clock()
            self.outbox.failed(parcel.key, now, str(error), next_try=now)
            error.delivered *= is_own
            return error
        self.outbox.sent(parcel.key, self.given.clock())
        if is_own:
            self.own = Delivery(
                sink=self.outlet.label, ok=True, detail="delivered", count=len(self.given.bulletin.metrics)
            )
        else:
            self.earlier += 1
        return None

    def _told(self, trouble: SinkError | None) -> Delivery:
        waits = "another run is delivering what is older, and will deliver this"
        came = self.own or Delivery(
            sink=self.outlet.label,
            ok=False,
            detail=waits if trouble is None else str(trouble),
            count=0 if trouble is None else trouble.delivered,
            is_kept=True,
        )
        return replace(came, earlier=self.earlier, dropped=self.dropped)


def _about(parcel: Parcel) -> tuple[str, ...]:
    """Return what ``parcel`` tells of, without what it tells: the newest about one thing stands for the others."""
    try:
        return from_json(parcel.body).tags
    except ValueError:
        return (parcel.key,)


def has_expired(parcel: Parcel, now: float) -> bool:
    """Tell whether its recipient would refuse the age of ``parcel``."""
    return parcel.expires is not None and parcel.expires <= now


def _late(outlet: Outlet, given: Round) -> Delivery:
    is_kept = given.outbox is not None and outlet.sink.keeping is not Keeping.NOTHING
    return Delivery(sink=outlet.label, ok=False, detail=f"no answer within {given.deadline_s:g} s", is_kept=is_kept)
