"""``smoke record``."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from smoke.browser.server import VARIABLE as SERVER
from smoke.commands.options import read
from smoke.config.problems import ConfigError, Problem

TARGET = "python-pytest"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("url", metavar="URL", help="address of the start page")
    parser.add_argument(
        "--from",
        dest="source",
        metavar="FILE",
        help="read this recording of `playwright codegen --target python-pytest` instead of making one",
    )
    parser.set_defaults(call=call)


def call(given: argparse.Namespace) -> int:
    """Record, and print a page object and a journey; what was typed stands in neither."""
    from smoke.browser.choice import BrowserMissing
    from smoke.init.wanted import address
    from smoke.recording.skeleton import journey, page_objects
    from smoke.recording.tape import acts
    from smoke.recording.verbs import pages

    base = read("URL", address, given.url)
    try:
        text = _read(Path(given.source)) if given.source else _recorded(base)
        found = pages(acts(text), base)
    except ValueError as error:
        raise ConfigError([Problem(given.source or "codegen", 0, "", str(error))]) from None
    except BrowserMissing as error:
        print(f"nothing was recorded: {error}", file=sys.stderr)
        return 3
    if not found:
        print("nothing was recorded", file=sys.stderr)
        return 3
    print(f"# page_objects/SUITE/recorded.py\n{page_objects(found)}\n")
    print(f"# e2e/SUITE/test_recorded.py\n{journey(found)}", end="")
    return 0


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError.of_option("--from", f"cannot be read: {error}") from None


def _recorded(base: str) -> str:
    """Run Playwright's recorder until its window is closed, and return what it wrote.

    What it wrote holds what was typed, so it is kept nowhere.
    """
    if sys.platform == "linux" and not {"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys():
        text = "shows a browser, and there is no screen here; record elsewhere, and turn the file into ours by --from"
        raise ConfigError([Problem.of_variable("DISPLAY", text)])
    from smoke.browser.find import find_browser

    here = {name: value for name, value in os.environ.items() if name != SERVER}
    choice = find_browser("chromium", here, headed=True)
    # Its own variable for this; without it the recorder starts no other browser than Playwright's.
    named = {"PWTEST_CLI_EXECUTABLE_PATH": str(choice.executable)} if choice.executable else {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "recording.py"
        command = [sys.executable, "-m", "playwright", "codegen", "--target", TARGET, "--output", str(path), base]
        subprocess.run(command, stdout=sys.stderr, env={**os.environ, **named}, check=False)
        return path.read_text(encoding="utf-8") if path.exists() else ""
