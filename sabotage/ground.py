"""Where a sabotage takes place: a small project, a target that does as it is told, and a run of ``smoke``."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from sabotage.ended import Ended
from sabotage.family import VARIABLE, Family
from sabotage.target import Target, serving

ROOT = Path(__file__).parents[1]
LIMIT_S = 75.0
"""A run that takes longer hangs: none of these has reason to take half of it."""
GRACE_S = 5.0
"""How long what a run started may take to end after it."""
NOT_OURS = ("SMOKE_", "DD_", "PYTEST_")


class NotPossibleError(Exception):
    """This machine does not let us do it."""


@dataclass(slots=True)
class Going:
    """A run of ``smoke`` that goes on."""

    child: subprocess.Popen[str]
    family: Family
    output: IO[str]
    errors: IO[str]
    began: float = field(default_factory=time.monotonic)

    def end(self, limit_s: float = LIMIT_S) -> Ended:
        """Wait for its end, at most until ``limit_s`` seconds after its beginning, and see what it left."""
        code = self._wait(self.began + limit_s)
        seconds = time.monotonic() - self.began
        left = self.family.lingering(GRACE_S) if code is not None else ()
        self.stop()
        told = _read(self.output)
        verdict = _verdict(told)
        return Ended(
            code=code,
            verdict=verdict.get("verdict", ""),
            said="\n".join(filter(None, (verdict.get("reason", told), _read(self.errors)))),
            seconds=seconds,
            left=tuple(process.command for process in left),
        )

    def stop(self) -> None:
        """Kill whatever is left of it."""
        self.family.end()
        self.child.wait()

    def _wait(self, until: float) -> int | None:
        while time.monotonic() < until:
            self.family.members()  # sessions are known only while their first process lives
            with contextlib.suppress(subprocess.TimeoutExpired):
                return self.child.wait(0.2)
        return None


@dataclass(slots=True)
class Ground:
    """The folder of one sabotage."""

    folder: Path
    target: Target
    begun: list[Going] = field(default_factory=list)
    """Every run that was started here."""

    @property
    def project(self) -> Path:
        """Folder of the project that is run."""
        return self.folder / "project"

    def write(self, name: str, text: str) -> Path:
        """Write one file of the project, or write it anew."""
        path = self.project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def begin(self, *options: str, through: Sequence[str] = (), **environ: str) -> Going:
        """Start ``smoke run`` in the project, as a user does; ``through`` is a program that starts it."""
        mark = uuid.uuid4().hex
        temporary = self.folder / "tmp"
        temporary.mkdir(exist_ok=True)
        given = {name: value for name, value in os.environ.items() if not name.startswith(NOT_OURS)}
        given |= {"PYTHONPATH": str(ROOT), "TMPDIR": str(temporary), VARIABLE: mark, **environ}
        output = (self.folder / f"{mark}.out").open("w+")
        errors = (self.folder / f"{mark}.err").open("w+")
        child = subprocess.Popen(
            [*through, sys.executable, "-m", "smoke", "run", "--json", *options],
            cwd=self.project,
            env=given,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            text=True,
            start_new_session=True,
        )
        self.begun.append(Going(child, Family(mark), output, errors))
        return self.begun[-1]

    def run(self, *options: str, through: Sequence[str] = (), **environ: str) -> Ended:
        """Run ``smoke`` to its end."""
        return self.begin(*options, through=through, **environ).end()


@contextlib.contextmanager
def ground(folder: Path) -> Iterator[Ground]:
    """Yield an empty ground below ``folder`` whose target serves; no run outlives it."""
    with serving() as target:
        place = Ground(folder, target)
        try:
            yield place
        finally:
            for going in place.begun:
                going.stop()


def _read(file: IO[str]) -> str:
    with file:
        file.seek(0)
        return file.read().strip()


def _verdict(told: str) -> dict[str, str]:
    try:
        found = json.loads(told)
    except ValueError:
        return {}
    return {name: str(found[name]) for name in ("verdict", "reason")}
