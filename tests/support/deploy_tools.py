"""Programs that only look at what is deployed, from ``make test-deploy``; a test without its own is skipped."""

from __future__ import annotations

from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / ".cache" / "deploy"


def tool(name: str) -> str:
    """Return the path of a program; skips where it is not installed."""
    path = FOLDER / "bin" / name
    if not path.exists():
        pytest.skip(f"{name} is not installed; make test-deploy installs it")
    return str(path)
