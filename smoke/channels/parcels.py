"""From notices to what the outbox keeps: one parcel for each channel and address."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from smoke.alerts.notice import Notice
from smoke.channels.links import Links
from smoke.channels.message import Message, message_of
from smoke.channels.registry import Channel
from smoke.history.outbox import Parcel
from smoke.secrets.firewall import scrubbed
from smoke.secrets.secret import Scrubber

KIND = "message"
STREAM = "alert"


def parcels_of(
    notices: Iterable[Notice], channels: Sequence[Channel], links: Links, scrubber: Scrubber
) -> tuple[Parcel, ...]:
    """Return what must be delivered so that everybody is told of ``notices``, in their order, without any secret."""
    return tuple(
        parcel_of(message_of(notice, channel.name, address, links), scrubber)
        for notice in notices
        for channel in channels
        for address in channel.addresses(notice.recipients, notice.subject.environment)
    )


def parcel_of(message: Message, scrubber: Scrubber) -> Parcel:
    """Return ``message`` as it is kept, scrubbed; it never expires, for what is late is told too."""
    clean = scrubbed(message, scrubber)
    stream = stream_of(message.channel, message.address, message.incident)
    return Parcel(key=message.key, to=stream, kind=KIND, body=clean.to_json(), created=message.at)


def stream_of(channel: str, address: str, incident: str) -> str:
    """Name what keeps its order: the messages of one incident to one address. Another incident never waits for it."""
    return f"{STREAM}:{channel}:{incident}:{address}"


def channel_of(stream: str) -> str:
    """Return whose a stream is."""
    return stream.split(":", 2)[1]
