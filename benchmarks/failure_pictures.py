"""Draws docs/images/failure-journey.png and failure-probe.png: pages about two bad checks, light beside dark."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks.pictures import photograph
from smoke.browser.find import find_browser
from smoke.browser.launch import launch_options
from smoke.demo.breaks import Break
from smoke.demo.process import start

ROOT = Path(__file__).parents[1]
PICTURES = {"homepage.enhance": "failure-journey.png", "health.api": "failure-probe.png"}
BREAKS = (Break.MISSING_BUTTON, Break.SERVICE_DOWN)
WIDTH = 900


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(folder, PICTURES)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(**launch_options(find_browser()))
            for check, picture in PICTURES.items():
                photograph(browser, folder / "failures" / check, ROOT / "docs/images" / picture, WIDTH)
                print(f"docs/images/{picture}")
            browser.close()


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
