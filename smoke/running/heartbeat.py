"""Pings a dead-man switch, such as healthchecks.io: a run began, and how it ended."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from urllib.parse import urlsplit

from smoke.config.cron_schedule import Schedule
from smoke.config.points import FlakyPolicy
from smoke.judging.judge import exit_code
from smoke.judging.judged import Run
from smoke.running.scheduled import DESK
from smoke.secrets.secret import Scrubber, Secret

VARIABLE = "SMOKE_HEARTBEAT_URL"
KEYS = re.compile(r"[^/?&=]{6,}")
"""Parts of an address that an answer may repeat, and one of which is the key."""
LONGEST_S = 2.0
"""Seconds that a ping may take; who is slower is left behind."""


class PingKind(Enum):
    """What a ping says, and what it adds to the address."""

    START = "/start"
    ALIVE = ""
    """It ran; also where it could not judge, for that is alive, and the body says it."""
    FAIL = "/fail"


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """An address that wants to hear of runs."""

    url: Secret
    variable: str
    """Environment variable that holds it."""

    def start(self) -> None:
        """Say that a run began; nobody waits for it."""
        Ping(self, PingKind.START, "").send()

    def end(self, run: Run, flaky: FlakyPolicy) -> Ping:
        """Say how ``run`` ended, which is scrubbed already, and return the ping that is on its way."""
        code = exit_code(run.verdict, flaky)
        ping = Ping(self, PingKind.FAIL if code == 1 else PingKind.ALIVE, f"{run.verdict} (exit {code}): {run.reason}")
        ping.send()
        return ping


def heartbeat_of(point: str, schedule: Schedule | None, environ: Mapping[str, str]) -> Heartbeat | None:
    """Return where runs at ``point`` ping, which ``schedule`` may name; None: nowhere.

    Nor does one at the desk: it would make a schedule that stopped look alive.
    """
    variable = schedule.heartbeat if schedule and schedule.heartbeat else VARIABLE
    url = environ.get(variable, "").strip()
    return Heartbeat(Secret(url), variable) if url and point != DESK else None


@dataclass(slots=True)
class Ping:
    """One request, on a thread of its own that does not keep the process."""

    to: Heartbeat
    signal: PingKind
    body: str
    _ends: float = field(default_factory=lambda: time.monotonic() + LONGEST_S)
    _trouble: str | None = None
    _done: threading.Event = field(default_factory=threading.Event)

    def send(self) -> None:
        """Begin."""
        threading.Thread(target=self._work, name="heartbeat", daemon=True).start()

    def trouble(self) -> str | None:
        """Wait for it within its time, and return what was wrong, without the address; None: it arrived."""
        if not self._done.wait(max(0.0, self._ends - time.monotonic())):
            return f"no answer within {LONGEST_S:g} s"
        return self._trouble and self._trouble.rstrip(".")

    def _work(self) -> None:
        try:
            self._request()
        except Exception as error:  # noqa: BLE001 - whatever it is, the run goes on
            self._trouble = self._masked(str(error) or type(error).__name__)
        finally:
            self._done.set()

    def _request(self) -> None:
        from smoke.sinks._http import request

        parts = urlsplit(self.to.url.reveal())
        if parts.scheme not in {"http", "https"}:
            raise ValueError("its address is not http(s)://host…")
        url = parts._replace(path=parts.path.rstrip("/") + self.signal.value).geturl()
        headers = {"Content-Type": "text/plain; charset=utf-8"}
        keys = self.to.variable
        request("POST", url, self.body.encode(), headers, whom="who waits for it", keys=keys, ends=self._ends)

    def _masked(self, text: str) -> str:
        url = self.to.url.reveal()
        scrubber = Scrubber([self.to.url])
        for part in KEYS.findall(url):
            scrubber.learn(part)
        return scrubber.text(text)
