"""Sends one request and says where its time went."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import socket
import ssl
import time
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import httpcore

from smoke.answers.encoding import decoded
from smoke.answers.exchange import Exchange, Request, Timing
from smoke.judging.blame import network_blame
from smoke.judging.causes import unreachable
from smoke.model import Blame
from smoke.observation import Finding
from smoke.probing.failing import ProbeFailedError

SCHEMES = (b"http", b"https")
TRUST = ("SSL_CERT_FILE", "SSL_CERT_DIR")
"""Variables by which OpenSSL is told of further authorities."""
LARGEST_BODY = 16 * 1024 * 1024


class Stopwatch:
    """Times the phases of one exchange from the trace events of httpcore."""

    def __init__(self) -> None:
        self.begun = time.perf_counter()
        self.marks: dict[str, float] = {}

    async def trace(self, event: str, _info: object) -> None:
        """Note when ``event`` happened; called by httpcore."""
        self.marks[event] = time.perf_counter()

    def lap(self, phase: str) -> float | None:
        """Milliseconds from the start of ``phase`` to its end, or None if it did not happen."""
        start, end = self.marks.get(f"{phase}.started"), self.marks.get(f"{phase}.complete")
        return None if start is None or end is None else (end - start) * 1000

    def timing(self) -> Timing:
        """Everything so far; the total ends now."""
        first = self.marks.get("http11.receive_response_headers.complete")
        dns, connect = self.lap("dns"), self.lap("connection.connect_tcp")
        return Timing(
            dns_ms=dns,
            connect_ms=None if connect is None else connect - (dns or 0.0),
            tls_ms=self.lap("connection.start_tls"),
            first_byte_ms=None if first is None else (first - self.begun) * 1000,
            total_ms=(time.perf_counter() - self.begun) * 1000,
        )


class _Resolving(httpcore.AsyncNetworkBackend):
    """Resolves names itself, so that the time for DNS is seen apart from that for TCP."""

    def __init__(self, stopwatch: Stopwatch) -> None:
        self._inner = httpcore.AnyIOBackend()
        self._stopwatch = stopwatch

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        await self._stopwatch.trace("dns.started", None)
        try:
            addresses = await _addresses(host, port)
        except socket.gaierror as error:
            raise httpcore.ConnectError(f"getaddrinfo: {error}") from error
        await self._stopwatch.trace("dns.complete", None)
        failure: Exception | None = None
        for address in addresses:
            try:
                return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectError(f"getaddrinfo: no address for {host}")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


async def _addresses(host: str, port: int) -> Sequence[str]:
    """Resolve a name; an address is one already, and needs no other thread to wait for the answer."""
    try:
        return (str(ipaddress.ip_address(host)),)
    except ValueError:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


async def send(request: Request, timeout_s: float) -> Exchange:
    """Send ``request`` on a connection of its own and read the whole answer; redirects are not followed.

    Raises ProbeFailedError if no whole answer arrived within ``timeout_s`` seconds.
    """
    if request.method == "WS":
        from smoke.probing.websocket import converse

        return await converse(request, timeout_s)
    stopwatch = Stopwatch()
    try:
        async with asyncio.timeout(timeout_s):
            return await _send(request, timeout_s, stopwatch)
    except TimeoutError:
        raise ProbeFailedError(late(request, timeout_s, stopwatch)) from None
    except httpcore.TimeoutException as error:
        raise ProbeFailedError(late(request, timeout_s, stopwatch)) from error
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol, OSError) as error:
        raise ProbeFailedError(unanswered(request, f"{error}" or type(error).__name__)) from error


def unanswered(request: Request, text: str) -> Finding:
    """Return the finding that no whole answer came, for which the network said ``text``."""
    blame = network_blame(text) or Blame.TCP
    rule = f"{request.method} {request.url} got no answer: {text}"
    return Finding(rule=rule, blame=blame, cause=unreachable(blame, request.url))


async def _send(request: Request, timeout_s: float, stopwatch: Stopwatch) -> Exchange:
    timeouts = dict.fromkeys(("connect", "read", "write", "pool"), timeout_s)
    async with (
        _connection(request, stopwatch) as connection,
        connection.stream(
            request.method,
            request.url,
            headers=list(request.headers),
            content=request.body,
            extensions={"trace": stopwatch.trace, "timeout": timeouts},
        ) as response,
    ):
        body = bytearray()
        async for chunk in response.aiter_stream():
            body += chunk
            if len(body) > LARGEST_BODY:
                break
        said = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers)
        headers, plain = decoded(said, bytes(body), LARGEST_BODY)
        return Exchange(
            request=request,
            status=response.status,
            headers=headers,
            body=plain,
            timing=stopwatch.timing(),
            tls_days_left=_tls_days_left(response),
        )


def _connection(request: Request, stopwatch: Stopwatch) -> httpcore.AsyncHTTPConnection:
    url = httpcore.URL(request.url)
    if url.scheme not in SCHEMES:
        raise httpcore.UnsupportedProtocol(f"Request URL has an unsupported protocol '{url.scheme.decode()}://'.")
    tls = _tls(*map(os.environ.get, TRUST)) if url.scheme == b"https" else None
    return httpcore.AsyncHTTPConnection(url.origin, ssl_context=tls, network_backend=_Resolving(stopwatch))


@cache
def _tls(*_trust: str | None) -> ssl.SSLContext:
    """Read whom to trust, once: it takes longer than a request."""
    return httpcore.default_ssl_context()


def _tls_days_left(response: httpcore.Response) -> float | None:
    stream = response.extensions.get("network_stream")
    tls = stream.get_extra_info("ssl_object") if stream is not None else None
    certificate = tls.getpeercert() if tls is not None else None
    if not certificate:
        return None
    return (ssl.cert_time_to_seconds(certificate["notAfter"]) - time.time()) / 86_400


def late(request: Request, timeout_s: float, stopwatch: Stopwatch) -> Finding:
    """Return the finding of no answer in time: an application that is slow, or a network that lets nothing through."""
    if "dns.complete" not in stopwatch.marks:
        phase, blame = "resolves", Blame.DNS
    elif "connection.connect_tcp.complete" not in stopwatch.marks:
        phase, blame = "connects", Blame.TCP
    else:
        phase, blame = "answers", Blame.SLOW
    rule = f"{request.method} {request.url} {phase} within {timeout_s:g} s"
    return Finding(rule=rule, blame=blame, cause=unreachable(blame, request.url))
