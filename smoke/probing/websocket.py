"""One WebSocket conversation: connect, send, read one answer, close (RFC 6455)."""

from __future__ import annotations

import time

from smoke.answers.exchange import Exchange, Request, Timing
from smoke.judging.blame import network_blame
from smoke.judging.causes import unreachable
from smoke.model import Blame
from smoke.observation import Finding
from smoke.probing.failing import ProbeFailedError


async def converse(request: Request, timeout_s: float) -> Exchange:
    """Send the body of ``request`` and return the first answer as an exchange with status 101.

    A refused handshake is an exchange with the status it was refused with. Raises ProbeFailedError if nothing
    came back within ``timeout_s`` seconds.
    """
    from websockets.asyncio.client import connect
    from websockets.exceptions import InvalidStatus, WebSocketException

    begun = time.perf_counter()
    status, closed = 101, None
    headers: tuple[tuple[str, str], ...] = ()
    url = request.url.replace("http", "ws", 1)
    try:
        async with connect(url, open_timeout=timeout_s, additional_headers=list(request.headers)) as socket:
            await socket.send((request.body or b"").decode())
            answer = await _first(socket, timeout_s)
        body = answer.encode() if isinstance(answer, str) else answer
        closed = socket.close_code
    except InvalidStatus as error:
        response = error.response
        body, status = bytes(response.body or b""), response.status_code
        headers = tuple(response.headers.raw_items())
    except TimeoutError:
        rule = f"WS {request.url} answers within {timeout_s:g} s"
        raise ProbeFailedError(Finding(rule=rule, blame=Blame.SLOW)) from None
    except (WebSocketException, OSError) as error:
        blame = network_blame(str(error)) or Blame.TCP
        cause = unreachable(blame, url)
        raise ProbeFailedError(
            Finding(rule=f"WS {request.url} got no answer: {error}", blame=blame, cause=cause)
        ) from error
    timing = Timing(total_ms=(time.perf_counter() - begun) * 1000)
    return Exchange(request=request, status=status, headers=headers, body=body, timing=timing, closed_with=closed)


async def _first(socket: object, timeout_s: float) -> str | bytes:
    import asyncio

    async with asyncio.timeout(timeout_s):
        return await socket.recv()  # type: ignore[attr-defined,no-any-return]
