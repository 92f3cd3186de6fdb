"""What is still worth saying of messages that waited: nobody is woken for what is over. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from smoke.channels.message import Message, MessageKind
from smoke.model import Severity, Urgency
from smoke.moments import minute

LATE_S = 2 * 3600.0
"""From this age on a message was not told in time."""
MOST_LINES = 20


@dataclass(frozen=True, slots=True)
class Worth:
    """What becomes of the waiting messages of one incident to one address."""

    send: tuple[Message, ...] = ()
    """In this order."""
    skip: tuple[Message, ...] = ()
    """Said better by what follows them."""
    digest: tuple[Message, ...] = ()
    """Over before anybody was told: said in a digest, as one line."""


def worth(waiting: Sequence[Message], now: float) -> Worth:
    """Judge the messages of one incident to one address, the oldest first, at ``now``.

    In time, each is sent. When the oldest is late, only the newest is, for it says how things stand now; where that is
    the end of what nobody here was ever told of, all of it goes into the digest.
    """
    if not waiting or now - waiting[0].at < LATE_S:
        return Worth(send=tuple(waiting))
    first, last = waiting[0], waiting[-1]
    if first.kind is MessageKind.OPENED and last.is_over:
        return Worth(digest=tuple(waiting))
    return Worth(send=(last,), skip=tuple(waiting[:-1]))


def digest_of(late: Sequence[Message], now: float) -> Message:
    """Return one message that tells of ``late``, which all are for one channel and address."""
    shown = [_line(message) for message in late if message.kind is MessageKind.CLOSED][:MOST_LINES]
    over = len({message.incident for message in late}) - len(shown)
    return _aside(
        late[0],
        key="digest:" + hashlib.sha256("\n".join(message.key for message in late).encode()).hexdigest()[:16],
        now=now,
        title="incidents that were over before they could be told",
        sentence=f"This channel could not be reached when they came up; {len(shown) + over} incidents are over by now",
        lines=(*shown, *([f"and {over} more"] if over else [])),
    )


def told_elsewhere(stuck: Message, to: str, address: str, why: str, now: float) -> Message:
    """Return what another channel says of a message that its own does not take: once for each incident."""
    return _aside(
        replace(stuck, channel=to, address=address),
        key=f"elsewhere:{stuck.incident}/{stuck.channel}/{to}/{address}".rstrip("/"),
        now=now,
        title=f"the channel {stuck.channel} does not deliver",
        sentence=f"{stuck.channel} was to say this at {minute(stuck.at)} and has not: {why}",
        lines=(stuck.sentence,),
    )


def _aside(like: Message, *, key: str, now: float, title: str, sentence: str, lines: tuple[str, ...]) -> Message:
    return Message(
        key=f"{key}/{like.channel}/{like.address}".rstrip("/"),
        channel=like.channel,
        address=like.address,
        kind=MessageKind.DIGEST,
        incident=key.replace(":", "-").replace("/", "-"),
        at=now,
        severity=Severity.WARNING,
        urgency=Urgency.TELL,
        title=title,
        where="",
        suite=like.suite,
        environment=like.environment,
        rule=like.rule,
        sentence=sentence,
        recipients=like.recipients,
        began=like.began,
        opened=like.opened,
        lines=lines,
    )


def _line(message: Message) -> str:
    return f"{minute(message.began)}: {message.sentence}"
