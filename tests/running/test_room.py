"""What of this machine is free for journeys: no more than its container may use."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from smoke.running import room

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux says what a container may use")


@pytest.fixture
def container(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which the kernel says what a container may use, and used."""
    monkeypatch.setattr(room, "CGROUP", tmp_path)
    return tmp_path


@pytest.mark.parametrize(("limit", "share"), [("50000 100000\n", 0.5), ("10000 50000\n", 0.2)])
def test_a_container_may_keep_busy_what_its_quota_says(container: Path, limit: str, share: float) -> None:
    (container / "cpu.max").write_text(limit)
    assert room.cores() == share


@pytest.mark.parametrize("limit", [None, "max 100000\n", "6400000 100000\n", "", "50000 often\n"])
def test_no_quota_gives_more_than_the_machine_has(container: Path, limit: str | None) -> None:
    """Nor is one that cannot be read a limit."""
    known = room.cores()
    if limit is not None:
        (container / "cpu.max").write_text(limit)
    assert room.cores() == known == int(known) >= 1


def test_what_a_container_has_used_of_its_memory_is_not_free(container: Path) -> None:
    free = room.free_mb()
    (container / "memory.max").write_text("max\n")
    (container / "memory.current").write_text(f"{3 * 2**20}\n")
    assert min(free, room.free_mb()) > 4
    (container / "memory.max").write_text(f"{7 * 2**20}\n")
    assert room.free_mb() == 4


@pytest.mark.parametrize(("used_us", "share"), [(0, 1.0), (10**15, 0.0)])
def test_a_container_is_as_idle_as_its_own_processes(container: Path, used_us: int, share: float) -> None:
    """Whatever else the machine has to do."""
    (container / "cpu.max").write_text("100000 100000\n")
    (container / "cpu.stat").write_text("usage_usec 7\nuser_usec 7\n")
    idleness = room.Idleness()
    (container / "cpu.stat").write_text(f"usage_usec {7 + used_us}\nuser_usec 7\n")
    assert idleness.share() == share


def test_without_a_limit_the_machine_tells_how_idle_it_is(container: Path) -> None:
    """What a container without one used is not asked; the machine's figures go forward only."""
    (container / "cpu.max").write_text("max 100000\n")
    (container / "cpu.stat").write_text(f"usage_usec {10**15}\n")
    idleness = room.Idleness()
    (container / "cpu.stat").write_text("usage_usec 0\n")
    assert 0 <= idleness.share() <= 1
