"""A deployment platform on loopback: two builds of the embedded application behind a balancer that can be told."""

from __future__ import annotations

import http.client
import json
import random
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from smoke.demo.options import DemoOptions
from smoke.demo.process import DemoProcess, start

COHORT = "cohort"
HOP = {"connection", "transfer-encoding", "content-length", "keep-alive"}


@dataclass
class Platform:
    """Sends each session to a build by weight, and stays with it; ``X-Canary`` and ``X-Stable`` ask for one of them."""

    builds: dict[str, DemoProcess]
    stable: str
    canary: str
    share: float = 0.0
    """Of new sessions that meet the canary."""
    sticky: bool = True
    takes_rollbacks: bool = True
    failing: Mapping[str, float] = field(default_factory=dict)
    """By build, the share of its answers that are 503."""
    is_down: bool = False
    """Whether no build is reached: the balancer answers for itself."""
    failing_from: int = 0
    """The request from which on they are."""
    restarts_at: int | None = None
    """The request before which the process of the canary is killed and started anew, once."""
    start: Callable[[str], DemoProcess] | None = None
    url: str = ""
    rollbacks: list[dict[str, Any]] = field(default_factory=list)
    escalations: list[dict[str, Any]] = field(default_factory=list)
    served: int = 0
    _chance: random.Random = field(default_factory=lambda: random.Random(7))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def shift(self, share: float) -> None:
        self.share = share

    def choose(self, headers: Any) -> str:
        if headers.get("X-Canary") and self.share:
            return self.canary
        if headers.get("X-Stable"):
            return self.stable
        cookie = SimpleCookie(headers.get("Cookie", "")).get(COHORT)
        if self.sticky and cookie and cookie.value in self.builds and 0 < self.share < 1:
            return cookie.value
        with self._lock:
            return self.canary if self._chance.random() < self.share else self.stable

    def fails(self, build: str) -> bool:
        with self._lock:
            return self.served > self.failing_from and self._chance.random() < self.failing.get(build, 0.0)

    def arrived(self) -> None:
        """Count a request, and restart what crashes at it."""
        with self._lock:
            self.served += 1
            if self.restarts_at is not None and self.served >= self.restarts_at and self.start:
                self.restarts_at = None
                self.builds[self.canary].child.kill()
                self.builds[self.canary] = self.start(self.canary)

    def hook(self, path: str, body: dict[str, Any]) -> int:
        if path == "/__platform__/rollback":
            self.rollbacks.append(body)
            if self.takes_rollbacks:
                self.shift(0.0)
            return 200
        self.escalations.append(body)
        return 200


def _handler(platform: Platform) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.path.startswith("/__platform__/"):
                self._answer(platform.hook(self.path, json.loads(body)), [], b"")
                return
            platform.arrived()
            if platform.is_down:
                self._answer(502, [("Content-Type", "text/plain")], b"nobody there")
                return
            build = platform.choose(self.headers)
            if platform.fails(build):
                self._answer(503, [("X-Build-ID", build), ("Content-Type", "text/plain")], b"overloaded")
                return
            there = urlsplit(platform.builds[build].base_urls["betterprompts"])
            connection = http.client.HTTPConnection(there.hostname or "", there.port or 80, timeout=10)
            sent = {name: value for name, value in self.headers.items() if name.lower() not in HOP | {"host"}}
            connection.request(self.command, self.path, body or None, {**sent, "Host": self.headers["Host"]})
            answer = connection.getresponse()
            found = answer.read()
            kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in HOP]
            self._answer(answer.status, [*kept, ("Set-Cookie", f"{COHORT}={build}; Path=/")], found)
            connection.close()

        def log_message(self, *_args: Any) -> None:
            pass

    for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"):
        setattr(Handler, f"do_{method}", Handler.serve)
    return Handler


@contextmanager
def platform(stable: str = "build-1", canary: str = "build-2") -> Iterator[Platform]:
    suites = frozenset({"betterprompts"})
    with ExitStack() as stack:

        def started(build: str) -> DemoProcess:
            return stack.enter_context(start(DemoOptions(build=build, suites=suites)))

        made = Platform({build: started(build) for build in (stable, canary)}, stable, canary, start=started)
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(made))
        made.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield made
        finally:
            server.shutdown()
            server.server_close()
