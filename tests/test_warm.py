"""What is run by tests in a process that had its modules is told as a shell would be."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support import warm


@pytest.mark.parametrize(
    "arguments", [("--version",), ("run", "--category", "nope"), ("config", "check"), ("plan", "x")]
)
def test_code_and_words_are_those_of_a_shell(arguments: tuple[str, ...], tmp_path: Path) -> None:
    """In the folder that is named."""
    command = [sys.executable, "-m", "smoke", *arguments]
    cold = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    done = warm.smoke(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (cold.returncode, cold.stdout, cold.stderr)


def test_nothing_is_left_of_the_one_before() -> None:
    """Neither its variables nor what it made of them; whatever runs beside it."""
    environs = [{**os.environ, "SMOKE_WORKERS": value} for value in ("many", "few", "1")]
    with ThreadPoolExecutor(len(environs)) as pool:
        done = list(pool.map(lambda environ: warm.smoke("config", "show", cwd=warm.ROOT, environ=environ), environs))
    assert [each.returncode for each in done] == [2, 2, 0]
    assert ("got 'many'" in done[0].stderr, "got 'few'" in done[1].stderr, done[2].stderr) == (True, True, "")
