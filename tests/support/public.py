"""Public applications from the package index: installed once, each in an environment of its own, and served."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOST = "127.0.0.1"
STARTS_WITHIN_S = 40.0


def call(*command: str | Path) -> None:
    """Run a program to its end; what it printed stands in the failure."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, f"{Path(command[0]).name} ended with {done.returncode}:\n{done.stdout}{done.stderr}"


def wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Return when ``process`` accepts connections; fail when it ends or takes too long."""
    deadline = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection((HOST, port), timeout=1):
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=0.05)
            break
    pytest.fail(f"the application does not listen on port {port}:\n{log.read_text(errors='replace')}")


def installed(package: str) -> Path:
    """Return the folder with the programs of ``package``, such as ``roundup==2.6.0``."""
    venv = ROOT / ".cache" / package.replace("==", "-")
    done = venv / "installed"
    if not done.exists():
        call(sys.executable, "-m", "venv", "--clear", "--without-pip", venv)
        pip = ("-m", "pip", "--python", venv / "bin/python", "--disable-pip-version-check")
        call(sys.executable, *pip, "install", "--quiet", "--no-compile", package)
        done.touch()
    return venv / "bin"


@contextlib.contextmanager
def serving(
    *command: str | Path, url: str, port: int, log: Path, environ: Mapping[str, str] | None = None
) -> Iterator[None]:
    """Run ``command`` from the first answer at ``url`` to the end of the block."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=subprocess.STDOUT, env={**os.environ, **(environ or {})}
        )
    try:
        wait_for(process, port, log)
        # The first request may create tables; of two at once, as a browser sends, one would be refused.
        with urllib.request.urlopen(url, timeout=STARTS_WITHIN_S):
            pass
        yield
    finally:
        process.terminate()
        process.wait(timeout=10)
