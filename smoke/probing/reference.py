"""The reference exchange: a request to ourselves, which takes as long as this runner makes it take."""

from __future__ import annotations

import asyncio
import hashlib
import statistics
from collections.abc import Awaitable, Callable

from smoke.answers.exchange import Request
from smoke.calibration import Calibration, Reference
from smoke.probing.client import send
from smoke.probing.failing import ProbeFailedError

ROUNDS = 8_000
"""About 10 ms of an idle core: what an application spends on an answer."""
EXCHANGES = 3
PATIENCE_S = 3.0
"""How long a reading waits for the runner to calm down: a run is busiest when it begins."""
PAUSE_S = 0.1
TIMEOUT_S = 5.0
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


async def calm(read: Callable[[], Awaitable[Calibration | None]]) -> Calibration | None:
    """Return a reading within the band as soon as there is one, and the last one where that takes too long.

    ``read`` takes one. None where the machine does not even let us ask ourselves.
    """
    clock = asyncio.get_running_loop().time
    ends = clock() + PATIENCE_S
    while (seen := await read()) is not None and not seen.is_within and clock() < ends:
        await asyncio.sleep(PAUSE_S)
    return seen


async def reading(band_ms: float) -> Calibration | None:
    """Return how long the reference takes just now: the median of a few."""
    try:
        server = await asyncio.start_server(_answer, "127.0.0.1", 0)
        async with server:
            host, port = server.sockets[0].getsockname()[:2]
            request = Request(method="GET", url=f"http://{host}:{port}/", headers=(), check_id="")
            times = [(await send(request, TIMEOUT_S)).timing.total_ms for _ in range(EXCHANGES)]
    except (OSError, ProbeFailedError):
        return None
    return Calibration(reference=Reference.EXCHANGE, readings_ms=(statistics.median(times),), band_ms=band_ms)


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    await asyncio.get_running_loop().run_in_executor(None, hashlib.pbkdf2_hmac, "sha256", b"key", b"salt", ROUNDS)
    writer.write(ANSWER)
    await writer.drain()
    writer.close()
