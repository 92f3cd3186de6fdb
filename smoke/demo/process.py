"""The embedded application as a child process that never outlives its parent."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from smoke.demo.breaks import Break
from smoke.demo.handoff import CONTROL_PATH, TOKEN_HEADER, Handoff
from smoke.demo.options import DemoOptions

_END_S = 5.0
_IMPORT_ROOT = Path(__file__).parents[2]


class DemoError(Exception):
    """The embedded application did not start, or did not obey."""


@dataclass(frozen=True, slots=True)
class DemoProcess:
    """A running application."""

    handoff: Handoff
    child: subprocess.Popen[bytes] = field(repr=False)

    @property
    def ended(self) -> str | None:
        """How it ended by itself, if it did."""
        code = self.child.poll()
        if code is None:
            return None
        how = f"signal {signal.Signals(-code).name} ended it" if code < 0 else f"it exited with {code}"
        return f"the embedded application is gone: {how}"

    @property
    def base_urls(self) -> Mapping[str, str]:
        """Address of each product, without a slash at its end."""
        return self.handoff.base_urls

    @property
    def environ(self) -> Mapping[str, str]:
        """The variables that tell the harness address and accounts."""
        return self.handoff.environ

    @property
    def control_token(self) -> str:
        """Opens the control endpoint."""
        return self.handoff.control_token

    @property
    def pid(self) -> int:
        """Process id of the application."""
        return self.handoff.pid

    def set_breaks(self, breaks: Iterable[Break] = ()) -> None:
        """Put exactly these breaks in force; none: repair everything.

        Raises:
            DemoError: The application refused.
        """
        address = urlsplit(next(iter(self.base_urls.values()))).netloc
        connection = http.client.HTTPConnection(address, timeout=_END_S)
        try:
            body, headers = json.dumps(sorted(breaks)), {TOKEN_HEADER: self.control_token}
            connection.request("PUT", CONTROL_PATH, body, headers)
            reply = connection.getresponse()
            if reply.status != 200:
                raise DemoError(f"PUT {CONTROL_PATH} answered {reply.status}: {reply.read().decode()}")
        finally:
            connection.close()


@contextlib.contextmanager
def start(options: DemoOptions | None = None, *, timeout_s: float = 20.0) -> Iterator[DemoProcess]:
    """Run the application for as long as the ``with`` block lasts.

    Args:
        options: What to serve; None: the planned contract on a free port.
        timeout_s: How long it may take to become ready.

    Raises:
        DemoError: It did not start; the message carries what it wrote to stderr.
    """
    with tempfile.TemporaryFile() as errors:
        child = _spawn(options or DemoOptions(), errors)
        try:
            yield DemoProcess(_read_handoff(child, errors, timeout_s), child)
        finally:
            _end(child)


def _spawn(options: DemoOptions, errors: IO[bytes]) -> subprocess.Popen[bytes]:
    path = os.pathsep.join(filter(None, (str(_IMPORT_ROOT), os.environ.get("PYTHONPATH"))))
    return subprocess.Popen(
        [sys.executable, "-m", "smoke.demo", "--child", *_arguments(options)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        env={**os.environ, "PYTHONPATH": path},
        process_group=0,  # Ctrl-C is for the parent, which may still have to log out
    )


def _arguments(options: DemoOptions) -> list[str]:
    arguments = {
        "--host": options.host,
        "--port": str(options.port),
        "--contract": options.contract.value,
        "--build": options.build,
        "--version": options.version,
        "--rate-limit": str(options.rate_limit),
    }
    if options.handoff:
        arguments["--handoff"] = str(options.handoff)
    repeated = [f"--break={name}" for name in sorted(options.breaks)]
    repeated += [f"--suite={name}" for name in sorted(options.suites)]
    repeated += [f"--allow-origin={origin}" for origin in sorted(options.allowed_origins)]
    return [*(f"{name}={value}" for name, value in arguments.items()), *repeated]


def _read_handoff(child: subprocess.Popen[bytes], errors: IO[bytes], timeout_s: float) -> Handoff:
    assert child.stdout is not None
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        ready = selector.select(timeout_s)
    line = child.stdout.readline() if ready else b""
    if not line:
        problem = "ended before it was ready" if ready else f"was not ready after {timeout_s:g} s"
        errors.seek(0)
        raise DemoError(f"the embedded application {problem}: {errors.read().decode(errors='replace').strip()}")
    return Handoff.from_json(line)


def _end(child: subprocess.Popen[bytes]) -> None:
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.close()
    try:
        child.wait(_END_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    child.stdout.close()
