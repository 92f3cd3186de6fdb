"""Serves every product in one process, each on a port of its own."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import secrets
import signal
import socket
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from smoke.demo.breaking import Breaking
from smoke.demo.control import Control
from smoke.demo.credentials import Credentials
from smoke.demo.handoff import Handoff
from smoke.demo.middleware import Envelope, Origins
from smoke.demo.options import DemoOptions
from smoke.demo.products import served, suite_of
from smoke.demo.rate_limit import RateLimit
from smoke.demo.services import Services


class _WebSocket(asyncio.Protocol):
    """Becomes uvicorn's WebSocket protocol, which is not loaded before somebody wants to talk."""

    def __new__(cls, **given: Any) -> asyncio.Protocol:  # type: ignore[misc]
        from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

        return WebSocketsSansIOProtocol(**given)


class _Server(uvicorn.Server):
    """Leaves signals to the process and says when it answers."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                access_log=False,
                http="h11",
                lifespan="off",
                log_config=None,
                loop="asyncio",
                server_header=False,
                timeout_keep_alive=75,
                ws=_WebSocket,
            )
        )
        self.ready = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Install no handlers: one process may run several servers."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to accept connections."""
        await super().startup(sockets)
        self.ready.set()


def run(
    options: DemoOptions,
    credentials: Credentials,
    announce: Callable[[Handoff], None],
    until_eof: int | None,
) -> None:
    """Serve until SIGINT or SIGTERM.

    Args:
        options: What to serve and where.
        credentials: The secrets of the accounts.
        announce: Called once, when every product answers.
        until_eof: A file descriptor whose end ends the server too; None: nothing else does.

    Raises:
        OSError: A port is taken.
    """
    asyncio.run(_serve(options, credentials, announce, until_eof))


async def _serve(
    options: DemoOptions,
    credentials: Credentials,
    announce: Callable[[Handoff], None],
    until_eof: int | None,
) -> None:
    token = secrets.token_urlsafe()
    services = Services.start(options)
    products = served(options.suites)
    sockets = {name: _listen(options, number) for number, name in enumerate(products)}
    urls = {name: _url(listening) for name, listening in sockets.items()}
    servers = {
        name: _Server(_wrap(build(services, credentials), services, token, _friends(name, urls)))
        for name, build in products.items()
    }
    ended = _end(until_eof)
    running = [asyncio.create_task(server.serve([sockets[name]])) for name, server in servers.items()]
    await asyncio.gather(*(server.ready.wait() for server in servers.values()))
    environ = {"SMOKE_BASE_URL": next(iter(urls.values())), **credentials.environ}
    announce(Handoff(base_urls=urls, environ=environ, control_token=token, pid=os.getpid()))
    await ended.wait()
    logging.getLogger("uvicorn.error").disabled = True  # a request that is cut off now is no error
    for task in running:
        task.cancel()


def _listen(options: DemoOptions, number: int) -> socket.socket:
    port = options.port + number if options.port else 0
    listening = socket.create_server((options.host, port), backlog=128)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # accepted sockets inherit it
    return listening


def _url(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://{host}:{port}"


def _friends(name: str, urls: Mapping[str, str]) -> frozenset[str]:
    """Where the pages of a product come from: those of ``suite`` may call every ``suite-…`` beside it."""
    return frozenset({urls[suite_of(name)]})


def _wrap(app: ASGIApp, services: Services, token: str, friends: frozenset[str]) -> ASGIApp:
    app = Breaking(app, breaks=services.breaks)
    app = RateLimit(app, limiter=services.limiter, breaks=services.breaks)
    app = Origins(app, allowed=services.options.allowed_origins | friends)
    app = Control(app, token=token, breaks=services.breaks)
    return Envelope(app, build=services.options.build)


def _end(until_eof: int | None) -> asyncio.Event:
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, ended.set)
    if until_eof is not None:
        loop.add_reader(until_eof, ended.set)
    return ended
