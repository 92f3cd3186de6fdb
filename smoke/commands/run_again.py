"""``smoke run --watch``: each run is a process of its own, so that it sees the files as they are now."""

from __future__ import annotations

import argparse
import math
import signal
import subprocess
import sys
from collections.abc import Sequence

from smoke.config.paths import below
from smoke.host.supervisor import INCONCLUSIVE, allow
from smoke.options import OPTIONS, PART_OPTIONS
from smoke.running.rerunning import changed, concerned, snapshot, wait_for_change
from smoke.settings import Settings

SWITCHES = ("json", "no_color", "pause_on_failure")


def keep_running(given: argparse.Namespace, settings: Settings) -> int:
    """Run, and run again whenever a file changes, until Ctrl-C; return the exit code of the last run."""
    allow(math.inf)
    seen = snapshot(settings)
    code = _run(_arguments(given, settings.check))
    try:
        while True:
            _tell(f"exit code {code}; waiting for a change (Ctrl-C ends)")
            now = wait_for_change(seen, settings)
            files, seen = changed(seen, now), now
            _tell(f"changed: {', '.join(sorted(below(settings.root, file) for file in files))}")
            checks = concerned(files, settings)
            if checks == ():
                _tell("none of the checks that were selected is in it")
                continue
            code = INCONCLUSIVE  # unless it ends
            code = _run(_arguments(given, settings.check if checks is None else checks))
    except KeyboardInterrupt:
        return code


def _run(arguments: list[str]) -> int:
    """Return the exit code of ``smoke run`` with ``arguments``; Ctrl-C ends it as it ends any run."""
    command = [sys.executable, "-m", "smoke", "run", *arguments]
    with subprocess.Popen(command, start_new_session=True) as run:  # so that Ctrl-C reaches it through us, and once
        try:
            return run.wait()
        except KeyboardInterrupt:
            run.send_signal(signal.SIGINT)
            run.wait()
            raise


def _arguments(given: argparse.Namespace, checks: Sequence[str]) -> list[str]:
    """Write the command line again, for ``checks``."""
    arguments = [given.point]
    for option in (*OPTIONS, *PART_OPTIONS):
        said = checks if option.name == "check" else getattr(given, option.name)
        if said is True:
            arguments.append(option.flag)
        elif option.repeat:
            arguments += [part for each in said or () for part in (option.flag, each)]
        elif said is not None:
            arguments += [option.flag, str(said)]
    arguments += [f"--{name.replace('_', '-')}" for name in SWITCHES if getattr(given, name)]
    return [*arguments, *(["--", *given.pytest_args] if given.pytest_args else [])]


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
