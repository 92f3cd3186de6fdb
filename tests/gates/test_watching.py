"""A monitoring period against a real server: it counts, keeps the request budget, and stops as soon as it may."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from smoke.gates.error_rate import RateTerms, WatchState
from smoke.gates.sampler import Sampler
from smoke.gates.watching import Watch, Watching
from smoke.model import Blame, Outcome
from smoke.planning.plan import Selection, plan
from smoke.target import Target
from tests.support.project import a_project

BUILD = """
page:
  build: {header: X-Build-ID, meta: build, json: build.id}
"""


@dataclass
class Fleet:
    """Answers /health by the number of the request, from 1."""

    answer: Callable[[int], Response] = lambda _number: Response("{}", content_type="application/json")
    asked: list[Request] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def __call__(self, request: Request) -> Response:
        self.asked.append(request)
        return self.answer(next(self._numbers))


@pytest.fixture
def fleet(httpserver: HTTPServer) -> Fleet:
    fleet = Fleet()
    httpserver.expect_request("/health").respond_with_handler(fleet)
    return fleet


def sampler(folder: Path, httpserver: HTTPServer, environment: str = "") -> Sampler:
    project = a_project(folder)
    url = httpserver.url_for("").rstrip("/")
    project.replace("config/suites/shop/suite.yaml", "base_url: embedded", f"base_url: {url}{environment}")
    project.replace("config/suites/shop/suite.yaml", "  home.ttfb_ms: 800\n", f"  home.ttfb_ms: 800\n{BUILD}")
    planned = plan(project.load(), "local", None, Selection(checks=("health.root",)))
    target = Target(base_url=url, urls={}, contract="", timeout_ms=5000, texts={}, budgets={})
    return Sampler(planned, target, "run-1")


def watched(folder: Path, httpserver: HTTPServer, seconds: float, least: int = 10, **more) -> Watch:
    terms = RateTerms(max_error_rate=0.1, least=least)
    looks = sampler(folder, httpserver, **more)
    return asyncio.run(Watching(looks, terms, seconds, every_s=0.02).watch())


def failing(status: int) -> Response:
    return Response("", status)


def test_a_healthy_target_keeps_its_limit_to_the_end(tmp_path, httpserver, fleet):
    watch = watched(tmp_path, httpserver, 0.6, least=2)
    assert watch.standing is WatchState.KEPT
    assert (watch.tally.failed, watch.tally.judged) == (0, len(fleet.asked))
    assert watch.tally.judged >= 2
    assert watch.watched_s >= 0.6


def test_a_period_that_the_request_budget_ends_has_not_kept_its_limit(tmp_path, httpserver, fleet):
    """All that was seen is good and enough, but nobody looked for most of the time."""
    limited = "\n    rate_share: 1\n    rate_limits: {/health: 20/h}"
    watch = watched(tmp_path, httpserver, 60, environment=limited)
    assert (watch.tally.good, len(fleet.asked)) == (20, 20)
    assert watch.standing is WatchState.CUT_SHORT
    assert watch.standing.outcome is Outcome.INCONCLUSIVE
    assert watch.sentence.endswith(": the request budget was used up long before 60 s were over")


def test_an_answer_that_is_late_beside_a_busy_runner_is_not_counted(tmp_path, httpserver, fleet):
    fleet.answer = late
    looks = sampler(tmp_path, httpserver)
    outcomes = {}
    for band in (1000.0, 0.0001):
        busy = Sampler(looks.plan, replace(looks.target, timeout_ms=100), "run-1", band=band)
        (look,) = asyncio.run(busy.session()).looks
        outcomes[band] = look.outcome
    assert outcomes == {1000.0: Outcome.FAIL, 0.0001: Outcome.INCONCLUSIVE}


def late(_number: int) -> Response:
    threading.Event().wait(1)
    return Response("{}")


def test_errors_beyond_the_limit_end_it_early_and_name_the_first(tmp_path, httpserver, fleet):
    fleet.answer = lambda number: failing(503) if number > 5 else Response("{}")
    watch = watched(tmp_path, httpserver, 3)
    assert watch.standing is WatchState.BROKEN
    assert watch.watched_s < 2
    assert watch.sentence.endswith("limit 10 %; first: health.root: status (503) == 200")


def test_a_few_errors_within_the_limit_are_counted_and_kept(tmp_path, httpserver, fleet):
    fleet.answer = lambda number: failing(500) if number == 3 else Response("{}")
    watch = watched(tmp_path, httpserver, 1)
    assert (watch.standing, watch.tally.failed) == (WatchState.KEPT, 1)


def test_a_used_up_request_budget_is_told_as_too_few(tmp_path, httpserver, fleet):
    """Of 50 requests an hour a tenth is ours, and five samples say nothing."""
    watch = watched(tmp_path, httpserver, 0.5, environment="\n    rate_limits: {/health: 50/h}")
    assert watch.standing is WatchState.TOO_FEW
    assert len(fleet.asked) == 5
    assert "too few to judge by, at least 10 are needed" in watch.sentence


def test_a_target_that_is_gone_is_an_error_and_not_silence(tmp_path, httpserver, fleet):
    looks = sampler(tmp_path, httpserver)
    looks = Sampler(looks.plan, replace(looks.target, base_url="http://127.0.0.1:9"), "run-1")
    watch = asyncio.run(Watching(looks, RateTerms(max_error_rate=0.1, least=3), 0.3, every_s=0.02).watch())
    assert watch.standing is WatchState.BROKEN
    assert watch.samples[0].looks[0].blame is Blame.TCP


def test_a_session_reads_the_build_of_every_answer(tmp_path, httpserver, fleet):
    answers = [
        Response("", headers={"X-Build-ID": "b1"}),
        Response("<html><META content='b2' name=build>", content_type="text/html; charset=utf-8"),
        Response('{"build": {"id": "b3"}}', content_type="application/json"),
        Response("nothing", content_type="text/plain"),
    ]
    fleet.answer = lambda number: answers[number - 1]
    looks = sampler(tmp_path, httpserver)
    samples = [asyncio.run(looks.session()) for _ in answers]
    assert [dict(sample.builds) for sample in samples] == [{"b1": 1}, {"b2": 1}, {"b3": 1}, {}]
    assert samples[3].silent == 1
    assert samples[0].is_of("b1")
    assert not samples[3].is_of("b1")


def test_sessions_are_marked_uncached_and_steered(tmp_path, httpserver, fleet):
    looks = sampler(tmp_path, httpserver, "\n    steer: {headers: {X-Canary: always}, cookies: {cohort: canary}}")
    sample = asyncio.run(looks.session())
    headers = fleet.asked[0].headers
    assert (headers["X-Canary"], headers["Cookie"]) == ("always", "cohort=canary")
    assert (headers["Cache-Control"], headers["X-Smoke-Test"]) == ("no-cache", "run-1")
    assert sample.looks[0].outcome is Outcome.PASS
    assert (sample.looks[0].total_ms or 0) > 0
