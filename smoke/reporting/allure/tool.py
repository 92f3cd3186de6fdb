"""Allure 3 itself: a Node program, pinned by the lock file beside this module and installed when first needed."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from smoke.host.machine import Machine

PINS = ("package.json", "package-lock.json")
OLDEST_NODE = 20
VERSION_S, INSTALL_S = 10.0, 180.0
NPM_CI = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--fetch-retries=1")
PRIVATE = re.compile(r"KEY|TOKEN|SECRET|PASS|CREDENTIAL|WEBHOOK|^SMOKE_|^DD_", re.IGNORECASE)


class AllureUnavailableError(Exception):
    """There is no Allure to build a report with. Its text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Allure:
    """An installed Allure that is ready to run."""

    node: Path
    program: Path
    environ: Mapping[str, str]
    """For its process: without anything that looks like a secret."""


def allure(machine: Machine) -> Allure:
    """Return the pinned Allure, installed in the user's cache if it is not there yet.

    Raises AllureUnavailableError.
    """
    node = node_of(machine)
    folder = machine.cache / "allure" / _fingerprint()
    if not folder.exists():
        _install(folder, machine)
    program = folder / "node_modules" / "allure" / "cli.js"
    if not program.is_file():
        raise AllureUnavailableError(f"{folder} is damaged; remove it, and it will be installed again")
    environ = {name: value for name, value in machine.environ.items() if not PRIVATE.search(name)}
    return Allure(node, program, environ)


def node_of(machine: Machine) -> Path:
    """Return the Node that reports are built with; raises AllureUnavailableError where there is none, or an old one."""
    node = machine.which("node")
    if not node or not machine.which("npm"):
        raise AllureUnavailableError(f"needs Node {OLDEST_NODE} or newer with npm on PATH")
    finished = machine.run([str(node), "--version"], seconds=VERSION_S, environ=machine.environ)
    found = re.match(r"v(\d+)\.", finished.output)
    if not found or int(found[1]) < OLDEST_NODE:
        raise AllureUnavailableError(f"needs Node {OLDEST_NODE} or newer; {node} is {finished.output.strip()}")
    return node


def _fingerprint() -> str:
    pins = (Path(__file__).with_name(name).read_bytes() for name in PINS)
    return hashlib.sha256(b"".join(pins)).hexdigest()[:16]


def _install(folder: Path, machine: Machine) -> None:
    """Fill ``folder`` beside its place and move it there whole, so that a half-filled one is never used."""
    attempt = f"allure-{folder.name}"
    if machine.failed_today(attempt):
        raise AllureUnavailableError("could not be installed earlier today; `npm ping` tells whether npm can now")
    machine.say(f"allure: installing the report builder, once, at most {INSTALL_S:g} s")
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(mkdtemp(prefix="draft-", dir=folder.parent))
    try:
        for name in PINS:
            shutil.copyfile(Path(__file__).with_name(name), draft / name)
        npm = str(machine.which("npm"))
        finished = machine.run([npm, *NPM_CI], seconds=INSTALL_S, environ=machine.environ, cwd=draft)
        if not finished.ok:
            machine.note_failure(attempt)
            raise AllureUnavailableError(f"npm could not install it ({finished.cause}); not tried again today")
        if not folder.exists():
            draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
