"""Serves reports to the browser on this machine: a trace viewer needs http."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SHOWN = frozenset({"allure-report", "attempts", "failures", "places", "proof", "status"})
"""Folders with pages and what they lead to; the rest, history above all, is nobody's business."""


@dataclass(frozen=True, slots=True)
class Site:
    """Reports that are being served."""

    url: str
    """Without a slash at its end."""
    thread: threading.Thread
    """Goes on until the site is closed."""


@contextmanager
def served(reports: Path) -> Iterator[Site]:
    """Serve the folder ``reports`` on the loopback interface; raises OSError where no port is to be had."""
    handler = functools.partial(_Handler, directory=str(reports))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, name="reports", daemon=True)
        thread.start()
        try:
            yield Site(f"http://127.0.0.1:{server.server_port}", thread)
        finally:
            server.shutdown()
            thread.join()


class _Handler(SimpleHTTPRequestHandler):
    def send_head(self) -> object:  # type: ignore[override]
        server = self.server
        assert isinstance(server, ThreadingHTTPServer)
        asked = Path(self.translate_path(self.path))
        folder = Path(self.directory)
        # Another site in the same browser could reach this server under a name of its own.
        own = self.headers.get("Host") == f"127.0.0.1:{server.server_port}"
        if not own or not asked.is_relative_to(folder) or not SHOWN & set(asked.relative_to(folder).parts[:1]):
            self.send_error(HTTPStatus.NOT_FOUND)
            return None
        return super().send_head()

    def list_directory(self, _path: object) -> None:
        self.send_error(HTTPStatus.NOT_FOUND)

    def log_message(self, *args: object) -> None:
        pass
