"""Modules that register themselves are imported by being there."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from smoke.modules import import_all


def test_all_modules_are_imported_but_private_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What begins with an underscore is left to the module that needs it, since it may be heavy."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    for name in ("__init__", "one", "two", "_heavy"):
        (folder / f"{name}.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    import_all(importlib.import_module("shelf"))
    found = {name for name in sys.modules if name.startswith("shelf.")}
    for name in (*found, "shelf"):
        monkeypatch.delitem(sys.modules, name)
    assert found == {"shelf.one", "shelf.two"}
