"""What every run costs, however much it checks: up to its first page, after its verdict, and in memory."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from benchmarks.distance import distance
from benchmarks.goals import Measured, measured
from benchmarks.timing import Timed, timed
from smoke.demo.process import start

SUITE = "betterprompts"
NAVIGATION = b"sec-fetch-mode: navigate"
"""How a browser marks the request for a page (Fetch Metadata)."""
SMOKE = str(Path(sys.executable).with_name("smoke"))
COMMANDS = (("smoke --help", ("--help",)), ("smoke config check", ("config", "check")))


@dataclass(frozen=True, slots=True)
class Seen:
    """What one run showed of its fixed costs."""

    navigation_s: float
    exit_s: float
    peak_mb: float


class Intake(BaseHTTPRequestHandler):
    """Answers as Datadog's intake does when all is well."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Take what comes."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = b'{"errors": []}'
        self.send_response(202)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def healthy_sinks() -> Iterator[dict[str, str]]:
    """Yield the variables that turn every sink on, with somebody there who answers."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Intake)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield {"DD_API_KEY": "0" * 32, "SMOKE_DATADOG_URL": f"http://127.0.0.1:{server.server_address[1]}"}
    finally:
        server.shutdown()
        server.server_close()


def seen(folder: Path) -> Seen:
    """Run the default suite once, all sinks on, and watch it from the target's side."""
    pages: list[float] = []

    def heard(data: bytes) -> None:
        if NAVIGATION in data.lower():
            pages.append(time.time())

    with start() as demo, healthy_sinks() as sinks, distance(demo.base_urls[SUITE], 0, heard) as url:
        environ = {**os.environ, **demo.environ, **sinks, "SMOKE_BASE_URL": url}
        run = timed([sys.executable, "-m", "smoke", "run", "--reports", str(folder)], environ)
    return Seen(pages[0] - run.began, run.ended - finished(folder), run.peak_mb)


def finished(folder: Path) -> float:
    """Return when the verdict of the run in ``folder`` was made, in seconds since the epoch."""
    return datetime.fromisoformat(json.loads((folder / "verdict.json").read_text())["finished"]).timestamp()


def run_costs(count: int) -> list[Measured]:
    """Measure whole runs."""
    with tempfile.TemporaryDirectory() as folder:
        seen(Path(folder))  # warms caches
        found = [seen(Path(folder)) for _ in range(count)]
    return [
        measured("first navigation", [each.navigation_s for each in found]),
        measured("verdict to exit", [each.exit_s for each in found]),
        measured("peak memory", [each.peak_mb for each in found]),
    ]


def command_costs(count: int) -> list[Measured]:
    """Measure commands that check nothing; each as often as there are runs, three times over."""
    return [measured(name, [each.wall_s for each in commands(arguments, 3 * count)]) for name, arguments in COMMANDS]


def commands(arguments: tuple[str, ...], count: int) -> Iterator[Timed]:
    """Yield what ``smoke`` took with ``arguments``, after a first time that warms caches."""
    timed([SMOKE, *arguments], os.environ)
    for _ in range(count):
        yield timed([SMOKE, *arguments], os.environ)
