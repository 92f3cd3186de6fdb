"""``smoke watch`` as its users run it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from smoke.cli import main
from tests.gates.test_watching import Fleet, fleet, sampler
from tests.support import warm
from tests.support.project import a_project

__all__ = ["fleet"]


def watch(folder: Path, httpserver: HTTPServer, *options: str) -> subprocess.CompletedProcess[str]:
    sampler(folder, httpserver)  # writes the project
    return warm.smoke("watch", "--check", "health.root", *options, cwd=folder)


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


def test_a_build_that_is_expected_must_be_the_one_that_is_watched(tmp_path, httpserver, fleet: Fleet):
    fleet.answer = lambda _number: Response("{}", headers={"X-Build-ID": "b1"})
    options = ("--for", "0.5s", "--min-samples", "1", "--json", "--expect-build")
    right, wrong = (watch(tmp_path / build, httpserver, *options, build) for build in ("b1", "b2"))
    assert (right.returncode, json.loads(right.stdout)["outcome"]) == (0, "PASS"), right.stderr
    assert (wrong.returncode, json.loads(wrong.stdout)["outcome"]) == (3, "INCONCLUSIVE"), wrong.stderr
    assert "STALE_BUILD: b2 never answered; seen: b1 " in wrong.stderr


@pytest.mark.parametrize(
    ("option", "value"),
    [
        *(("--min-samples", each) for each in ("0", "-1", "nan", "")),
        *(("--max-error-rate", each) for each in ("0", "0%", "-1%", "nan", "200%", "")),
        *(("--for", each) for each in ("0s", "-5m", "inf", "")),
    ],
)
def test_terms_that_would_make_anything_green_are_refused(tmp_path, monkeypatch, capsys, option, value):
    a_project(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    assert main(["watch", f"{option}={value}"]) == 2
    out, err = capsys.readouterr()
    assert (out, f"{option}: " in err) == ("", True)


def test_lengths_and_shares_that_cannot_be_read_are_told_with_a_way_out(tmp_path, httpserver, fleet):
    done = watch(tmp_path, httpserver, "--for", "5")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--for: a time is a number with s, m, h, d or w, such as 10m, 1h30m or 7 days; got '5'" in done.stderr
