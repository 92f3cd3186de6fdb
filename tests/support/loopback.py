"""A server on the loopback interface that does, connection by connection, what a test tells it to."""

from __future__ import annotations

import asyncio
import contextlib
import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

Behaviour = Callable[["Loopback", asyncio.StreamWriter], Awaitable[None]]
ENOUGH_S = 60.0
"""For what must arrive; only a test that fails waits so long."""


@dataclass(slots=True)
class Loopback:
    """What the server was asked, and where it is."""

    port: int = 0
    asked: list[str] = field(default_factory=list)
    """The beginning of each request, or whatever came in its place."""
    over: asyncio.Event = field(default_factory=asyncio.Event)
    """Ends hanging."""

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"


def free_port() -> int:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return int(unused.getsockname()[1])


def certificate_in(folder: Path) -> Path:
    """A new file with a certificate for 127.0.0.1 that ends tomorrow, and its key; skips where nothing can make one."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl here to make a certificate with")
    path = folder / "certificate.pem"
    made = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=127.0.0.1"
    places = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", path, "-out", path]
    subprocess.run([*made.split(), *places], check=True, capture_output=True, timeout=60)
    return path


def with_certificate(certificate: Path) -> ssl.SSLContext:
    """What a server shows it by."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def answers(body: str = '{"status": "healthy"}', *, status: str = "200 OK", headers: tuple[str, ...] = ()) -> Behaviour:
    async def behave(_server: Loopback, writer: asyncio.StreamWriter) -> None:
        head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body.encode())}", "Connection: close", *headers]
        writer.write("\r\n".join([*head, "", body]).encode())
        await writer.drain()

    return behave


async def drops(_server: Loopback, writer: asyncio.StreamWriter) -> None:
    """Close the connection without a word."""


async def talks_nonsense(_server: Loopback, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 mail.example ESMTP\r\n")
    await writer.drain()


async def breaks_off(_server: Loopback, writer: asyncio.StreamWriter) -> None:
    """Promise a body, and send half of it."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + b"x" * 50)
    await writer.drain()


async def hangs(server: Loopback, _writer: asyncio.StreamWriter) -> None:
    """Take the request and never answer."""
    await server.over.wait()


async def trickles(server: Loopback, writer: asyncio.StreamWriter) -> None:
    """Answer at once, and never come to the end."""
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while not server.over.is_set():
        writer.write(b"1\r\nx\r\n")
        await writer.drain()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(server.over.wait(), 0.01)


async def _request(reader: asyncio.StreamReader) -> bytes:
    """Read what comes first, and the rest of a body that it announces: the two may come apart."""
    data = await reader.read(65536)
    head, _, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    return data + (await reader.readexactly(max(0, int(length[1]) - len(body))) if length else b"")


@contextlib.asynccontextmanager
async def serving(*script: Behaviour, tls: ssl.SSLContext | None = None) -> AsyncIterator[Loopback]:
    """Serve; the first connection gets the first behaviour, and the last behaviour is for all that follow."""
    loopback = Loopback()
    talks: list[asyncio.Task[None] | None] = []

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.append(asyncio.current_task())
        behave = script[min(len(talks), len(script)) - 1]
        with contextlib.suppress(OSError):
            loopback.asked.append((await _request(reader)).decode("latin-1"))
            await behave(loopback, writer)
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)
    loopback.port = server.sockets[0].getsockname()[1]
    try:
        async with asyncio.timeout(ENOUGH_S):
            yield loopback
    finally:
        loopback.over.set()
        server.close()
        await asyncio.gather(*filter(None, talks))
        await server.wait_closed()
