"""Runs another program for a bounded time; one that is late is stopped with all that it started."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

ERROR = re.compile(r"(npm )?err(or)?\b|E: ", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Finished:
    """How a program ended."""

    code: int | None
    """Its exit code; None: it was stopped at its time limit, or could not be started."""
    output: str
    """What it printed on both streams, without colour codes of its own making."""

    @property
    def ok(self) -> bool:
        """Whether it ended by itself and well."""
        return self.code == 0

    @property
    def cause(self) -> str:
        """The first line that calls itself an error, else the last that says anything."""
        lines = [line.strip() for line in self.output.splitlines() if line.strip()]
        errors = (line for line in lines if ERROR.match(line))
        return next(errors, lines[-1] if lines else "it printed nothing")


class Run(Protocol):
    """Anything that runs a command as :func:`run` does; tests hand in their own."""

    def __call__(
        self, command: Sequence[str], *, seconds: float, environ: Mapping[str, str], cwd: Path | None = None
    ) -> Finished:
        """Run ``command`` for at most ``seconds``."""
        ...


def run(command: Sequence[str], *, seconds: float, environ: Mapping[str, str], cwd: Path | None = None) -> Finished:
    """Run ``command`` without input; at the limit stop it together with every process it started."""
    from tempfile import TemporaryFile

    with TemporaryFile() as output:
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(environ),
                cwd=cwd,
                start_new_session=True,
            )
        except OSError as error:
            return Finished(None, str(error))
        try:
            code: int | None = process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            code = None
        finally:
            _stop(process)
        output.seek(0)
        text = output.read().decode(errors="replace")
    return Finished(code, text if code is not None else f"{text}\nError: stopped after {seconds:g} s")


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    if os.name == "posix":
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()
