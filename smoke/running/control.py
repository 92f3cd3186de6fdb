"""Asks somebody else than the target whether this runner has a network."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

CONTROL_S = 3.0


def reachable(controls: Sequence[str]) -> bool:
    """Tell whether any of ``controls`` (``host:port``) can be resolved and accepts a connection."""
    if not controls:
        return True
    with ThreadPoolExecutor(len(controls)) as pool:
        return any(pool.map(_connects, controls))


def _connects(control: str) -> bool:
    host, _, port = control.rpartition(":")
    try:
        socket.create_connection((host, int(port)), timeout=CONTROL_S).close()
    except OSError:
        return False
    return True
