"""A product with a login that takes note of who tried, and a suite that signs in there."""

from __future__ import annotations

import base64
import hmac
import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.support import warm
from tests.support.project import a_suite

USER, PASSWORD = "smoke@door.example", "right-and-long"
PAGE = b"<!doctype html><title>Door</title><link rel=icon href=data:,><h1>Door</h1>"
SUITE = """\
title: Door
environments:
  local: {{base_url: "{url}", timeout_ms: 3000, external_services: mock}}
accounts:
  basic: {{user: smoke@door.example, role: basic, password: DOOR_PASSWORD{totp}}}
login:
  request: POST /login
  body: {{user: "{{user}}", password: "{{password}}"}}
  token: token
{factor}"""
ARGUMENTS = ("run", "--json", "--suite", "door", "--reports", "reports")
FACTOR = """\
  second_factor:
    request: POST /code
    capture: {ticket: ticket}
    body: {ticket: "{ticket}", code: "{code}"}
"""


@dataclass
class Door:
    """What was tried at a door, whose clock may be ahead of ours."""

    ahead_s: float = 0.0
    totp: str = ""
    """None: a password is enough."""
    status: int = 200
    """What the login answers to the right password."""
    url: str = ""
    logins: list[str] = field(default_factory=list)
    """Passwords that were tried."""
    codes: list[str] = field(default_factory=list)
    """Codes that were tried."""

    def answer(self, method: str, path: str, sent: dict[str, str], token: str) -> tuple[int, dict[str, str]]:
        match method, path:
            case "POST", "/login":
                self.logins.append(sent["password"])
                if self.status != 200 or sent["password"] != PASSWORD:
                    return self.status if self.status != 200 else 401, {"error": "Invalid credentials"}
                return 200, {"ticket": "t1"} if self.totp else {"token": "opens-the-door"}
            case "POST", "/code":
                self.codes.append(sent["code"])
                now = int(time.time() + self.ahead_s)  # and the steps beside it, as RFC 6238, 5.2, recommends
                good = sent["code"] in {code_of(self.totp, now + off) for off in (-30, 0, 30)}
                return (200, {"token": "opens-the-door"}) if good else (401, {"error": "Invalid code"})
            case "GET", "/me":
                return (200, {"user": USER}) if token == "Bearer opens-the-door" else (401, {})
        return 404, {}


def code_of(secret: str, now: int) -> str:
    """The code that an authenticator shows (RFC 6238), whatever the length of its secret."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, (now // 30).to_bytes(8, "big"), "sha1").digest()
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at : at + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06d}"


@contextmanager
def served(door: Door) -> Iterator[Door]:
    """Serve ``door`` on a free port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def date_time_string(self, timestamp: float | None = None) -> str:
            return super().date_time_string((timestamp or time.time()) + door.ahead_s)

        def log_message(self, *_said: Any) -> None:
            pass

        def do_GET(self) -> None:
            if self.path == "/":
                self.reply(200, PAGE, "text/html")
                return
            self.do_POST()

        def do_POST(self) -> None:
            sent = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
            status, said = door.answer(self.command, self.path, sent, self.headers.get("Authorization", ""))
            self.reply(status, json.dumps(said).encode(), "application/json")

        def reply(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    door.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield door
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def run(
    folder: Path, door: Door, *, probes: str, journeys: str = "", password: str = PASSWORD
) -> tuple[int, dict[str, Any]]:
    """Run a suite of these probes and journeys; return exit code and verdict."""
    write(folder, door, probes=probes, journeys=journeys)
    environ = {**os.environ, "DOOR_PASSWORD": password, "DOOR_TOTP": door.totp}
    done = warm.smoke(*ARGUMENTS, cwd=folder, environ=environ)
    assert done.stdout.startswith("{"), done.stderr
    return done.returncode, json.loads(done.stdout)


def write(folder: Path, door: Door, *, probes: str, journeys: str = "") -> None:
    """Write a suite of these probes and journeys."""
    suite = SUITE.format(
        url=door.url, totp=", totp: DOOR_TOTP" if door.totp else "", factor=FACTOR if door.totp else ""
    )
    a_suite(folder, suite, f"probes:\n{probes}", name="door", **({"test_door": journeys} if journeys else {}))
