"""Finds what stands in the folders of a suite and would never be used."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from pathlib import Path

from smoke.config.paths import SUITES, below
from smoke.config.problems import Problem
from smoke.model import Check, CheckKind

READ = ("suite.yaml", "checks.yaml", "noise.yaml")
YAML = {".yaml", ".yml"}


def unread_files(root: Path, suite: str) -> Iterator[Problem]:
    """Yield every YAML file beside the ones of ``suite`` that are read."""
    folder = root / SUITES / suite
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix.lower() not in YAML or name in READ or any(part[0] == "." for part in Path(name).parts):
            continue
        close = difflib.get_close_matches(path.stem.lower(), [Path(read).stem for read in READ], 1)
        way_out = f"did you mean {close[0]}.yaml?" if close else f"a suite has {', '.join(READ)}"
        yield Problem(below(root, path), 0, "", f"is read by nobody; {way_out}")


def unused_pages(root: Path, suite: str, checks: Iterable[Check]) -> Iterator[Problem]:
    """Yield the page objects of ``suite`` where it has no journey: perhaps their folder is misnamed."""
    pages, journeys = f"page_objects/{suite}", f"e2e/{suite}"
    if any((root / pages).rglob("*.py")) and not any(check.kind is CheckKind.JOURNEY for check in checks):
        reason = "" if (root / journeys).is_dir() else f", for there is no folder {journeys}"
        text = f"is used by no journey{reason}: write one into {journeys}/test_….py, or remove the folder"
        yield Problem(pages, 0, "", text)
