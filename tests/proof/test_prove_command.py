"""``smoke prove``, as its user runs it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from smoke.demo.breaks import Break
from smoke.demo.process import DemoProcess, start
from smoke.proof.writing import read

ROOT = Path(__file__).parents[2]


def proved(tmp_path: Path, *arguments: str, **environ: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "smoke", "prove", "--reports", str(tmp_path), *arguments]
    said = subprocess.run(command, cwd=ROOT, env={**os.environ, **environ}, capture_output=True, text=True, check=False)
    return said.returncode, said.stdout + said.stderr


@pytest.fixture(scope="module")
def ill() -> Iterator[DemoProcess]:
    """A deployment that is not well."""
    with start() as demo:
        demo.set_breaks([Break.SERVICE_DOWN])
        yield demo


def test_every_fault_of_a_suite_is_caught(tmp_path: Path) -> None:
    """The target is asked as often as a clean run asks it, and no more; all of it stands on one page."""
    code, said = proved(tmp_path)
    assert code == 0, said
    assert "clean run PASS (4 probes, 4 requests)" in said
    matrix = read(tmp_path / "proof" / "betterprompts.json")
    assert len(matrix.cases) >= 100
    assert matrix.detection_rate == 1.0
    page = (tmp_path / "proof" / "index.html").read_text()
    assert all(f"<code>{check}</code>" in page for check in ("health.root", "health.api", "health.status", "api.test"))
    assert not re.search(r"(src|href)=\"(?!#)", page), "nothing is asked for from elsewhere"
    assert "| betterprompts |" in (tmp_path / "proof" / "matrix.md").read_text()


def test_a_drill_can_be_narrowed_and_parted(tmp_path: Path) -> None:
    """By check, by fault or kind of faults, and into parts that make up the whole."""
    code, said = proved(tmp_path, "--check", "health.root", "--fault", "json-missing")
    assert (code, "6 faults to try" in said) == (0, True), said
    parts = [proved(tmp_path, "--fault", "json-missing", "--shard", f"{part}/2")[1] for part in (1, 2)]
    assert sum(int(found[1]) for each in parts if (found := re.search(r"(\d+) faults to try", each))) == 18


def test_a_target_that_is_not_well_proves_nothing(tmp_path: Path, ill: DemoProcess) -> None:
    """Exit 3, and what is wrong without any fault."""
    code, said = proved(tmp_path, **{**ill.environ, "SMOKE_BASE_URL": ill.base_urls["betterprompts"]})
    assert code == 3
    assert "nothing can be proved: health.root is FAIL without any fault" in said


def test_wrong_parts_are_told(tmp_path: Path) -> None:
    """Exit 2, with what a part looks like."""
    code, said = proved(tmp_path, "--shard", "3/2")
    assert (code, "--shard: is such as 1/4" in said) == (2, True)
