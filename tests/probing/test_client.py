from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from pathlib import Path

import pytest

from smoke.answers.exchange import Exchange, Request
from smoke.model import Blame
from smoke.observation import Finding
from smoke.probing import client
from smoke.probing.client import send
from smoke.probing.failing import ProbeFailedError
from tests.support.loopback import (
    Behaviour,
    Loopback,
    answers,
    breaks_off,
    certificate_in,
    drops,
    free_port,
    hangs,
    serving,
    talks_nonsense,
    trickles,
    with_certificate,
)

PATIENT_S = 30.0


def exchange_with(
    *script: Behaviour, request: Request | None = None, timeout_s: float = PATIENT_S
) -> tuple[Exchange, Loopback]:
    async def talk() -> tuple[Exchange, Loopback]:
        async with serving(*script) as server:
            given = request or Request(method="GET", url="/health")
            sent = Request(method=given.method, url=server.url + given.url, headers=given.headers, body=given.body)
            return await send(sent, timeout_s), server

    return asyncio.run(talk())


def failure_of(url: str, timeout_s: float = PATIENT_S, method: str = "GET") -> Finding:
    with pytest.raises(ProbeFailedError) as caught:
        asyncio.run(send(Request(method=method, url=url), timeout_s))
    return caught.value.finding


def failure_with(
    *script: Behaviour, scheme: str = "http", tls: ssl.SSLContext | None = None, timeout_s: float = PATIENT_S
) -> tuple[Finding, str]:
    """What failed, and the address that it failed at."""

    async def talk() -> tuple[Finding, str]:
        async with serving(*script, tls=tls) as server:
            url = f"{scheme}://{server.host}/"
            with pytest.raises(ProbeFailedError) as caught:
                await send(Request(method="GET", url=url), timeout_s)
            return caught.value.finding, url

    return asyncio.run(talk())


def test_an_answer_arrives_whole() -> None:
    """Status, headers and body are what the server sent."""
    exchange, _ = exchange_with(answers("pong", status="418 I'm a teapot", headers=("X-Build: 42", "X-Build: 43")))
    assert (exchange.status, exchange.text) == (418, "pong")
    assert exchange.header("x-build") == "42, 43"
    assert exchange.header("x-other") is None


def test_a_request_is_sent_as_it_was_described() -> None:
    """Method, path, headers and body reach the server."""
    request = Request(method="POST", url="/cart?id=1", headers=(("X-Smoke", "yes"),), body=b"12345")
    _, server = exchange_with(answers(), request=request)
    head = server.asked[0].lower()
    assert head.startswith("post /cart?id=1 http/1.1\r\n")
    assert "\r\nx-smoke: yes\r\n" in head
    assert "\r\ncontent-length: 5\r\n" in head


def test_the_time_of_an_exchange_is_told_in_parts() -> None:
    """Name, connection and first byte take their parts of the whole, and without TLS there is none of it."""
    timing = exchange_with(answers())[0].timing
    assert timing.tls_ms is None
    assert timing.dns_ms is not None
    assert timing.connect_ms is not None
    assert timing.first_byte_ms is not None
    assert timing.dns_ms > 0
    assert timing.connect_ms > 0
    assert timing.dns_ms + timing.connect_ms < timing.first_byte_ms <= timing.total_ms


def test_a_redirect_is_an_answer() -> None:
    """A redirect is not followed: where it leads is for the probe to judge."""
    exchange, server = exchange_with(answers("", status="302 Found", headers=("Location: /login",)))
    assert (exchange.status, exchange.header("location")) == (302, "/login")
    assert len(server.asked) == 1


def test_each_request_has_a_connection_of_its_own() -> None:
    """A second request is not served by a connection that happens to be open still."""

    async def talk() -> list[float | None]:
        async with serving(answers()) as server:
            request = Request(method="GET", url=server.url)
            return [(await send(request, PATIENT_S)).timing.connect_ms for _ in range(2)]

    assert all(connected is not None for connected in asyncio.run(talk()))


