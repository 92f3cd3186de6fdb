"""The StatsD sink, heard on a socket."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from smoke.sinks.delivery import Delivery
from smoke.sinks.statsd import LARGEST_PACKET, packets
from tests.support.deliveries import a_bulletin, an_outlet, give


@pytest.fixture
def agent() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(10)
        yield listener


def push(agent: socket.socket, **options: str) -> Delivery:
    address = f"127.0.0.1:{agent.getsockname()[1]}"
    return give([an_outlet("statsd", **options)], environ={"SMOKE_STATSD_ADDRESS": address})[0]


def heard(agent: socket.socket) -> list[str]:
    """The lines of all packets that a typical run makes."""
    lines: list[str] = []
    while len(lines) < len(a_bulletin().metrics):
        packet = agent.recv(65536)
        assert len(packet) <= LARGEST_PACKET
        lines += packet.decode().split("\n")
    return lines


def test_every_metric_is_a_line_with_tags(agent):
    """As DogStatsD has them: gauges, one count, tags behind a hash."""
    assert push(agent).ok
    lines = heard(agent)
    tags = "browser:chromium,env:production,execution_point:scheduled,region:eu-west-1,suite:shop"
    assert f"smoke_test.heartbeat:1|c|#{tags}" in lines
    assert f"smoke_test.duration:12500|g|#{tags}" in lines
    assert len(lines) == len(a_bulletin().metrics)


def test_tags_may_stand_in_the_name(agent):
    """As Telegraf reads them."""
    push(agent, dialect="influx")
    tags = "browser=chromium,env=production,execution_point=scheduled,region=eu-west-1,suite=shop"
    assert f"smoke_test.duration,{tags}:12500|g" in heard(agent)


def test_small_values_keep_their_digits(agent):
    """An error rate of 0.002 is not 0, and no number is written with an exponent that StatsD cannot read."""
    push(agent)
    (line,) = [line for line in heard(agent) if line.startswith("smoke_test.error_rate")]
    assert line.startswith("smoke_test.error_rate:0.002|g")


@pytest.mark.parametrize("address", ["localhost", "localhost:99999", "no-such-host.invalid:8125", "a b:1"])
def test_an_address_that_leads_nowhere_is_told(address):
    """UDP says nothing when nobody listens; what cannot even leave is a failed delivery."""
    (delivery,) = give([an_outlet("statsd")], environ={"SMOKE_STATSD_ADDRESS": address})
    assert not delivery.ok
    assert address in delivery.detail


def test_packets_are_full_and_whole():
    """As many lines in a packet as fit, none cut in two, all in order."""
    lines = [f"line.{number}:{'9' * (number % 300)}|g" for number in range(400)]
    sent = list(packets(lines))
    assert "\n".join(packet.decode() for packet in sent).split("\n") == lines
    assert max(map(len, sent)) <= LARGEST_PACKET
    assert list(packets([])) == []
