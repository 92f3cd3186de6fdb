"""Playwright's own browsers: whether one is there, and how to get one. Playwright is not imported for it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from smoke.browser.choice import BrowserChoice, Origin, Unavailable
from smoke.host.machine import Machine, executable

PROGRAMS = {
    "chromium": ("chrome-*/chrome", "chrome-*/chrome.exe", "chrome-*/*.app/Contents/MacOS/Google Chrome*"),
    "chromium-headless-shell": ("chrome-headless-shell-*/chrome-headless-shell*",),
    "firefox": ("firefox/firefox", "firefox/firefox.exe", "firefox/*.app/Contents/MacOS/firefox"),
    "webkit": ("pw_run.sh", "Playwright.exe"),
}
DONE = "INSTALLATION_COMPLETE"
"""Playwright's mark in a folder that was unpacked to the end."""
PATIENCE_S, SHORT_PATIENCE_S = 120.0, 30.0
"""Longest download; and where an installed browser could do instead."""
START_S, LIBRARIES_S = 20.0, 300.0


def descriptor(name: str, machine: Machine) -> dict[str, Any]:
    """What the installed Playwright says of its build of ``name``; empty where there is no Playwright."""
    index = _driver(machine) / "browsers.json"
    if not index.is_file():
        return {}
    browsers = json.loads(index.read_text(encoding="utf-8"))["browsers"]
    return next((each for each in browsers if each["name"] == name), {})


def own(name: str, machine: Machine, *, headed: bool = False) -> BrowserChoice | Unavailable:
    """Playwright's own build of ``name``, of exactly the revision that it drives."""
    full = _program(name, machine)
    if name != "chromium":
        return _choice(name, None) if full else Unavailable("not downloaded")
    shell = _program("chromium-headless-shell", machine)
    if full and shell:
        return _choice(name, None)
    only = full if headed else full or shell
    return _choice(name, only) if only else Unavailable("not downloaded")


def download(name: str, machine: Machine, *, seconds: float) -> BrowserChoice | Unavailable:
    """Let Playwright download ``name``; a failure is remembered for the day."""
    if machine.environ.get("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "") not in {"", "0", "false"}:
        return Unavailable("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD is set")
    attempt = f"{name}-{descriptor(name, machine).get('revision')}"
    if machine.failed_today(attempt):
        return Unavailable("failed earlier today")
    machine.say(f"browser: downloading Playwright's {name}, at most {seconds:g} s")
    # Its own limit for each connection is 30 s, five times over.
    environ = {"PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": "5000", **machine.environ}
    command = [sys.executable, "-m", "playwright", "install", name]
    finished = machine.run(command, seconds=seconds, environ=environ)
    found = own(name, machine)
    cause = _cannot_start(name, machine) if finished.ok else finished.cause
    if isinstance(found, BrowserChoice) and not cause:
        return BrowserChoice(name=name, origin=Origin.DOWNLOADED, executable=found.executable)
    machine.note_failure(attempt)
    machine.say(f"browser: no download ({cause}); not tried again today")
    return Unavailable(f"failed ({cause})")


def _cannot_start(name: str, machine: Machine) -> str:
    """Why the downloaded program does not start; as root, the system libraries that it misses are installed."""
    program = _program("chromium-headless-shell", machine) or _program(name, machine)
    if not program:
        return "nothing was downloaded"
    finished = machine.run([str(program), "--version"], seconds=START_S, environ=machine.environ)
    if not finished.ok and machine.uid == 0 and machine.which("apt-get"):
        machine.say("browser: installing the libraries that it needs with apt-get")
        command = [sys.executable, "-m", "playwright", "install-deps", name]
        machine.run(command, seconds=LIBRARIES_S, environ=machine.environ)
        finished = machine.run([str(program), "--version"], seconds=START_S, environ=machine.environ)
    return "" if finished.ok else finished.cause


def _choice(name: str, program: Path | None) -> BrowserChoice:
    return BrowserChoice(name=name, origin=Origin.PLAYWRIGHT, executable=program)


def _program(name: str, machine: Machine) -> Path | None:
    for folder in _folders(name, machine):
        if (folder / DONE).is_file():
            for pattern in PROGRAMS[name]:
                if program := next(filter(executable, folder.glob(pattern)), None):
                    return program
    return None


def _folders(name: str, machine: Machine) -> Iterator[Path]:
    """Where a build of ``name`` may lie: some systems get a special revision."""
    if not (about := descriptor(name, machine)):
        return
    shelf, stem = _shelf(machine), name.replace("-", "_")
    yield shelf / f"{stem}-{about['revision']}"
    for system, revision in about.get("revisionOverrides", {}).items():
        yield shelf / f"{stem}_{system}_special-{revision}"


def _shelf(machine: Machine) -> Path:
    configured = machine.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    if configured == "0":
        return _driver(machine) / ".local-browsers"
    return Path(configured).absolute() if configured else machine.caches / "ms-playwright"


def _driver(machine: Machine) -> Path:
    return (machine.package("playwright") or Path("playwright")) / "driver" / "package"
