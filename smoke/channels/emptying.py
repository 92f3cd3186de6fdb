"""Empties the outbox into one channel: the least tried incident first, each in order, until the channel fails."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from smoke.channels.lateness import LATE_S, digest_of, worth
from smoke.channels.message import Message, from_json
from smoke.channels.registry import Channel, ChannelError, Errand, RefusedError
from smoke.history.outbox import Outbox, Parcel
from smoke.secrets.secret import Scrubber

ENOUGH_FAILURES = 2
"""After so many in a row, a channel is left until the next time."""
FIRST_PAUSE_S, PAUSE_S, LONGEST_PAUSE_S = 0.2, 60.0, 3600.0
"""Before the second try within a round; from one round to the next, doubled each time; at most."""
UNREADABLE = "a later version of smoke put something into the outbox that this one cannot read; upgrade it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What is delivered, through what, and until when."""

    channels: Sequence[Channel]
    outbox: Outbox
    environ: Mapping[str, str]
    deadline_s: float
    scrubber: Scrubber = field(default_factory=Scrubber)
    clock: Callable[[], float] = time.time
    """Seconds since the epoch."""


@dataclass(slots=True, kw_only=True)
class Delivered:
    """What became of one channel's messages."""

    channel: str
    sent: int = 0
    answer: str = ""
    """What the service said last."""
    skipped: int = 0
    """Not worth saying any more: something newer was said instead."""
    in_digest: int = 0
    refused: int = 0
    waiting: int = 0
    trouble: str | None = None
    """Why some wait, or were refused."""
    elsewhere: list[tuple[Message, str]] = field(default_factory=list)
    """What another channel must say, and why."""


@dataclass(slots=True)
class Emptying:
    """Delivers what waits for one channel, the least tried incident first, until it fails."""

    channel: Channel
    streams: Sequence[str]
    given: Round
    ends: float
    failures: int = 0
    over: dict[str, list[Message]] = field(default_factory=dict)
    """What goes into a digest, by address."""
    done: Delivered = field(init=False)

    def __post_init__(self) -> None:
        self.done = Delivered(channel=self.channel.name)

    def run(self) -> None:
        """Deliver what there is time for."""
        missing = self.channel.explain_disabled(self.given.environ)
        for stream in self.streams:
            if missing is not None or self.failures >= ENOUGH_FAILURES or self.ends <= time.monotonic():
                self.leave(stream, missing or self.done.trouble or "there was no time left")
            else:
                self._empty(stream)
        for late in self.over.values():
            self._digest(late)

    def _empty(self, stream: str) -> None:
        """Deliver the messages of one incident to one address, stopping at the first that fails."""
        outbox, now = self.given.outbox, self.given.clock()
        if not (parcels := outbox.due(stream, now)):
            return self.leave(stream, self.done.trouble)
        try:
            said = worth([from_json(parcel.body) for parcel in parcels], now)
        except ValueError:
            outbox.give_back(stream)
            return self.leave(stream, UNREADABLE)
        for message in said.digest:
            self.over.setdefault(message.address, []).append(message)
        tries = {parcel.key: parcel.tries for parcel in parcels}
        for message in said.skip:  # before what says it better, so that it can never follow it
            outbox.sent(message.key, self.given.clock(), "what was newer was said instead")
            self.done.skipped += 1
        for message in said.send:
            if not self._send(message, tries[message.key]):
                outbox.give_back(stream)
                return self.leave(stream, self.done.trouble)
        return None

    def _send(self, message: Message, tries: int) -> bool:
        """Deliver ``message`` and note what became of it; tell whether what is behind it may follow."""
        outbox, clock = self.given.outbox, self.given.clock
        try:
            self.done.answer = self._tried(message)
        except RefusedError as error:
            self._refuse(message, str(error))
            return True
        except ChannelError as error:
            self.failures += 1
            self.done.trouble = str(error)
            pause = min(PAUSE_S * 2**tries, LONGEST_PAUSE_S)
            outbox.failed(message.key, clock(), str(error), clock() + max(pause, error.retry_after_s or 0.0))
            return False
        outbox.sent(message.key, clock(), self.done.answer)
        self.failures = 0
        self.done.sent += 1
        return True

    def _refuse(self, message: Message, why: str) -> None:
        """Give ``message`` up; another channel says it."""
        if is_own(message.key):
            self.done.elsewhere.append((message, why))  # first: the time of the round may be over after the other
        self.given.outbox.refused(message.key, self.given.clock(), why)
        self.done.refused += 1
        self.done.trouble = why

    def _tried(self, message: Message) -> str:
        """Send ``message``, a second time where the first fails quickly: the next round may be half an hour away."""
        errand = Errand(environ=self.given.environ, ends=self.ends, now=self.given.clock())
        try:
            return self.channel.send(message, errand)
        except RefusedError:
            raise
        except ChannelError as error:
            pause = FIRST_PAUSE_S if error.retry_after_s is None else error.retry_after_s
            if time.monotonic() + pause * 2 >= self.ends:
                raise
            threading.Event().wait(pause)
            return self.channel.send(message, errand)

    def _digest(self, late: list[Message]) -> None:
        message = digest_of(late, self.given.clock())
        ends = [each for each in late if each.is_over] if self.channel.options.knows_incidents else []
        try:
            self.done.answer = self._tried(message)
            for each in ends:  # what they end may have arrived, and its answer been lost
                with suppress(RefusedError):  # or it was never heard of
                    self.done.answer = self._tried(each)
        except RefusedError as error:
            for each in reversed(late):  # the first of an incident is what another channel says: how it ended
                self._refuse(each, str(error))
            return
        except ChannelError as error:
            self.done.trouble, self.done.waiting = str(error), self.done.waiting + len(late)
            for each in late:
                self.given.outbox.failed(each.key, self.given.clock(), str(error), self.given.clock() + PAUSE_S)
            return
        for each in late:
            self.given.outbox.sent(each.key, self.given.clock(), "told in a digest")
        self.done.in_digest += len(late)

    def leave(self, stream: str, why: str | None) -> None:
        """Count what waits, and have another channel say what has waited for too long."""
        waiting = self.given.outbox.waiting(stream)
        self.done.waiting += len(waiting)
        self.done.trouble = self.done.trouble or why
        if waiting and self.given.clock() - waiting[0].created >= LATE_S and is_own(waiting[0].key):
            self.done.elsewhere += message_in(waiting[-1], why or waiting[0].note or "it is not taken")


def message_in(parcel: Parcel, why: str) -> list[tuple[Message, str]]:
    """Return the message of ``parcel`` with ``why`` another channel must say it; nothing where it cannot be read."""
    try:
        return [(from_json(parcel.body), why)]
    except ValueError:
        return []


def is_own(key: str) -> bool:
    """Tell whether a message speaks of an incident, not of another channel: two that fail would tell of each other."""
    return not key.startswith("elsewhere:")
