"""``smoke history`` as people type it: runs are carried and forgotten, and every problem names its line."""

from __future__ import annotations

import io
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from smoke import cli
from smoke.history.opening import history_store
from smoke.history.runs import History
from smoke.running.announcing import keep as keep_run
from smoke.settings import resolve
from tests.support.run_builder import a_result, a_run, a_typical_run

DAY = 86_400.0
NOW = time.time()
Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a project whose history has a run of today and one of two years ago."""
    (tmp_path / "config/suites/shop").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SMOKE_HISTORY_URL", raising=False)
    keep(tmp_path / "reports/history.db", "today", NOW)
    keep(tmp_path / "reports/history.db", "long-ago", NOW - 730 * DAY)
    return tmp_path


def keep(path: Path, run_id: str, finished: float) -> None:
    History(path).record(a_typical_run(run_id=run_id, started=finished - 9, finished=finished))


def kept(path: Path) -> list[str]:
    return [run.run_id for run in History(path).recent("shop", "production", 99)]


def test_export_and_import_carry_a_history(project: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through a file or a pipe: the other place has the same runs, however often it is done."""
    assert cli.main(["history", "export", "runs.jsonl"]) == 0
    assert capsys.readouterr().err == "2 runs written to runs.jsonl\n"
    assert [path.name for path in project.iterdir() if "runs" in path.name] == ["runs.jsonl"]
    assert cli.main(["history", "export", "--since", "7d"]) == 0
    piped = capsys.readouterr().out
    assert piped.count("\n") == 1
    assert cli.main(["history", "import", "runs.jsonl", "--reports", "elsewhere"]) == 0
    assert capsys.readouterr().err == "runs.jsonl: 2 runs added, 0 already there\n"
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(piped.encode())))
    assert cli.main(["history", "import", "--reports", "elsewhere"]) == 0
    assert capsys.readouterr().err == "-: 0 runs added, 1 already there\n"
    assert kept(project / "elsewhere/history.db") == ["today", "long-ago"]


def test_merge_takes_files_of_either_kind(project: Path, capsys: Captured) -> None:
    """Those that caches left, as they are."""
    keep(project / "a/history.db", "a", NOW - 5)
    keep(project / "b/history.db", "b", NOW - 6)
    assert cli.main(["history", "export", "b.jsonl", "--reports", "b"]) == 0
    assert cli.main(["history", "merge", "a/history.db", "b.jsonl"]) == 0
    assert kept(project / "reports/history.db") == ["today", "a", "b", "long-ago"]
    assert kept(project / "a/history.db") == ["a"]


def test_bad_lines_are_told_by_file_and_number(project: Path, capsys: Captured) -> None:
    """All of them at once, exit code 2, and every good line is in."""
    cli.main(["history", "export", "good.jsonl"])
    (project / "bad.jsonl").write_text("nonsense\n" + (project / "good.jsonl").read_text() + '{"cut of')
    capsys.readouterr()
    assert cli.main(["history", "merge", "bad.jsonl", "good.jsonl", "--reports", "new"]) == 2
    told = capsys.readouterr().err
    assert "bad.jsonl: 2 problems\n  line 1: " in told
    assert "\n  line 4: " in told
    assert "it was left out" in told
    assert kept(project / "new/history.db") == ["today", "long-ago"]


def test_files_that_are_not_there_are_told(project: Path, capsys: Captured) -> None:
    """Before anything is added; none is made in their place."""
    assert cli.main(["history", "merge", "nowhere.db", "neither.jsonl"]) == 2
    told = capsys.readouterr().err
    assert "no file nowhere.db" in told
    assert "no file neither.jsonl" in told
    assert not (project / "nowhere.db").exists()
    assert cli.main(["history", "import", "nowhere.jsonl"]) == 2
    assert "nowhere.jsonl: No such file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "keep_for", "left"),
    [
        (["--keep", "1d"], "", ["today"]),
        ([], "", ["today"]),
        (["--keep", "900d"], "1d", ["today", "long-ago"]),
        ([], "900d", ["today", "long-ago"]),
    ],
    ids=["option", "default", "option beats variable", "variable"],
)
def test_prune_forgets_what_is_old(
    project: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], keep_for: str, left: list[str]
) -> None:
    """By option, by SMOKE_HISTORY_KEEP, else after 400 days."""
    monkeypatch.setenv("SMOKE_HISTORY_KEEP", keep_for)
    assert cli.main(["history", "prune", *arguments]) == 0
    assert kept(project / "reports/history.db") == left


@pytest.mark.parametrize("keep_for", ["soon", "0d", "-3d"])
def test_a_time_that_is_none_is_refused(project: Path, capsys: Captured, keep_for: str) -> None:
    """Nothing is forgotten by a slip of the finger."""
    assert cli.main(["history", "prune", f"--keep={keep_for}"]) == 2
    assert "--keep: " in capsys.readouterr().err
    assert len(kept(project / "reports/history.db")) == 2


def test_a_history_that_cannot_be_read_is_inconclusive(project: Path, capsys: Captured) -> None:
    """With file, reason and the way out."""
    (project / "reports/history.db").write_bytes(b"not a database at all" * 9)
    assert cli.main(["history", "export"]) == 3
    assert "INCONCLUSIVE: " in capsys.readouterr().err


@pytest.mark.parametrize(("keep_for", "left"), [("400d", ["now", "today"]), ("", ["now", "today", "long-ago"])])
def test_a_run_forgets_what_is_old_where_it_was_asked_to(project: Path, keep_for: str, left: list[str]) -> None:
    """Without SMOKE_HISTORY_KEEP nothing is forgotten by itself."""
    settings = resolve({}, point="local", root=project, environ={"SMOKE_HISTORY_KEEP": keep_for})
    told: list[str] = []
    run = a_run(a_result(), run_id="now", started=NOW + 1, finished=NOW + 2)
    keep_run(run, history_store(settings), settings, told.append)
    assert kept(project / "reports/history.db") == left
    assert [line for line in told if line.startswith("history")] == []
