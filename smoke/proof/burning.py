"""Keeps processors busy while something else goes on."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

LONGEST_S = 300
"""After which a burner ends by itself, as it does when its parent is gone."""
BURN = f"""
import os, time
parent, ends = os.getppid(), time.monotonic() + {LONGEST_S}
while os.getppid() == parent and time.monotonic() < ends:
    sum(range(100_000))
"""


@contextmanager
def busy(processes: int) -> Iterator[None]:
    """Let so many ``processes`` do nothing but compute meanwhile."""
    with ExitStack() as stack:
        for _ in range(processes):
            burner = subprocess.Popen([sys.executable, "-S", "-c", BURN], start_new_session=True)
            stack.callback(burner.wait)
            stack.callback(burner.kill)
        yield
