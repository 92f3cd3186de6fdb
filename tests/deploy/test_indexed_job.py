"""The scripts of Indexed Jobs, as pods run them: real processes side by side, with the variables that they get."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from smoke.demo.breaks import Break
from smoke.demo.process import DemoProcess, start
from tests.joining.conftest import PROBES
from tests.running.conftest import ANY_BAND
from tests.support.kubernetes import FOLDER

ROOT = Path(__file__).parents[2]
RUN = "smoke-shards-29387467"
"""Kubernetes names a Job after its CronJob and the minute."""
SHARDS = 3
A_DAY_S = 86400


@dataclass(frozen=True, slots=True)
class Job:
    """A Job on a shared volume."""

    volume: Path
    environ: dict[str, str]

    @property
    def parts(self) -> Path:
        return self.volume / "parts"

    @property
    def whole(self) -> Path:
        """Where the joined run is."""
        return self.volume / "whole"

    def pod(self, index: int, *, wait: str = "5m", again: str = "", **variables: str) -> subprocess.Popen[str]:
        """Start the pod of an index."""
        own = {
            "JOB_COMPLETION_INDEX": str(index), "SHARDS": str(SHARDS), "WAIT": wait, "RUN": RUN,
            "PARTS": str(self.parts), "POD": f"{RUN}-{index}-{again or 'x'}", "SMOKE_REPORTS": str(self.whole),
        }  # fmt: skip
        script = FOLDER / "overlays" / "shards" / "shard.sh"
        return subprocess.Popen(
            ["sh", script, "local"], cwd=ROOT, env={**self.environ, **own, **variables}, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip

    def end(self, *pods: subprocess.Popen[str]) -> list[int]:
        """Wait for pods; returns their exit codes."""
        for pod in pods:
            print(pod.communicate(timeout=240)[0])
        return [pod.returncode for pod in pods]

    @property
    def runs(self) -> list[str]:
        """The verdicts that the history has."""
        with sqlite3.connect(self.whole / "history.db") as db:
            return [verdict for (verdict,) in db.execute("SELECT verdict FROM runs")]

    @property
    def verdict(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.whole / "verdict.json").read_text())
        return found


@pytest.fixture(scope="module")
def demo() -> Iterator[DemoProcess]:
    with start() as process:
        yield process


@pytest.fixture(scope="module")
def environ(demo: DemoProcess, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What pods have from their image: ``smoke`` on PATH; and probes only, of an application that stands here."""
    folder = tmp_path_factory.mktemp("bin")
    (folder / "smoke").write_text(f'#!/bin/sh\nexec {sys.executable} -m smoke "$@"\n')
    (folder / "smoke").chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SMOKE_", "GITHUB_"))}
    only = {"SMOKE_CHECK": ",".join(PROBES[1::2]), "SMOKE_RUNNER_BAND": ANY_BAND}
    return {**kept, **demo.environ, **only, "PATH": f"{folder}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}


@pytest.fixture(scope="module")
def well(environ: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Job:
    """A Job all of whose pods ran side by side and ended well."""
    job = Job(tmp_path_factory.mktemp("volume"), environ)
    assert job.end(*(job.pod(index) for index in range(SHARDS + 1))) == [0, 0, 0, 0]
    return job


@pytest.fixture
def job(well: Job, tmp_path: Path) -> Job:
    """What its shards left, before anybody joined it."""
    shutil.copytree(well.parts, tmp_path / "volume" / "parts")
    return Job(tmp_path / "volume", well.environ)


def test_pods_side_by_side_come_to_one_verdict(well: Job) -> None:
    """Index 0 waits for the shards, joins them, and the history has one run."""
    assert (well.verdict["verdict"], well.verdict["reason"]) == ("PASS", "all 4 checks passed")
    assert well.runs == ["PASS"]


def test_a_shard_that_is_killed_or_late_is_not_green(job: Job) -> None:
    """As where a node is lost: it leaves nothing, which is all that is known. What comes later changes nothing."""
    shutil.rmtree(job.parts / RUN / f"{RUN}-2-x")
    lost = job.pod(2, again="lost")
    while not list(job.parts.glob(f"{RUN}/*-2-lost/run.lock")):
        assert lost.poll() is None
    os.killpg(lost.pid, signal.SIGKILL)
    assert job.end(lost) == [-signal.SIGKILL]
    assert job.end(job.pod(0, wait="0s")) == [3]
    assert "shard 2/3 left nothing" in job.verdict["reason"]
    assert job.end(job.pod(2, again="late")) == [0]
    assert (job.verdict["verdict"], job.runs) == ("INCONCLUSIVE", ["INCONCLUSIVE"])


def test_of_a_pod_that_ran_twice_the_worse_counts(job: Job, demo: DemoProcess) -> None:
    """Kubernetes may start a pod again though it is told not to: nothing is made well by that."""
    with ExitStack() as stack:
        stack.callback(demo.set_breaks)
        demo.set_breaks([Break.SERVICE_DOWN])
        (code,) = job.end(job.pod(2, again="again"))
    assert code == 1
    assert len(list(job.parts.glob(f"{RUN}/*-2-*/part.json"))) == 2
    assert job.end(job.pod(0, wait="0s")) == [1]
    assert job.runs == ["FAIL"]


def test_old_parts_make_room(job: Job) -> None:
    """Those of more than a day ago; the last ones stay, for whoever looks into them."""
    (job.parts / "older" / "pod").mkdir(parents=True)
    (job.parts / "recent").mkdir()
    ago = time.time() - A_DAY_S - 3600
    os.utime(job.parts / "older", (ago, ago))
    job.end(job.pod(0, wait="a time that ends it at once"))
    assert sorted(path.name for path in job.parts.iterdir()) == ["recent", RUN]


def test_a_volume_that_cannot_be_written_is_not_the_application_s_fault(
    environ: dict[str, str], tmp_path: Path
) -> None:
    """Neither for those who look nor for the one that joins."""
    (tmp_path / "parts").write_text("no folder")
    job = Job(tmp_path, environ)
    assert job.end(job.pod(0), job.pod(1)) == [3, 3]


@pytest.mark.parametrize(("index", "code"), [(1, 0), (2, 2)])
def test_each_pod_runs_the_suite_of_its_line(environ: dict[str, str], tmp_path: Path, index: int, code: int) -> None:
    """One whole run each, in reports of its own; an index without a line is a wrong configuration."""
    names = ["betterprompts", "mosaic"]
    (tmp_path / "suites.txt").write_text("".join(f"{name}\n" for name in names))
    own = {"JOB_COMPLETION_INDEX": str(index), "SUITES": str(tmp_path / "suites.txt"), "SMOKE_REPORTS": str(tmp_path)}
    without = {name: value for name, value in environ.items() if name not in {"SMOKE_CHECK", "SMOKE_BASE_URL"}}
    done = subprocess.run(
        ["sh", FOLDER / "overlays" / "suites" / "suite.sh", "local"], cwd=ROOT, check=False, text=True,
        capture_output=True, env={**without, **own, "SMOKE_CATEGORY": "api-health"},
    )  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    left = [path.parent.name for path in tmp_path.glob("*/verdict.json")]
    assert left == names[index : index + 1]
