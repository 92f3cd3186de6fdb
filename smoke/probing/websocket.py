"""One WebSocket conversation: connect, send, read one answer, close (RFC 6455)."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus, WebSocketException

from smoke.answers.exchange import Exchange, Request, Timing
from smoke.judging.causes import unreachable
from smoke.model import Blame
from smoke.observation import Finding
from smoke.probing.client import unanswered
from smoke.probing.failing import ProbeFailedError


class Dialling(connect):
    """A connection that is being made, as a browser makes it: redirects are refused handshakes."""

    def __init__(self, request: Request, timeout_s: float) -> None:
        self.is_through = False
        """Whether the network let it through."""
        url, headers = request.url.replace("http", "ws", 1), list(request.headers)
        super().__init__(url, open_timeout=timeout_s, additional_headers=headers, create_connection=self._made)  # type: ignore[arg-type]

    def _made(self, *given: Any, **named: Any) -> ClientConnection:
        self.is_through = True
        return ClientConnection(*given, **named)

    def process_redirect(self, exc: Exception) -> Exception:
        """Return ``exc``: it is not followed; called by websockets."""
        return exc


async def converse(request: Request, timeout_s: float) -> Exchange:
    """Send the body of ``request`` and return the first answer as an exchange with status 101.

    A refused handshake is an exchange with the status it was refused with. Raises ProbeFailedError if nothing
    came back within ``timeout_s`` seconds.
    """
    begun, status, closed = time.perf_counter(), 101, None
    headers: tuple[tuple[str, str], ...] = ()
    dialling: Dialling | None = None
    try:
        dialling = Dialling(request, timeout_s)
        async with dialling as socket:
            await socket.send((request.body or b"").decode())
            async with asyncio.timeout(timeout_s):
                answer = await socket.recv()
        body = answer.encode() if isinstance(answer, str) else answer
        closed = socket.close_code
    except InvalidStatus as error:
        response = error.response
        body, status = bytes(response.body or b""), response.status_code
        headers = tuple(response.headers.raw_items())
    except TimeoutError:
        phase, blame = ("answers", Blame.SLOW) if dialling and dialling.is_through else ("connects", Blame.TCP)
        rule = f"WS {request.url} {phase} within {timeout_s:g} s"
        raise ProbeFailedError(Finding(rule=rule, blame=blame, cause=unreachable(blame, request.url))) from None
    except (WebSocketException, OSError) as error:
        raise ProbeFailedError(unanswered(request, str(error))) from error
    timing = Timing(total_ms=(time.perf_counter() - begun) * 1000)
    return Exchange(request=request, status=status, headers=headers, body=body, timing=timing, closed_with=closed)
