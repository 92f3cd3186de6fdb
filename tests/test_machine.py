"""What we ask of the computer that we run on."""

import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from smoke.host.machine import Machine, executable


def test_this_machine_is_described_by_default():
    """Without a stand-in, the process's own environment, user and packages are asked."""
    machine = Machine()
    assert machine.environ is os.environ
    assert machine.uid == os.getuid()
    assert (machine.package("playwright") / "driver" / "package" / "browsers.json").is_file()
    assert machine.package("no_such_package") is None


@pytest.mark.parametrize(
    ("platform", "environ", "expected"),
    [
        ("linux", {"HOME": "/home/a"}, "/home/a/.cache"),
        ("linux", {"HOME": "/home/a", "XDG_CACHE_HOME": "/fast"}, "/fast"),
        ("darwin", {"HOME": "/Users/a", "XDG_CACHE_HOME": "/fast"}, "/Users/a/Library/Caches"),
        ("win32", {"LOCALAPPDATA": "/a/Local"}, "/a/Local"),
        ("win32", {"USERPROFILE": "/a"}, "/a/AppData/Local"),
    ],
)
def test_caches_lie_where_each_system_keeps_them(platform, environ, expected):
    """The same rule as Playwright's own, so that its browsers are found."""
    machine = Machine(platform=platform, environ=environ)
    assert machine.caches == Path(expected)
    assert machine.cache == Path(expected) / "smoke-harness"


def test_programs_are_searched_on_the_path_that_was_handed_in(tmp_path):
    """The process's own PATH is not looked at, and neither is anything without a PATH."""
    program = tmp_path / "node"
    program.touch(mode=0o755)
    assert Machine(environ={"PATH": str(tmp_path)}).which("node") == program
    assert Machine(environ={}).which("sh") is None


def test_a_noted_failure_lasts_until_the_end_of_the_day(tmp_path):
    """It holds for the thing it was noted for, and for today."""
    machine = Machine(environ={"XDG_CACHE_HOME": str(tmp_path)}, platform="linux", today=date(2026, 11, 21))
    assert not machine.failed_today("download")
    machine.note_failure("download")
    assert machine.failed_today("download")
    assert not machine.failed_today("another")
    assert not replace(machine, today=date(2026, 11, 22)).failed_today("download")


def test_without_a_cache_a_failure_is_not_remembered(tmp_path):
    """A read-only machine is no reason to stop."""
    (tmp_path / "file").touch()
    machine = Machine(environ={"XDG_CACHE_HOME": str(tmp_path / "file")}, platform="linux")
    machine.note_failure("download")
    assert not machine.failed_today("download")


def test_the_environment_is_not_shown():
    """A machine in a traceback must not print the secrets of its environment."""
    assert "hunter2" not in repr(Machine(environ={"SMOKE_PASSWORD": "hunter2"}))


def test_only_a_file_with_permission_is_executable(tmp_path):
    """Neither a folder nor a plain file nor nothing can be run."""
    plain, runnable = tmp_path / "plain", tmp_path / "runnable"
    plain.touch()
    runnable.touch(mode=0o755)
    assert [executable(path) for path in (runnable, plain, tmp_path, tmp_path / "none")] == [True, False, False, False]