def test_a_huge_body_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """A body that never ends cannot fill the memory: what is read is bounded."""
    monkeypatch.setattr(client, "LARGEST_BODY", 10)
    exchange, _ = exchange_with(trickles)
    assert 10 < len(exchange.body) < 10_000


def test_a_refused_connection_is_tcp() -> None:
    """Where nobody listens, the connection is to blame, and the request is named."""
    url = f"http://127.0.0.1:{free_port()}/health"
    finding = failure_of(url)
    assert finding.blame is Blame.TCP
    assert finding.rule.startswith(f"GET {url} got no answer: ")


def test_a_name_that_does_not_resolve_is_dns() -> None:
    """A host without an address is the fault of its name, not of a connection."""
    finding = failure_of("http://name.invalid/")
    assert finding.blame is Blame.DNS
    assert finding.rule.startswith("GET http://name.invalid/ got no answer: getaddrinfo: ")


@pytest.mark.parametrize("behaviour", [drops, breaks_off, talks_nonsense])
def test_a_broken_answer_is_tcp(behaviour: Behaviour) -> None:
    """A connection that is dropped, cut short or speaks another language is no answer."""
    finding, url = failure_with(behaviour)
    assert finding.blame is Blame.TCP
    assert finding.rule.startswith(f"GET {url} got no answer: ")


@pytest.mark.parametrize("behaviour", [hangs, trickles])
def test_an_answer_that_does_not_end_is_slow(behaviour: Behaviour) -> None:
    """A server that never answers, or never comes to an end, is waited for as long as was said and no longer."""
    finding, url = failure_with(behaviour, timeout_s=0.2)
    assert finding == Finding(rule=f"GET {url} answers within 0.2 s", blame=Blame.SLOW)


@pytest.mark.parametrize("method", ["GET", "WS"])
def test_a_place_that_lets_nobody_in_is_no_slow_application(method: str) -> None:
    """A connection that is never made says nothing of the application's speed: it is the network's."""
    with socket.socket() as full, contextlib.ExitStack() as others:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        for _ in range(2):  # the queue takes these, and nobody takes them from it
            waiting = others.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(("127.0.0.1", port))
        finding = failure_of(f"http://127.0.0.1:{port}/", 0.3, method)
    assert finding.rule == f"{method} http://127.0.0.1:{port}/ connects within 0.3 s"
    assert (finding.blame, finding.cause) == (Blame.TCP, f"the connection to 127.0.0.1:{port} fails")


def test_a_server_without_tls_behind_https_is_tls() -> None:
    """A port that speaks plain HTTP where a certificate is expected fails by TLS."""
    assert failure_with(talks_nonsense, scheme="https")[0].blame is Blame.TLS


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    return certificate_in(tmp_path)


def test_a_certificate_that_somebody_vouches_for_is_accepted(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over TLS an answer arrives, the handshake has its part of the time, and the certificate's end is known."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    async def talk() -> Exchange:
        async with serving(answers("pong"), tls=with_certificate(certificate)) as server:
            return await send(Request(method="GET", url=f"https://{server.host}/"), PATIENT_S)

    exchange = asyncio.run(talk())
    assert (exchange.status, exchange.text) == (200, "pong")
    assert exchange.timing.tls_ms is not None
    assert 0 < exchange.timing.tls_ms < exchange.timing.total_ms
    assert exchange.tls_days_left is not None
    assert 0 < exchange.tls_days_left <= 1


def test_a_certificate_that_nobody_vouches_for_is_tls(certificate: Path) -> None:
    """A self-signed certificate is not accepted, and the finding says why."""
    finding, url = failure_with(answers(), scheme="https", tls=with_certificate(certificate))
    assert finding.blame is Blame.TLS
    assert finding.rule.startswith(f"GET {url} got no answer: ")
    assert "self-signed certificate" in finding.rule.replace("self signed", "self-signed")
