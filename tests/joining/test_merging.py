"""``smoke report merge``, over what real runs left: lost, late, doubled, damaged and foreign parts."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import pytest

from smoke.demo.breaks import Break
from smoke.demo.process import DemoProcess
from tests.joining.conftest import PROBES, Machines, Parts


def runs_in(reports: Path) -> list[tuple[Any, ...]]:
    with sqlite3.connect(reports / "history.db") as db:
        return db.execute("SELECT region, verdict FROM runs ORDER BY region").fetchall()


def verdict_of(reports: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((reports / "verdict.json").read_text())
    return found


def test_shards_become_one_run_that_everyone_is_told_of(machines: Machines, parts: Parts, tmp_path: Path) -> None:
    """One verdict over all checks, one run in the history, one line of metrics each; Allure's results of all."""
    folder, whole = parts(1, 2, 3), tmp_path / "whole"
    ended = machines.smoke("report", "merge", folder, "--reports", whole, "--json")
    assert ended.code == 0, ended.stdout + ended.stderr
    told = verdict_of(whole)
    assert json.loads(ended.stdout) == told
    assert told["part"] is None
    assert (told["verdict"], told["reason"]) == ("PASS", "all 4 checks passed")
    assert runs_in(whole) == [("local", "PASS")]
    assert len(list((whole / "allure-results").glob("*-result.json"))) == 4
    assert "smoke_test.duration" in (whole / "metrics.jsonl").read_text()
    told_of = (whole / "allure-results" / "environment.properties").read_text()
    assert "reason=all 4 checks passed\n" in told_of


def test_a_part_tells_nobody(three: Path) -> None:
    """No run in its history, no metrics: whoever joins it tells, once."""
    for shard in three.iterdir():
        assert not (shard / "metrics.jsonl").exists()
        assert re.fullmatch(r"shard \d/3 of 42", verdict_of(shard)["part"])
        assert runs_in(shard) == []


def test_a_part_says_that_nobody_is_told(machines: Machines, tmp_path: Path) -> None:
    """A variable that was left behind must not silence a schedule unnoticed."""
    ended = machines.smoke("run", "local", *PROBES, "--reports", tmp_path, SMOKE_PART_OF="42")
    assert "a part of a run (SMOKE_PART_OF): nobody is told" in ended.stdout + ended.stderr


def test_a_lost_shard_is_not_green(machines: Machines, parts: Parts, tmp_path: Path) -> None:
    """Exit 3, its checks told as not run, in Allure too; and the history has it."""
    whole = tmp_path / "whole"
    ended = machines.smoke("report", "merge", parts(1, 3), "--reports", whole)
    assert ended.code == 3
    assert "shard 2/3 left nothing" in ended.stdout
    assert runs_in(whole) == [("local", "INCONCLUSIVE")]
    results = [json.loads(path.read_text()) for path in (whole / "allure-results").glob("*-result.json")]
    assert len(results) == 4
    assert any("shard 2/3 left nothing" in each.get("statusDetails", {}).get("message", "") for each in results)


def test_a_late_shard_is_waited_for(machines: Machines, parts: Parts, tmp_path: Path) -> None:
    """It arrives while merge waits, and counts; the wait ends with it."""
    folder, late = parts(1, 2, 3), tmp_path / "on its way"
    shutil.move(folder / "shard-2", late)
    command = machines.command("report", "merge", folder, "--wait", "10m", "--reports", tmp_path / "whole")
    with subprocess.Popen(command, env=machines.environ(), stdout=subprocess.PIPE, text=True) as merge:
        while not (tmp_path / "whole" / "run.lock").exists():
            assert merge.poll() is None
        shutil.move(late, folder / "shard-2")
        assert merge.wait(120) == 0


@pytest.mark.long
def test_a_shard_of_another_run_is_not_taken_for_this_one_s(machines: Machines, parts: Parts, tmp_path: Path) -> None:
    """It came too late for the run that it belongs to: that one is without it, and so is this one."""
    folder = parts(1, 3)
    assert machines.part(folder / "shard-2", "--shard", "2/3", of="41").code == 0
    ended = machines.smoke("report", "merge", folder, "--part-of", "42", "--reports", tmp_path / "whole")
    assert ended.code == 3
    assert "shard 2/3 left nothing" in ended.stdout
    assert "not joined: parts of another run, 41" in ended.stdout
    asked = machines.smoke("report", "merge", folder, "--reports", tmp_path / "whole")
    assert asked.code == 2
    assert "there are parts of several runs, 41, 42: say which to join" in asked.stderr


