"""How much of this machine is free: cores, memory, and processors that have nothing to do."""

from __future__ import annotations

import os
import time
from pathlib import Path

CGROUP = Path("/sys/fs/cgroup")
"""What a container may use (cgroup v2)."""
UNKNOWN_MB = 2048.0


def cores() -> float:
    """Return how many processors this process may keep busy."""
    mine = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota, _, period = _read(CGROUP / "cpu.max").partition(" ")
    return min(mine, int(quota) / int(period)) if quota.isdigit() and period.strip().isdigit() else mine


def free_mb() -> float:
    """Return the memory in MB that may still be used; a guess where the system does not say."""
    for line in _read(Path("/proc/meminfo")).splitlines():
        if line.startswith("MemAvailable:"):
            return min(int(line.split()[1]) / 1024, _left_in_container_mb())
    return UNKNOWN_MB


class Idleness:
    """Tells how much the processors had to do since it was asked last."""

    def __init__(self) -> None:
        self._seen = self._busy_s()

    def share(self) -> float:
        """Return the idle share since the last call, 0 to 1; 0 where the system does not say."""
        before, self._seen = self._seen, self._busy_s()
        if before is None or self._seen is None:
            return 0.0
        elapsed, busy = self._seen[0] - before[0], self._seen[1] - before[1]
        return max(0.0, 1 - busy / (elapsed * cores())) if elapsed > 0 else 0.0

    def _busy_s(self) -> tuple[float, float] | None:
        """Return the time now and the processor time that was used, in seconds: by the container, or the machine."""
        for line in _read(CGROUP / "cpu.stat").splitlines():
            if line.startswith("usage_usec") and not _read(CGROUP / "cpu.max").startswith("max"):
                return time.monotonic(), int(line.split()[1]) / 1e6
        first = _read(Path("/proc/stat")).partition("\n")[0].split()
        if len(first) < 9:
            return None
        user, nice, system, _, _, irq, softirq, steal = map(int, first[1:9])
        machine = os.cpu_count() or 1
        busy = (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")
        return time.monotonic(), busy * cores() / machine


def _left_in_container_mb() -> float:
    most, used = _read(CGROUP / "memory.max").strip(), _read(CGROUP / "memory.current").strip()
    return (int(most) - int(used)) / 2**20 if most.isdigit() and used.isdigit() else float("inf")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except OSError:
        return ""
