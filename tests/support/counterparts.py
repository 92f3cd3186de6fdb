"""Services that stand for the vendors, from ``make test-integrations``; a test without its own is skipped."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[2] / ".cache" / "integrations"
WAY_OUT = "make test-integrations installs it"
STARTS_WITHIN_S = 60.0

if (FOLDER / "libraries").is_dir() and str(FOLDER / "libraries") not in sys.path:
    sys.path.append(str(FOLDER / "libraries"))  # behind the project's own


def needs_library(name: str) -> pytest.MarkDecorator:
    """Skip where the library of an extra is not installed."""
    top = name.partition(".")[0]
    return pytest.mark.skipif(find_spec(top) is None, reason=f"{name} is not installed; {WAY_OUT}")


def program(*place: str) -> str:
    """Return the path of a service below FOLDER; skips where it is not installed."""
    path = FOLDER.joinpath(*place)
    if not path.exists():
        pytest.skip(f"{place[-1]} is not installed; {WAY_OUT}")
    return str(path)


@contextlib.contextmanager
def serving(command: Sequence[str], address: str, folder: Path) -> Iterator[str]:
    """Run ``command`` until the block ends, once ``address`` answers anything at all; yield the address."""
    with (folder / "service.log").open("w") as log:
        service = subprocess.Popen(command, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
        try:
            _wait_for(address, service, folder / "service.log")
            yield address
        finally:
            service.terminate()
            service.wait(20)


def get_json(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.loads(answer.read())


def _wait_for(address: str, service: subprocess.Popen[bytes], log: Path) -> None:
    ends = time.monotonic() + STARTS_WITHIN_S
    while True:
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except urllib.error.HTTPError as answered:
            answered.close()
            return
        except OSError:
            if service.poll() is not None or time.monotonic() > ends:
                raise AssertionError(f"{service.args} does not answer at {address}:\n{log.read_text()}") from None
            with contextlib.suppress(subprocess.TimeoutExpired):
                service.wait(0.1)
