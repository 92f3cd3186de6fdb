from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from smoke.host.workfolder import forget, forget_dead, work_folder

WORK = """
import os, signal, sys
from pathlib import Path
from smoke.host.supervisor import owner, supervised
from smoke.host.workfolder import work_folder

def work():
    with work_folder(owner()) as folder:
        (folder / "secret").write_text("canary")
        print(folder, flush=True)
        {body}
    return 0

sys.exit({start})
"""


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The system's temporary folder, for these tests."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return folder


def run(body: str, start: str) -> Path:
    """Run a program that writes into its work folder; return where that was."""
    program = WORK.format(body=body, start=start)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=False)
    return Path(done.stdout.strip())


def test_only_its_user_looks_into_it_and_it_goes(temporary: Path) -> None:
    """It is private while the run goes on, and gone afterwards."""
    with work_folder(os.getpid()) as folder:
        assert folder.parent == temporary
        assert folder.stat().st_mode & 0o777 == 0o700
    assert not folder.exists()


@pytest.mark.parametrize("body", ["os._exit(0)", "os.kill(os.getpid(), signal.SIGKILL)", "sys.exit(1)", "pass"])
def test_the_supervisor_removes_it_however_the_run_ends(body: str, temporary: Path) -> None:
    """What was not swept is not left."""
    assert run(body, "supervised(work)").parent == temporary
    assert list(temporary.iterdir()) == []


def test_a_later_run_removes_what_a_dead_one_left(temporary: Path) -> None:
    """Where even the supervisor was killed, or there was none; what is in use stays."""
    left = run("os._exit(0)", "work()")
    assert left.is_dir()
    with work_folder(os.getpid()) as ours:
        assert not left.exists()
        forget_dead()
        assert ours.exists()


def test_what_only_looks_like_one_is_left_alone(temporary: Path) -> None:
    """Names that we do not give, links, and folders of other runs."""
    (temporary / "smoke-run-notes-1").mkdir()
    elsewhere = temporary / "elsewhere"
    elsewhere.mkdir()
    (temporary / "smoke-run-999999999-link").symlink_to(elsewhere)
    (temporary / f"smoke-run-{os.getppid()}-x").mkdir()
    forget(os.getpid())
    forget_dead()
    assert len(list(temporary.iterdir())) == 4
