"""Draws docs/images/failure-journey.png: the page about a bad check, light beside dark."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from benchmarks.pictures import photograph
from smoke.demo.breaks import Break
from smoke.demo.process import start
from tests.support.chromium import chromium

ROOT = Path(__file__).parents[1]
CHECK = "homepage.enhance"
PICTURE = ROOT / "docs/images/failure-journey.png"
BREAKS = (Break.MISSING_BUTTON, Break.SERVICE_DOWN)
WIDTH = 900


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(folder, [CHECK])
        with chromium() as browser:
            photograph(browser, folder / "failures" / CHECK, PICTURE, WIDTH)
    print("docs/images/failure-journey.png")


def run(reports: Path, checks: Iterable[str]) -> None:
    """Run ``checks`` twice while all is well, for the pictures of a good run, and once broken."""
    wanted = [word for check in checks for word in ("--check", check)]
    command = [sys.executable, "-m", "smoke", "run", *wanted, "--reports", str(reports)]
    with start() as demo:
        environ = {**os.environ, **demo.environ}
        for breaks in ((), (), BREAKS):
            demo.set_breaks(breaks)
            subprocess.run(command, cwd=ROOT, env=environ, stdout=sys.stderr, check=False)


if __name__ == "__main__":
    main()
