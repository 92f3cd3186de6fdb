"""Empties the outbox into the channels: all channels at once, in order for each incident, within its time.

A message arrives at least once: again, where its sender died before it could note that it was sent. PagerDuty, GitHub
and webhooks are told so that they see it once; a mailbox knows it by its Message-ID; Slack shows it twice.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial

from smoke.channels.emptying import Delivered, Emptying, Round, is_own, message_in
from smoke.channels.lateness import told_elsewhere
from smoke.channels.message import Message
from smoke.channels.parcels import STREAM, channel_of, parcel_of
from smoke.channels.registry import Channel
from smoke.history.errors import HistoryError
from smoke.host.at_once import at_once


def deliver(given: Round) -> tuple[Delivered, ...]:
    """Deliver what waits; return what became of it, for each channel for which something did.

    Returns after ``deadline_s`` seconds at the latest; raises HistoryError where the outbox cannot be read, and nothing
    that a channel raises. One that does not answer is left behind in a daemon thread: what it was sending waits.
    """
    ends = time.monotonic() + given.deadline_s
    done = _emptied(given.outbox.recipients(f"{STREAM}:"), given, ends)
    if (more := _tell_elsewhere(done, given)) and time.monotonic() < ends:
        done += _emptied(more, given, ends)
    return tuple(done)


def _emptied(streams: Sequence[str], given: Round, ends: float) -> list[Delivered]:
    by_channel = _by_channel(streams)
    known = {channel.name: channel for channel in given.channels}
    done = [_gone(name, by_channel[name], given) for name in by_channel if name not in known]
    works = {name: Emptying(known[name], by_channel[name], given, ends) for name in by_channel if name in known}
    told = at_once({name: partial(_work, emptying) for name, emptying in works.items()}, ends)
    return done + [told.get(name) or _late(emptying) for name, emptying in works.items()]


def _by_channel(streams: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for stream in streams:
        found.setdefault(channel_of(stream), []).append(stream)
    return found


def _work(emptying: Emptying) -> Delivered:
    try:
        emptying.run()
    except HistoryError as error:
        emptying.done.trouble = str(error)
    except BaseException as error:  # noqa: BLE001 - SystemExit ends a thread silently: the round would wait for nothing
        emptying.done.trouble = f"ended by {type(error).__name__}"
    return emptying.done


def _late(hanging: Emptying) -> Delivered:
    left = Emptying(hanging.channel, hanging.streams, hanging.given, hanging.ends)
    left.done.elsewhere += hanging.done.elsewhere  # what was refused before it hung waits no more
    for stream in left.streams:
        left.leave(stream, f"no answer within {hanging.given.deadline_s:g} s")
    return left.done


def _gone(name: str, streams: Sequence[str], given: Round) -> Delivered:
    """Give up what waits for a channel that the configuration no longer has; another one says so."""
    done = Delivered(channel=name, trouble="monitoring-integration.yaml has it no more")
    for stream in streams:
        for parcel in given.outbox.due(stream, given.clock()):
            given.outbox.refused(parcel.key, given.clock(), "its channel is gone")
            done.refused += 1
            if is_own(parcel.key):
                done.elsewhere += message_in(parcel, "there is no such channel any more")
    return done


def _tell_elsewhere(done: Sequence[Delivered], given: Round) -> tuple[str, ...]:
    """Put into the outbox what other channels must say, once for each incident; return the streams that are new."""
    parcels = [
        parcel_of(told_elsewhere(message, channel.name, address, why, given.clock()), given.scrubber)
        for each in done
        for message, why in each.elsewhere
        for channel, address in _others(message, given)
    ]
    return tuple(dict.fromkeys(parcel.to for parcel in parcels)) if given.outbox.put(*parcels) else ()


def _others(message: Message, given: Round) -> list[tuple[Channel, str]]:
    """Return who else can be told: the others whom the incident concerns, else everybody with an address of his own."""
    ready = [
        channel
        for channel in given.channels
        if channel.name != message.channel and channel.explain_disabled(given.environ) is None
    ]
    found = [(each, address) for each in ready for address in each.addresses(message.recipients, message.environment)]
    return found or [
        (each, address) for each in ready for address in each.addresses(each.options.serves, message.environment)
        if "*" not in address
    ]  # fmt: skip
