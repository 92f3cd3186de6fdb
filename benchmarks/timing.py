"""Times a program, with all that it starts, and watches it from outside while it runs."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOOK_S = 0.02


@dataclass(frozen=True, slots=True)
class Timed:
    """What a program took."""

    began: float
    """Seconds since the epoch."""
    wall_s: float
    cpu_s: float
    """Of it and all that it started, browsers included."""
    peak_mb: float = 0.0
    """Memory of its working process, where it was looked at: the first that the program itself started (Linux)."""

    @property
    def ended(self) -> float:
        """Seconds since the epoch."""
        return self.began + self.wall_s


def timed(command: Sequence[str], environ: Mapping[str, str], cwd: Path = ROOT) -> Timed:
    """Run ``command`` to its end, and to the end of every process that it left; stop here if it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began, begun = time.time(), time.perf_counter()
    child = subprocess.Popen(command, cwd=cwd, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    looking = PeakOfWorker(child.pid)
    assert child.stderr is not None
    said = child.stderr.read()
    code = child.wait()
    wall_s = time.perf_counter() - begun
    child.stderr.close()
    if code:
        sys.exit(f"{' '.join(command)} ended with {code}: {said.decode(errors='replace')[-2000:]}")
    adopted_ended()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Timed(began, wall_s, cpu_s, looking.peak_mb())


class PeakOfWorker(threading.Thread):
    """Reads the peak memory (VmHWM, proc(5)) of the first child of a process, for as long as there is one."""

    def __init__(self, parent: int) -> None:
        super().__init__(daemon=True)
        self._parent = parent
        self._peak_kb = 0
        self._over = threading.Event()
        self.start()

    def run(self) -> None:
        """Look until there is nothing left to look at; it only ever grows, so the last look is the peak."""
        worker: str | None = None
        while not self._over.wait(LOOK_S):
            try:
                if worker is None:
                    found = Path(f"/proc/{self._parent}/task/{self._parent}/children").read_text().split()
                    worker = found[0] if found else None
                else:
                    lines = Path(f"/proc/{worker}/status").read_text().splitlines()
                    peak = next((line for line in lines if line.startswith("VmHWM:")), "VmHWM: 0")
                    self._peak_kb = max(self._peak_kb, int(peak.split()[1]))
            except OSError:
                return

    def peak_mb(self) -> float:
        """Stop looking; return the peak in megabytes (10^6 bytes), 0 where it cannot be known."""
        self._over.set()
        self.join()
        return self._peak_kb * 1024 / 1e6


def adopted_ended() -> None:
    """Take leave of every adopted process that ends soon; the application under test goes on."""
    ends = time.monotonic() + 1
    while time.monotonic() < ends:
        try:
            gone, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not gone:
            threading.Event().wait(0.02)
