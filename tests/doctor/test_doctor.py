"""``smoke doctor`` for another cron: fresh is 0, too old is 1, and what cannot be told is neither."""

from __future__ import annotations

import time
from pathlib import Path
from textwrap import dedent
from types import SimpleNamespace

import pytest
from pytest_httpserver import HTTPServer

from smoke.cli import main
from smoke.doctor import freshness
from smoke.doctor.diagnosis import Diagnosis, Health, exit_code
from smoke.doctor.registry import Surroundings, available, wanted
from smoke.history.runs import History
from smoke.model import Outcome
from smoke.reporting.document import to_json
from smoke.settings import resolve
from tests.support.run_builder import a_run

Captured = pytest.CaptureFixture[str]
MINUTE = 60.0


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a project with two schedules."""
    (tmp_path / "config/suites/shop").mkdir(parents=True)
    schedule = """\
        schedules:
          - {suite: shop, environment: production, cron: "*/30 * * * *", regions: [eu, us]}
          - {suite: shop, environment: staging, cron: "0 * * * *"}
        """
    (tmp_path / "config/cron-schedule.yaml").write_text(dedent(schedule))
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SMOKE_HISTORY_URL", raising=False)
    return tmp_path


def keep(folder: Path, age: float, **changes: object) -> None:
    """Keep a run that ended ``age`` seconds ago."""
    told = {
        "run_id": f"run-{age}-{changes}",
        "region": "eu",
        "started": time.time() - age - 9,
        "finished": time.time() - age,
        **changes,
    }
    History(folder / "reports/history.db").record(a_run(**told))


def doctor(capsys: Captured, *line: str) -> tuple[int, str]:
    code = main(["doctor", *line])
    return code, capsys.readouterr().out


def test_a_fresh_verdict_is_0_and_an_old_one_is_1(project: Path, capsys: Captured) -> None:
    """Any verdict counts: who could not judge did look."""
    keep(project, 20 * MINUTE, verdict=Outcome.INCONCLUSIVE)
    assert doctor(capsys, "--env", "production", "--max-age", "45m")[0] == 0
    code, said = doctor(capsys, "--env", "production", "--max-age", "15m")
    assert code == 1
    assert "shop in production: the newest verdict is 2" in said
    assert "more than 15m" in said


def test_without_a_word_the_age_is_that_of_the_schedule(project: Path, capsys: Captured) -> None:
    """One and a half intervals: 45 minutes, and an hour and a half."""
    keep(project, 50 * MINUTE)
    keep(project, 50 * MINUTE, environment="staging")
    code, said = doctor(capsys)
    assert (code, [line.split("  ")[0] for line in said.splitlines() if ": the newest" in line]) == (1, ["ill", "ok"])


def test_what_was_never_seen_cannot_be_told(project: Path, capsys: Captured) -> None:
    """Neither is a history that is missing, or broken; looking makes none."""
    code, said = doctor(capsys, "--max-age", "45m")
    assert (code, said.count("there is no history")) == (3, 2)
    assert not (project / "reports").exists()
    keep(project, 5 * MINUTE)
    code, said = doctor(capsys, "--max-age", "45m")
    assert code == 3
    assert "shop in staging: no verdict is known" in said
    (project / "reports/history.db").write_bytes(b"nonsense" * 99)
    assert doctor(capsys, "--max-age", "45m")[0] == 3


def test_runs_of_the_desk_and_of_other_regions_keep_nothing_fresh(project: Path, capsys: Captured) -> None:
    """A schedule that stopped is told although somebody tries things out."""
    keep(project, 1 * MINUTE, execution_point="local")
    keep(project, 10 * MINUTE, region="us")
    keep(project, 90 * MINUTE)
    assert doctor(capsys, "--env", "production", "--max-age", "5m")[0] == 1
    assert doctor(capsys, "--env", "production", "--max-age", "45m")[0] == 0
    assert doctor(capsys, "--env", "production", "--max-age", "45m", "--region", "us")[0] == 0
    assert doctor(capsys, "--env", "production", "--max-age", "45m", "--region", "eu")[0] == 1


def test_runs_that_begin_and_do_not_end_are_told_apart(project: Path, capsys: Captured) -> None:
    """Then it is not the schedule that stopped."""
    now = time.time()
    keep(project, 90 * MINUTE)
    History(project / "reports/history.db").begin(
        "new", suite="shop", environment="production", execution_point="scheduled", region="eu",
        started=now - 3 * MINUTE, due=now + 600, slot=now - 4 * MINUTE,
    )  # fmt: skip
    code, said = doctor(capsys, "--env", "production", "--max-age", "45m")
    assert code == 1
    assert "runs begin and do not end" in said


def test_runs_at_the_desk_promise_no_schedule(project: Path) -> None:
    """Whoever has only tried it out is told who else may know, and not that nobody does."""
    keep(project, MINUTE, environment="local")
    assert [each.health for each in visited(project)] == [Health.WARNING]
    keep(project, MINUTE)
    assert [each.about for each in visited(project)] == ["shop in production", "shop in staging"]


def visited(project: Path) -> list[Diagnosis]:
    """Return what is found where nobody asked for anything of its own."""
    given = SimpleNamespace(max_age=None, url=None, suite=None, env=None, region=None)
    settings = resolve({"suite": "shop"}, point="local", root=project, environ={})
    return list(freshness.examine(Surroundings(given=given, settings=settings, now=time.time())))  # type: ignore[arg-type]


def test_a_verdict_that_is_yet_to_come_cannot_be_judged() -> None:
    """One of the clocks is wrong, and fresh is the last thing to say then."""
    now = time.time()
    assert freshness.judged("shop", now + 3600, 60, now).health is Health.UNCLEAR
    assert freshness.judged("shop", now + 30, 60, now).health is Health.WELL


def test_what_is_not_scheduled_or_no_time_is_a_wrong_usage(capsys: Captured) -> None:
    """With the way out."""
    assert main(["doctor", "--suite", "nothing", "--max-age", "45m"]) == 2
    assert "add a schedule" in capsys.readouterr().err
    for age in ("soon", "0m"):
        assert main(["doctor", "--max-age", age]) == 2
        assert "--max-age" in capsys.readouterr().err
    assert main(["doctor", "--url", "http://127.0.0.1:9"]) == 2
    assert "--max-age" in capsys.readouterr().err


def test_a_published_verdict_is_as_good_as_a_history(httpserver: HTTPServer, capsys: Captured) -> None:
    """Fresh, old, of something else, no verdict, and not there."""
    url = httpserver.url_for("/verdict.json")
    for age, more, code in (
        (MINUTE, (), 0),
        (90 * MINUTE, (), 1),
        (MINUTE, ("--env", "staging"), 3),
        (MINUTE, ("--region", "eu-west-1"), 0),
    ):
        httpserver.clear()
        run = a_run(started=time.time() - age - 9, finished=time.time() - age)
        httpserver.expect_request("/verdict.json").respond_with_data(to_json(run))
        assert doctor(capsys, "--max-age", "45m", "--url", url, *more)[0] == code
    httpserver.clear()
    httpserver.expect_request("/verdict.json").respond_with_data('{"finished": 5}')
    assert doctor(capsys, "--max-age", "45m", "--url", url)[0] == 3
    httpserver.clear()
    httpserver.expect_request("/verdict.json").respond_with_data("gone", 503)
    assert doctor(capsys, "--max-age", "45m", "--url", url)[0] == 3


def test_what_is_ill_outweighs_what_is_unclear() -> None:
    """And to look at nothing is not well."""
    found = {each: Diagnosis(about="it", health=each, text="so") for each in Health}
    assert exit_code(found.values()) == 1
    assert exit_code([found[Health.WELL], found[Health.UNCLEAR]]) == 3
    assert exit_code([found[Health.WELL], found[Health.WARNING]]) == 0
    assert exit_code([]) == 3


def test_an_option_asks_for_its_examination_alone() -> None:
    """Without one, all come."""
    assert wanted(SimpleNamespace(max_age=None, url=None)) == available()  # type: ignore[arg-type]
    asked = wanted(SimpleNamespace(max_age="45m", url=None))  # type: ignore[arg-type]
    assert [each.name for each in asked] == ["freshness"]
