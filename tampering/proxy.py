"""A reverse proxy on loopback that reads whole answers and sends them on as a defect makes them."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import h11

from tampering.defect import Asked, Defect, Memory, Reply

CHUNK = 65536
HOP = {b"connection", b"keep-alive", b"transfer-encoding", b"content-length"}
"""Headers of one connection (RFC 9110, 7.6.1), which the proxy says anew."""


@dataclass(slots=True)
class Proxy:
    """Stands before one or more addresses of a target, each at a port of its own."""

    defect: Defect
    memory: Memory = field(default_factory=Memory)
    touched: set[str] = field(default_factory=set)
    """Method and address, as it was asked for, of every answer that was changed."""
    upstream: dict[str, str] = field(default_factory=dict)
    """Address of the proxy to that of the target."""
    urls: tuple[str, ...] = ()
    troubles: list[Exception] = field(default_factory=list)
    """Raised by the defect itself: then nothing was tried."""

    def spoiled(self, url: str, asked: Asked, good: Reply) -> Reply:
        """Return the answer as it is sent on."""
        try:
            bad = self.defect.change(asked, good, self.memory)
        except Exception as error:  # noqa: BLE001 - whoever runs the campaign must hear of it
            self.troubles.append(error)
            return good
        if bad != good:
            self.touched.add(f"{asked.method} {url}{asked.path}")
        return bad

    async def serve(self, url: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection, which carries one request."""
        parts = urlsplit(self.upstream[url])
        with contextlib.suppress(OSError, h11.ProtocolError, asyncio.IncompleteReadError):
            asked, raw, tunnel = await _request(reader)
            there, back = await asyncio.open_connection(parts.hostname, parts.port)
            try:
                back.write(raw)
                if tunnel:
                    await asyncio.gather(_carry(reader, back), _carry(there, writer))
                else:
                    await _send(writer, asked, self.spoiled(url, asked, await _answer(there, asked)))
            finally:
                back.close()
        with contextlib.suppress(OSError):
            writer.close()


async def _request(reader: asyncio.StreamReader) -> tuple[Asked, bytes, bool]:
    """Read one request; return it, the bytes to send on, and whether it asks for another protocol."""
    theirs, raw, body = h11.Connection(h11.SERVER), b"", b""
    head: h11.Request | None = None
    while True:
        event = theirs.next_event()
        match event:
            case h11.NEED_DATA:
                data = await reader.read(CHUNK)
                raw += data
                theirs.receive_data(data)
            case h11.Request():
                head = event
                if any(name == b"upgrade" for name, _ in head.headers):
                    return _asked(head, b""), raw, True
            case h11.Data():
                body += bytes(event.data)
            case _:
                break
    if head is None:
        raise ConnectionResetError
    lines = [b"%s %s HTTP/1.1" % (head.method, head.target)]
    lines += [b"%s: %s" % each for each in head.headers if each[0] not in HOP | {b"accept-encoding"}]
    lines += [b"Content-Length: %d" % len(body)] if body else []
    return _asked(head, body), b"\r\n".join([*lines, b"Connection: close", b"", body]), False


def _asked(head: h11.Request, body: bytes) -> Asked:
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in head.headers)
    return Asked(method=head.method.decode(), path=head.target.decode(), headers=headers, body=body)


async def _answer(there: asyncio.StreamReader, asked: Asked) -> Reply:
    ours, body = h11.Connection(h11.CLIENT), b""
    ours.send(h11.Request(method=asked.method, target="/", headers=[("Host", "x")]))
    ours.send(h11.EndOfMessage())
    head: h11.Response | None = None
    while True:
        event = ours.next_event()
        match event:
            case h11.NEED_DATA:
                ours.receive_data(await there.read(CHUNK))
            case h11.Response():
                head = event
            case h11.Data():
                body += bytes(event.data)
            case h11.EndOfMessage() | h11.ConnectionClosed():
                break
    if head is None:
        raise ConnectionResetError
    headers = tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, value in head.headers.raw_items()
        if name.lower() not in HOP
    )
    return Reply(status=head.status_code, headers=headers, body=body)


async def _send(writer: asyncio.StreamWriter, asked: Asked, reply: Reply) -> None:
    await asyncio.sleep(reply.delay_s)
    body = b"" if asked.method == "HEAD" or reply.status in (204, 304) else reply.body
    length = len(body) if reply.promised is None else reply.promised
    headers = reply.headers if reply.status in (204, 304) else (*reply.headers, ("Content-Length", str(length)))
    lines = [f"HTTP/{reply.version} {reply.status} -", *(f"{name}: {value}" for name, value in headers)]
    writer.write("\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1"))
    writer.write(body if reply.hung_up_after is None else body[: reply.hung_up_after])
    await writer.drain()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(CHUNK):
        writer.write(data)
        await writer.drain()
    if writer.can_write_eof():
        writer.write_eof()


@contextlib.contextmanager
def proxies(number: int, defect: Defect) -> Iterator[Proxy]:
    """Yield a proxy with ``number`` addresses; ``upstream`` says where each leads, before it is asked."""
    proxy = Proxy(defect)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    servers = [asyncio.run_coroutine_threadsafe(_listen(proxy), loop).result() for _ in range(number)]
    proxy.urls = tuple(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}" for server in servers)
    try:
        yield proxy
    finally:
        for server in servers:
            loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


async def _listen(proxy: Proxy) -> asyncio.Server:
    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await proxy.serve(f"http://127.0.0.1:{writer.get_extra_info('sockname')[1]}", reader, writer)

    return await asyncio.start_server(connected, "127.0.0.1", 0)
