"""Roundup, an issue tracker that has nothing to do with this repository."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.loopback import free_port
from tests.support.public import HOST, call, installed, serving

ROUNDUP = "roundup==2.6.0"


@dataclass(frozen=True)
class Tracker:
    """Installed and filled, not running."""

    programs: Path
    home: Path
    port: int
    password: str
    """Of its user ``visitor``."""

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}/tracker/"

    def admin(self, *arguments: str) -> None:
        call(self.programs / "roundup-admin", "-i", self.home, *arguments)

    @contextlib.contextmanager
    def serving(self) -> Iterator[None]:
        """Serve from the first answer to the end of the block."""
        as_root = ["-u", "root"] if os.geteuid() == 0 else []  # otherwise it refuses to run as root
        command = [self.programs / "roundup-server", "-n", HOST, "-p", str(self.port), "-t", "thread", *as_root]
        log = self.home.with_suffix(".log")
        with serving(*command, f"tracker={self.home}", url=self.url, port=self.port, log=log):
            yield


def a_tracker(home: Path) -> Tracker:
    """Set up a tracker with one account and one issue."""
    tracker = Tracker(installed(ROUNDUP), home, free_port(), secrets.token_hex(16))
    mail = f"mail_domain=smoke.invalid,mail_host={HOST},mail_debug={tracker.home.with_suffix('.mbox')}"
    tracker.admin("install", "classic", "sqlite", f"tracker_web={tracker.url},{mail}")
    tracker.admin("initialise", secrets.token_hex(16))
    visitor = ("username=visitor", "roles=User", "address=visitor@smoke.invalid", f"password={tracker.password}")
    tracker.admin("create", "user", *visitor)
    tracker.admin("create", "issue", "title=Smoke detector", "priority=1")
    return tracker
