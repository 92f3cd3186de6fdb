"""axe-core, which finds what keeps people from using a page: installed by npm when it is first needed."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

PINS = ("package.json", "package-lock.json")
HERE = Path(__file__).parent
CACHE = Path(__file__).parents[3] / ".cache" / "axe"
INSTALL_S = 120.0
NPM_CI = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--fetch-retries=1")
GRAVE = ("serious", "critical")


def script() -> Path:
    """The pinned axe-core as one file; the test is skipped, with the reason, where it cannot be had."""
    pins = b"".join((HERE / name).read_bytes() for name in PINS)
    folder = CACHE / hashlib.sha256(pins).hexdigest()[:16]
    if not folder.exists():
        _install(folder)
    return folder / "node_modules" / "axe-core" / "axe.min.js"


def grave(page: Any, axe: Path) -> list[str]:
    """Say what axe finds on a Playwright ``page`` that is serious or critical: rule, element and why."""
    page.evaluate(axe.read_text(encoding="utf-8"))
    found = page.evaluate("async () => (await axe.run()).violations")
    return [
        f"{each['impact']} {each['id']} at {node['target']}: {node['failureSummary']}"
        for each in found
        if each["impact"] in GRAVE
        for node in each["nodes"]
    ]


def _install(folder: Path) -> None:
    if shutil.which("npm") is None:
        pytest.skip("axe-core needs npm on PATH")
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(mkdtemp(prefix="draft-", dir=folder.parent))
    try:
        for name in PINS:
            shutil.copyfile(HERE / name, draft / name)
        done = subprocess.run(NPM_CI, cwd=draft, capture_output=True, text=True, timeout=INSTALL_S, check=False)
        if done.returncode:
            pytest.skip(f"npm could not install axe-core: {done.stderr.strip().splitlines()[-1:]}")
        if not folder.exists():
            draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
