"""Draws docs/images/failure-journey.png and failure-probe.png: pages about two bad checks, light beside dark."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from smoke.browser import find_browser, launch_options
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
                _draw(browser, folder / "failures" / check, ROOT / "docs/images" / picture)
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


def _draw(browser: Browser, folder: Path, picture: Path) -> None:
    """Photograph a page in both schemes, and put the pictures side by side."""
    for scheme in ("light", "dark"):
        page = browser.new_context(color_scheme=scheme, viewport={"width": WIDTH, "height": 600}).new_page()
        page.goto((folder / "index.html").as_uri())
        page.screenshot(path=folder / f"{scheme}.png", full_page=True)
    frame = browser.new_context(viewport={"width": 2 * WIDTH, "height": 600}).new_page()
    both = "".join(f"<img src={scheme}.png width={WIDTH}>" for scheme in ("light", "dark"))
    (folder / "both.html").write_text(f"<!doctype html><body style='margin:0;display:flex'>{both}", encoding="utf-8")
    frame.goto((folder / "both.html").as_uri())
    frame.wait_for_function("[...document.images].every(each => each.complete)")
    picture.parent.mkdir(exist_ok=True)
    frame.screenshot(path=picture, full_page=True)


if __name__ == "__main__":
    main()
