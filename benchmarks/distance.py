"""Puts a target far away: a proxy on loopback that holds every byte back for as long as the way would take."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

CHUNK = 65536


def _deaf(_data: bytes) -> None:
    """Take no note."""


async def _carry(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay_s: float, heard: Callable[[bytes], None] = _deaf
) -> None:
    """Carry bytes on, each ``delay_s`` after it came; what is on its way does not hold up what follows."""
    loop, under_way = asyncio.get_running_loop(), asyncio.Queue[tuple[float, bytes]]()

    async def deliver() -> None:
        while True:
            due, data = await under_way.get()
            await asyncio.sleep(max(0.0, due - loop.time()))
            if not data:
                break
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()

    delivering = asyncio.create_task(deliver())
    while data := await reader.read(CHUNK):
        heard(data)
        under_way.put_nowait((loop.time() + delay_s, data))
    under_way.put_nowait((loop.time() + delay_s, b""))
    await delivering


@contextmanager
def distance(url: str, round_trip_s: float, heard: Callable[[bytes], None] = _deaf) -> Iterator[str]:
    """Yield an address that leads to ``url``, ``round_trip_s`` seconds away; a connection costs one round trip.

    What is sent there ``heard`` is told, on another thread.
    """
    parts = urlsplit(url)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(round_trip_s)
        try:
            there, back = await asyncio.open_connection(parts.hostname, parts.port)
            one_way = round_trip_s / 2
            await asyncio.gather(_carry(reader, back, one_way, heard), _carry(there, writer, one_way))
            back.close()
        except OSError:
            pass
        finally:
            writer.close()

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(asyncio.start_server(serve, "127.0.0.1", 0), loop).result()
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        asyncio.run_coroutine_threadsafe(_end(server), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end(server: asyncio.Server) -> None:
    """Close ``server`` and give up what is still under way."""
    server.close()
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)
