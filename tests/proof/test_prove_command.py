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
    code, said = proved(tmp_path, "--suite", "mosaic")
    assert code == 0, said
    assert "clean run PASS (16 checks, 57 requests)" in said
    matrix = read(tmp_path / "proof" / "mosaic.json")
    assert len(matrix.cases) >= 100
    assert (matrix.detection_rate, matrix.asked) == (1.0, 57)
    page = (tmp_path / "proof" / "index.html").read_text()
    assert all(f"<code>{check}</code>" in page for check in ("deployment.uptime", "health.p95", "errors.not-found"))
    assert not re.search(r"(src|href)=\"(?!#)", page), "nothing is asked for from elsewhere"
    assert "| mosaic |" in (tmp_path / "proof" / "matrix.md").read_text()


def test_a_part_of_a_proof_replaces_none(tmp_path: Path) -> None:
    """By check, by fault or kind of faults, and into parts that make up the whole: none of them is written."""
    whole, *parts = (
        proved(tmp_path, "--suite", "mosaic", "--fault", "json-missing", *part)[1]
        for part in ((), ("--shard", "1/2"), ("--shard", "2/2"))
    )
    assert faults(whole) == sum(map(faults, parts)) > 0
    assert "a part only: nothing was written" in whole
    assert not list(tmp_path.glob("proof/*.json"))


def faults(said: str) -> int:
    found = re.search(r"(\d+) faults to try", said)
    assert found, said
    return int(found[1])


def test_a_target_that_is_not_well_proves_nothing(tmp_path: Path, ill: DemoProcess) -> None:
    """Exit 3, and what is wrong without any fault."""
    environ = {**ill.environ, "SMOKE_BASE_URL": ill.base_urls["betterprompts"]}
    code, said = proved(tmp_path, "--check", "health", **environ)
    assert code == 3
    assert "nothing can be proved: health.root is FAIL" in said


def test_wrong_parts_are_told(tmp_path: Path) -> None:
    """Exit 2, with what a part looks like."""
    code, said = proved(tmp_path, "--shard", "3/2")
    assert (code, "--shard: is such as 1/4" in said) == (2, True)


def test_where_nothing_can_be_written_nothing_is_asked(tmp_path: Path) -> None:
    """Exit 2 before the clean run, as for arguments that only pytest would take."""
    (tmp_path / "proof").write_text("in the way")
    code, said = proved(tmp_path, "--suite", "mosaic")
    assert (code, "--reports" in said, "clean run" in said) == (2, True, False)
    code, said = proved(tmp_path, "--", "-k", "login")
    assert (code, "pytest arguments go to `smoke run`" in said) == (2, True)
