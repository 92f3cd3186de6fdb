"""``smoke prove``, as its user runs it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from smoke.demo.breaks import Break
from smoke.demo.process import DemoProcess, start
from smoke.proof.matrix import Matrix
from smoke.proof.writing import read
from smoke.running.reports import reports_lock
from tests.running.test_interrupt import children, lingering

ROOT = Path(__file__).parents[2]
ONE_JOURNEY = ("--check", "login.refused")


def command(tmp_path: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "smoke", "prove", "--reports", str(tmp_path), *arguments]


def run(tmp_path: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, **environ}
    return subprocess.run(command(tmp_path, *arguments), cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def proved(tmp_path: Path, *arguments: str, **environ: str) -> tuple[int, str]:
    said = run(tmp_path, *arguments, **environ)
    return said.returncode, said.stdout + said.stderr


def begin(tmp_path: Path) -> subprocess.Popen[str]:
    """Start a drill, and return once it has caught something in a browser."""
    child = subprocess.Popen(
        command(tmp_path, *ONE_JOURNEY),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        process_group=0,
    )
    assert child.stdout is not None
    for line in child.stdout:
        if re.match(r"  [1-9]\d* of \d+ faults", line):
            return child
    raise AssertionError("the drill ended before anything was caught")


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
    clean = re.search(r"clean run PASS \(16 checks, (\d+) requests\)", said)
    assert clean, said
    matrix = read(tmp_path / "proof" / "mosaic.json")
    assert len(matrix.cases) >= 100
    assert (matrix.detection_rate, matrix.asked) == (1.0, int(clean[1]))
    assert re.search(r"^  178 of 355 faults, 0 not caught", said, re.M), "each tenth of the drill is told"
    page = (tmp_path / "proof" / "index.html").read_text()
    assert all(f"<code>{check}</code>" in page for check in ("deployment.uptime", "health.p95", "errors.not-found"))
    assert not re.search(r"(src|href)=\"(?!#)", page), "nothing is asked for from elsewhere"
    assert "| mosaic |" in (tmp_path / "proof" / "matrix.md").read_text()


def test_the_rate_goes_to_every_sink_with_its_category(tmp_path: Path) -> None:
    """A whole drill is told in metrics.jsonl; a part of one is not."""
    assert proved(tmp_path, "--suite", "mosaic", "--fault", "status-500")[0] == 0
    assert not (tmp_path / "metrics.jsonl").exists()
    assert proved(tmp_path, "--suite", "mosaic")[0] == 0
    told = [json.loads(line) for line in (tmp_path / "metrics.jsonl").read_text().splitlines()]
    assert {(each["name"], each["value"]) for each in told} == {("smoke_test.proof.detection_rate", 1.0)}
    assert ["category:api-health", "env:local", "suite:mosaic"] in [each["tags"] for each in told]
    assert ["env:local", "suite:mosaic"] in [each["tags"] for each in told]


def test_a_part_of_a_proof_replaces_none(tmp_path: Path) -> None:
    """By check, by fault or kind of faults, and into parts that make up the whole: none of them is written."""
    whole, *parts = (
        proved(tmp_path, "--suite", "mosaic", "--fault", "json-missing", *part)[1]
        for part in ((), ("--shard", "1/2"), ("--shard", "2/2"))
    )
    assert faults(whole) == sum(map(faults, parts)) > 0
    assert "a part only: nothing was written" in whole
    assert not list(tmp_path.rglob("proof/**/*.json"))


def test_parts_are_joined_to_one_matrix_or_not_at_all(tmp_path: Path) -> None:
    """Exit 3 where one is missing, and nothing that could be taken for the whole."""
    requests = 0
    for shard in ("1", "2"):
        code, said = proved(tmp_path / shard, "--suite", "mosaic", "--shard", f"{shard}/2")
        assert (code, f"mosaic.{shard}-of-2.json" in said) == (0, True), said
        requests += sum(map(int, re.findall(r"(\d+) requests", said)))
    code, said = proved(tmp_path, "--merge", str(tmp_path / "1"))
    assert (code, "mosaic: INCONCLUSIVE, its parts make up no whole: missing: 2/2" in said) == (3, True)
    assert not (tmp_path / "proof" / "mosaic.json").exists()
    code, said = proved(tmp_path, "--merge", str(tmp_path / "1"), str(tmp_path / "2"))
    assert (code, "355 faults: 355 caught" in said) == (0, True), said
    assert read(tmp_path / "proof" / "mosaic.json").asked == requests > 0
    code, said = proved(tmp_path, "--merge", str(tmp_path / "proof"))
    assert (code, "holds no part of a drill" in said) == (2, True)


def test_json_is_all_that_is_on_stdout(tmp_path: Path) -> None:
    """One matrix a line."""
    done = run(tmp_path, "--suite", "mosaic", "--fault", "status-500", "--json")
    assert TypeAdapter(Matrix).validate_json(done.stdout).suite == "mosaic"
    assert "clean run PASS" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ("--suite", "mosaic", "--fault", "statu-500"),
            "--fault: unknown fault 'statu-500'; did you mean 'status-500'",
        ),
        (("--suite", "mosaic", "--check", "helth"), "--check: unknown check 'helth'; known: "),
        (("--merge", ".", "--resume"), "--merge: joins what was drilled before"),
    ],
)
def test_what_nobody_knows_is_told_before_anything_is_asked(
    tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    """Exit 2, with what was meant."""
    code, said = proved(tmp_path, *arguments)
    assert (code, told in said, "clean run" in said) == (2, True, False), said


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_a_drill_that_is_stopped_leaves_nobody_behind_and_is_resumed(tmp_path: Path, told: signal.Signals) -> None:
    """Exit 3; what was tried by then is not tried again."""
    child = begin(tmp_path)
    started = children(child.pid)
    assert len(started) >= 3, "a driver and a browser at least"
    child.send_signal(told)
    said = child.communicate(timeout=30)[0]
    assert (child.returncode, "the same command with --resume goes on" in said) == (3, True), said
    assert lingering(started) == []
    assert not list(tmp_path.glob("proof/*.json"))
    code, said = proved(tmp_path, *ONE_JOURNEY, "--resume")
    assert code == 0, said
    assert re.search(r"[1-9]\d* faults to try, [1-9]\d* tried before", said), said


def test_only_one_writes_to_a_folder(tmp_path: Path) -> None:
    """A drill waits for nobody, and says who is in its way; what a run left there stays."""
    (tmp_path / "verdict.json").write_text("{}")
    with reports_lock(tmp_path):
        code, said = proved(tmp_path, "--suite", "mosaic", "--fault", "status-500")
        assert (code, "another run writes to" in said) == (2, True)
    assert proved(tmp_path, "--suite", "mosaic", "--fault", "status-500")[0] == 0
    assert (tmp_path / "verdict.json").exists()


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
