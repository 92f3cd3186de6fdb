"""``smoke watch`` as its users run it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from pytest_httpserver import HTTPServer
from werkzeug import Response

from tests.gates.test_watching import Fleet, fleet, sampler

__all__ = ["fleet"]


def watch(folder: Path, httpserver: HTTPServer, *options: str) -> subprocess.CompletedProcess[str]:
    sampler(folder, httpserver)  # writes the project
    command = [sys.executable, "-m", "smoke", "watch", "--check", "health.root", *options]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_a_healthy_target_exits_0_and_says_rate_and_limit(tmp_path, httpserver, fleet):
    done = watch(tmp_path, httpserver, "--for", "2s", "--max-error-rate", "5%", "--min-samples", "2")
    assert done.returncode == 0, done.stderr
    last = done.stdout.splitlines()[-1]
    assert last.startswith("PASS         error rate 0 % (0 of ")
    assert last.endswith("limit 5 %")


def test_a_failing_target_exits_1_long_before_the_time_is_over(tmp_path, httpserver, fleet: Fleet):
    fleet.answer = lambda _number: Response("", 500)
    done = watch(tmp_path, httpserver, "--for", "1h", "--max-error-rate", "0.1%", "--min-samples", "2", "--json")
    assert done.returncode == 1, done.stderr
    assert json.loads(done.stdout)["outcome"] == "FAIL"
    assert json.loads(done.stdout)["watched_s"] < 60


def test_too_little_is_inconclusive(tmp_path, httpserver, fleet):
    done = watch(tmp_path, httpserver, "--for", "0.1s")
    assert done.returncode == 3
    assert "too few to judge by" in done.stdout


def test_lengths_and_shares_that_cannot_be_read_are_told_with_a_way_out(tmp_path, httpserver, fleet):
    done = watch(tmp_path, httpserver, "--for", "5")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--for: a time is a number with s, m, h, d or w, such as 10m, 1h30m or 7 days; got '5'" in done.stderr
