"""How to start the browser that was found: silent on a closed network, sandboxed wherever that works."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from smoke.browser.choice import BrowserChoice, Origin
from smoke.browser.installed import SHELLS
from smoke.browser.own import descriptor
from smoke.host.machine import Machine

NOWHERE = "http://127.0.0.1:9/"
QUIET = (
    # Playwright switches most of a browser's own traffic off. What was still seen on the wire with Debian's
    # Chromium: signatures of every form on the page, a question who is signed in, and a search for updates.
    # Not --disable-features: a second one would replace Playwright's.
    f"--autofill-server-url={NOWHERE}",
    f"--gaia-url={NOWHERE}",
    f"--component-updater=url-source={NOWHERE}",
    "--disable-client-side-phishing-detection",
    "--disable-domain-reliability",
    "--no-pings",
)
USER_NAMESPACES = (
    ("proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1"),
    ("proc/sys/kernel/unprivileged_userns_clone", "0"),
    ("proc/sys/user/max_user_namespaces", "0"),
)
VERSION_S = 5.0


def launch_args(choice: BrowserChoice, machine: Machine) -> tuple[str, ...]:
    """Switches to start ``choice`` with: quiet, and ``--no-sandbox`` only where the sandbox cannot work."""
    if choice.name != "chromium":
        return ()
    return QUIET if _can_sandbox(choice, machine) else ("--no-sandbox", *QUIET)


def launch_options(choice: BrowserChoice, machine: Machine | None = None) -> dict[str, Any]:
    """Keyword arguments for Playwright's ``launch``, which by itself always takes the sandbox away."""
    options: dict[str, Any] = {}
    if choice.executable:
        options["executable_path"] = str(choice.executable)
    if choice.name == "chromium":
        args = launch_args(choice, machine or Machine())
        options |= {"args": list(args), "chromium_sandbox": "--no-sandbox" not in args}
    return options


def version(choice: BrowserChoice, machine: Machine | None = None) -> str | None:
    """The version of the browser, without starting a page; None where it would not say."""
    machine = machine or Machine()
    if choice.origin in (Origin.PLAYWRIGHT, Origin.DOWNLOADED):
        return descriptor(choice.name, machine).get("browserVersion")
    if not choice.executable:
        return None
    if machine.platform == "win32":  # There chrome.exe --version opens a window.
        return _version_folder(choice.executable.parent)
    if (about := choice.executable.parent.parent / "Info.plist").is_file():
        import plistlib

        return str(plistlib.loads(about.read_bytes()).get("CFBundleShortVersionString")) or None
    finished = machine.run([str(choice.executable), "--version"], seconds=VERSION_S, environ=machine.environ)
    found = re.search(r"\d+(\.\d+)+", finished.output) if finished.ok else None
    return found[0] if found else None


def _version_folder(folder: Path) -> str | None:
    names = [path.name for path in folder.iterdir() if re.fullmatch(r"\d+(\.\d+){3}", path.name)]
    return max(names, key=lambda name: [int(part) for part in name.split(".")], default=None)


def _can_sandbox(choice: BrowserChoice, machine: Machine) -> bool:
    if machine.uid == 0 or _in_container(machine):
        return False
    # A package brings a helper or a profile of its own; an unpacked build needs user namespaces.
    shell = choice.executable is not None and choice.executable.name in SHELLS
    unpacked = shell or (choice.origin is not Origin.INSTALLED and choice.origin is not Origin.APT)
    return not (unpacked and machine.platform == "linux" and _namespaces_are_closed(machine))


def _in_container(machine: Machine) -> bool:
    marks = (machine.root / ".dockerenv", machine.root / "run" / ".containerenv")
    names = ("container", "KUBERNETES_SERVICE_HOST", "AWS_LAMBDA_RUNTIME_API")
    return any(mark.exists() for mark in marks) or any(machine.environ.get(name) for name in names)


def _namespaces_are_closed(machine: Machine) -> bool:
    for setting, closed in USER_NAMESPACES:
        path = machine.root / setting
        if path.is_file() and path.read_text(encoding="utf-8").strip() == closed:
            return True
    return False