def test_a_doubled_shard_makes_nothing_well(
    machines: Machines, parts: Parts, demo: DemoProcess, tmp_path: Path
) -> None:
    """It failed, was started again and passed: the failure counts. Copied, it is the same part."""
    folder = parts(1, 2, 3)
    demo.set_breaks([Break.SERVICE_DOWN])
    again = [machines.part(folder / f"again-{index}", "--shard", f"{index}/3").code for index in (1, 2, 3)]
    demo.set_breaks()
    assert 1 in again
    shutil.copytree(folder / "shard-1", folder / "copy")
    ended = machines.smoke("report", "merge", folder, "--reports", tmp_path / "whole")
    assert ended.code == 1, ended.stdout
    assert "health.root failed" in verdict_of(tmp_path / "whole")["reason"]


def test_a_damaged_part_is_named_and_never_green(machines: Machines, parts: Parts, tmp_path: Path) -> None:
    """Half a file is no part."""
    folder = parts(1, 2, 3)
    part = folder / "shard-2" / "part.json"
    part.write_bytes(part.read_bytes()[:1000])
    ended = machines.smoke("report", "merge", folder, "--reports", tmp_path / "whole")
    assert ended.code == 3
    assert f"INCONCLUSIVE: {part}: " in ended.stdout


def test_nothing_at_all_is_not_green(machines: Machines, tmp_path: Path) -> None:
    """No part: nothing is known of the application."""
    (tmp_path / "parts").mkdir()
    ended = machines.smoke("report", "merge", tmp_path / "parts", "--reports", tmp_path / "whole")
    assert (ended.code, ended.stdout) == (3, "INCONCLUSIVE: no part arrived: nothing can be said of the application\n")


def test_regions_stand_beside_each_other(machines: Machines, demo: DemoProcess, tmp_path: Path, three: Path) -> None:
    """A region that failed fails the whole; each keeps its verdict, and its pages are found from the one report."""
    del three  # made while all was well
    folder, whole = tmp_path / "parts", tmp_path / "whole"
    assert machines.part(folder / "a", "--region", "us-east-1").code == 0
    demo.set_breaks([Break.SERVICE_DOWN])
    assert machines.part(folder / "b", "--region", "eu-west-1").code == 1
    demo.set_breaks()
    ended = machines.smoke("report", "merge", folder, "--reports", whole, "--json")
    assert ended.code == 1
    assert {each["region"]: each["verdict"] for each in json.loads(ended.stdout)} == {
        "eu-west-1": "FAIL",
        "us-east-1": "PASS",
    }
    assert runs_in(whole) == [("eu-west-1", "FAIL"), ("us-east-1", "PASS")]
    links = [
        whole / "allure-results" / link["url"]
        for path in (whole / "allure-results").glob("*-result.json")
        for link in json.loads(path.read_text()).get("links", ())
        if link["name"] == "failure page"
    ]
    assert links
    assert all(link.resolve().is_file() for link in links)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("run", "local", "--shard", "3/2"), "--shard: is a part and how many there are, such as 2/5; got '3/2'"),
        (
            ("run", "local", "--check", "health", "--shard", "1/9"),
            "--shard: only 3 parts can run apart",
        ),
        (("report", "merge", "reports"), "DIR: reports is where the whole goes: name another folder for it"),
        (("report", "merge", "reports/places/eu"), "DIR: reports/places/eu is where the whole goes"),
        (("report", "merge", "parts", "--wait", "long"), "--wait: "),
    ],
)
def test_what_cannot_be_meant_is_wrong_usage(machines: Machines, arguments: tuple[str, ...], why: str) -> None:
    """Exit 2, with the option, what is wrong and the way out."""
    ended = machines.smoke(*arguments)
    assert ended.code == 2
    assert why in ended.stderr
