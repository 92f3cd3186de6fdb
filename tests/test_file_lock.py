"""A lock on a file is one process's, as far as the system can lock files."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from smoke.host import file_lock

HOLDS = """
import os, sys
from smoke.host import file_lock
descriptor = os.open(sys.argv[1], os.O_RDWR)
print(file_lock.take(descriptor), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[tuple[int, int]]:
    """The same file, opened twice."""
    path = tmp_path / "a.lock"
    descriptors = [os.open(path, os.O_RDWR | os.O_CREAT) for _ in range(2)]
    yield descriptors[0], descriptors[1]
    for each in descriptors:
        os.close(each)


@pytest.mark.skipif(sys.platform == "win32", reason="files cannot be locked there")
def test_a_lock_is_free_once_it_is_given_back(opened: tuple[int, int]) -> None:
    mine, other = opened
    assert file_lock.take(mine)
    assert not file_lock.take(other)
    file_lock.give_back(mine)
    assert file_lock.take(other)


@pytest.mark.skipif(sys.platform == "win32", reason="files cannot be locked there")
def test_a_lock_ends_with_the_process_that_held_it(opened: tuple[int, int], tmp_path: Path) -> None:
    """However it ended."""
    command = [sys.executable, "-c", HOLDS, str(tmp_path / "a.lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "True\n"
        assert not file_lock.take(opened[0])
        holder.kill()
    assert file_lock.take(opened[0])


def test_where_files_cannot_be_locked_nobody_is_kept_waiting(
    opened: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Windows, whose Python has no such module."""
    monkeypatch.setitem(sys.modules, "fcntl", None)
    assert [file_lock.take(each) for each in opened] == [True, True]
    file_lock.give_back(opened[0])
