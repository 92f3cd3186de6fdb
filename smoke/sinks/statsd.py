"""StatsD over UDP, for an agent beside the run: nobody says whether anything arrives."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, assert_never

from smoke.sinks.bulletin import Bulletin
from smoke.sinks.metrics import Kind, Metric
from smoke.sinks.options import Options
from smoke.sinks.registry import Errand, Keeping, SinkError, sink
from smoke.strict import Variable

LARGEST_PACKET = 1432
"""Bytes that fit an Ethernet frame: a packet in pieces is lost with any of them."""
LAST_PORT = 65535
"""The C library takes a larger one for another."""


class Dialect(StrEnum):
    """How tags are written; plain StatsD has none, and would add up what differs only by them."""

    DOGSTATSD = "dogstatsd"
    INFLUX = "influx"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statsd(Options):
    """An agent that takes StatsD: Datadog's (DogStatsD), Telegraf (influx), the Prometheus exporter (either)."""

    sink: Literal["statsd"] = "statsd"
    """``statsd``."""
    address: Variable = "SMOKE_STATSD_ADDRESS"
    """Environment variable that holds ``host:port``. By default SMOKE_STATSD_ADDRESS."""
    dialect: Dialect = Dialect.DOGSTATSD
    """How tags are written: ``dogstatsd``, which is the default, or ``influx``."""

    @property
    def needed(self) -> tuple[str, ...]:
        """The address."""
        return (self.address,)


@sink(Statsd, keeping=Keeping.NOTHING)
def deliver(bulletin: Bulletin, options: Statsd, errand: Errand) -> None:
    """Send the metrics off; raises SinkError where they cannot even leave."""
    said = errand.environ[options.address].strip()
    if not (match := re.fullmatch(r"\[?([^\s\[\]]+?)\]?:(\d{1,5})", said)) or int(match[2]) > LAST_PORT:
        raise SinkError(f"{options.address} is not host:port; got {said!r}.")
    try:
        kind, way, protocol, _, address = socket.getaddrinfo(match[1], int(match[2]), type=socket.SOCK_DGRAM)[0]
        with socket.socket(kind, way, protocol) as sender:
            for packet in packets(_line(metric, options.dialect) for metric in bulletin.metrics):
                sender.sendto(packet, address)
    except OSError as error:
        raise SinkError(f"StatsD at {said} cannot be sent to: {error}.") from None


def packets(lines: Iterable[str]) -> Iterator[bytes]:
    """Yield ``lines`` in order, as many in a packet as fit."""
    packet = b""
    for line in lines:
        data = line.encode()
        if packet and len(packet) + 1 + len(data) > LARGEST_PACKET:
            yield packet
            packet = b""
        packet = packet + b"\n" + data if packet else data
    if packet:
        yield packet


def _line(metric: Metric, dialect: Dialect) -> str:
    value = f"{metric.value:.6f}".rstrip("0").rstrip(".")
    kind = _kind(metric.kind)
    match dialect:
        case Dialect.DOGSTATSD:
            return f"{metric.name}:{value}|{kind}|#{','.join(metric.tags)}"
        case Dialect.INFLUX:
            tags = "".join(f",{tag.replace(':', '=', 1)}" for tag in metric.tags)
            return f"{metric.name}{tags}:{value}|{kind}"
        case _:
            assert_never(dialect)


def _kind(kind: Kind) -> str:
    match kind:
        case Kind.GAUGE:
            return "g"
        case Kind.COUNT:
            return "c"
        case _:
            assert_never(kind)
