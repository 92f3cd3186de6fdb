"""Files that should be parts: what cannot be joined is named with its file, and never read as green."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from smoke.cli import main
from smoke.joining.gathering import gather
from smoke.running.part import SCHEMA, PartError, read_part, write_part
from tests.joining.test_shards import part, result
from tests.running.conftest import ROOT

Captured = pytest.CaptureFixture[str]


def a_part(folder: Path, **changes: Any) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return write_part(part(1, result("a.one"), of=1, **changes), folder)


def changed(path: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    content = json.loads(path.read_bytes())
    change(content)
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "1" + "0" * 400, "1e300", "-1"])
@pytest.mark.parametrize("name", ["started", "finished"])
def test_a_time_that_is_none_is_no_part(tmp_path: Path, name: str, number: str) -> None:
    """No clock says so: who reckons with it would break, or find that nothing was ever too late."""
    path = changed(a_part(tmp_path), lambda content: content["run"].update({name: "HERE"}))
    path.write_text(path.read_text().replace('"HERE"', number))
    with pytest.raises(PartError):
        read_part(path)


@pytest.mark.parametrize("number", ["NaN", "1e999"])
def test_no_number_anywhere_is_none(tmp_path: Path, number: str) -> None:
    """Of a limit, too: nothing is above NaN."""
    path = changed(a_part(tmp_path), lambda content: content["point"].update({"timeout_s": "HERE"}))
    path.write_text(path.read_text().replace('"HERE"', number))
    with pytest.raises(PartError, match="is not a number that anything can have"):
        read_part(path)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda content: content.update(schema=SCHEMA + 1, run={}), f"its schema is {SCHEMA + 1}, ours is {SCHEMA}"),
        (lambda content: content.pop("schema"), "it names no schema"),
    ],
    ids=["another", "none"],
)
def test_a_part_of_another_version_is_told_as_such(
    tmp_path: Path, change: Callable[[dict[str, Any]], object], told: str
) -> None:
    """Whatever else is different in it: what is missing in it is nobody's mistake."""
    path = changed(a_part(tmp_path), change)
    with pytest.raises(PartError) as raised:
        read_part(path)
    assert str(raised.value) == f"was written by another version of smoke ({told}); use one version for all parts"


def test_folders_behind_links_are_looked_into_once(tmp_path: Path) -> None:
    """A volume is often mounted by a link; one that leads back leads nowhere new."""
    path = a_part(tmp_path / "volume" / "eu")
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "eu").symlink_to(tmp_path / "volume" / "eu")
    (tmp_path / "parts" / "again").symlink_to(tmp_path / "volume")
    (tmp_path / "volume" / "eu" / "back").symlink_to(tmp_path / "parts")
    gathered = gather([tmp_path / "parts"])
    assert ([each.folder for each in gathered.found], gathered.unreadable) == ([path.parent], ())


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A machine that left nothing at all may have been the one that failed."""
    a_part(tmp_path / "eu")
    gathered = gather([tmp_path / "eu", tmp_path / "us"])
    assert gathered.unreadable == (f"{tmp_path / 'us'}: No such file or directory",)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"suite": "elsewhere"}, "unknown suite 'elsewhere'; known: "),
        ({"suite": "betterprompts", "environment": "mars"}, "unknown environment 'mars'; known: "),
        ({"suite": "betterprompts", "execution_point": "tea-time"}, "unknown execution point 'tea-time'; known: "),
    ],
    ids=["suite", "environment", "point"],
)
def test_a_part_of_what_this_project_does_not_hold_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Captured, changes: dict[str, str], told: str
) -> None:
    """It was run in another project, or before something was renamed: nobody's command line is wrong."""
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    path = a_part(tmp_path / "parts", **changes)
    code = main(["report", "merge", str(tmp_path / "parts"), "--reports", str(tmp_path / "whole")])
    assert (code, f"INCONCLUSIVE: {path}: {told}" in capfd.readouterr().out) == (3, True)
