"""Chrome and Chromium as the operating system has them, and Debian's way to get one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from smoke.browser.choice import BrowserChoice, Origin, Unavailable
from smoke.host.machine import Machine, executable

SHELLS = ("chrome-headless-shell", "chromium-headless-shell")
"""Chromium without windows, which Playwright drives too where none is shown: the same pages for a third of the work."""
NAMES = ("google-chrome", "google-chrome-stable", "chromium", "chromium-browser")
APPLICATIONS = ("Google Chrome.app/Contents/MacOS/Google Chrome", "Chromium.app/Contents/MacOS/Chromium")
WINDOWS = ("Google/Chrome/Application/chrome.exe", "Chromium/Application/chrome.exe")
APT_OPTIONS = ("-o", "DPkg::Lock::Timeout=60", "-o", "Acquire::Retries=1", "-o", "Acquire::http::Timeout=15")
UPDATE_S, INSTALL_S = 120.0, 420.0


def installed(machine: Machine, *, headed: bool) -> BrowserChoice | Unavailable:
    """The first Chrome or Chromium on PATH or in this system's usual places; one without windows if it may be."""
    for path in _places(machine, NAMES if headed else SHELLS + NAMES):
        if executable(path) and not _snap_without_snap(path, machine):
            return BrowserChoice(name="chromium", origin=Origin.INSTALLED, executable=path)
    return Unavailable("neither Chrome nor Chromium found")


def from_apt(machine: Machine, *, headed: bool) -> BrowserChoice | Unavailable:
    """Debian's chromium, installed now, which only root may do."""
    apt = machine.which("apt-get")
    if not apt:
        return Unavailable("not on this system")
    if machine.uid != 0:
        return Unavailable("needs root")
    machine.say("browser: installing Debian's chromium with apt-get (about a minute)")
    environ = {**machine.environ, "DEBIAN_FRONTEND": "noninteractive"}
    machine.run([str(apt), *APT_OPTIONS, "update"], seconds=UPDATE_S, environ=environ)
    for package in ("chromium",) if headed else ("chromium-headless-shell", "chromium"):
        install = [str(apt), *APT_OPTIONS, "install", "-y", "--no-install-recommends", package]
        finished = machine.run(install, seconds=INSTALL_S, environ=environ)
        found = installed(machine, headed=headed)
        if finished.ok and isinstance(found, BrowserChoice):
            return BrowserChoice(name="chromium", origin=Origin.APT, executable=found.executable)
    return Unavailable(f"failed ({finished.cause})")


def _places(machine: Machine, names: tuple[str, ...]) -> Iterator[Path]:
    yield from (path for path in map(machine.which, names) if path)
    if machine.platform == "darwin":
        for folder in (machine.root / "Applications", machine.home / "Applications"):
            yield from (folder / application for application in APPLICATIONS)
    if machine.platform == "win32":
        for variable in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"):
            if value := machine.environ.get(variable):
                yield from (Path(value) / program for program in WINDOWS)


def _snap_without_snap(path: Path, machine: Machine) -> bool:
    """Whether ``path`` is Ubuntu's stub that only asks for the snap, and the snap is not there."""
    with path.open("rb") as file:
        head = file.read(4096)
    snap = machine.root / "snap" / "bin" / "chromium"
    return head.startswith(b"#!") and b"/snap/bin/chromium" in head and not snap.exists()
