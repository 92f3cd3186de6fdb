"""The WebSocket: whatever is sent comes back, until the other side leaves (RFC 6455)."""

from __future__ import annotations

from starlette.routing import BaseRoute, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

LONGEST_MESSAGE = 4096
TOO_BIG = 1009
NOT_TEXT = 1003


def routes() -> list[BaseRoute]:
    """The conversation that this part offers."""
    return [WebSocketRoute("/ws/echo", echo)]


async def echo(socket: WebSocket) -> None:
    """Answer every text with the same text; close with 1003 on bytes and with 1009 on a text that is too long."""
    await socket.accept()
    while True:
        try:
            text = await socket.receive_text()
        except WebSocketDisconnect:
            return
        except KeyError:
            await socket.close(NOT_TEXT)
            return
        if len(text) > LONGEST_MESSAGE:
            await socket.close(TOO_BIG)
            return
        await socket.send_text(text)
