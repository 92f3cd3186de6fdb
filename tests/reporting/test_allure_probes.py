"""What Allure is given of probes, and of what was not run at all."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from smoke.model import Blame, CheckKind, Outcome
from smoke.observation import Finding, Measurement
from smoke.planning.plan import Plan, Selection, plan
from smoke.reporting.allure_probes import write, write_missing
from tests.support.project import a_project
from tests.support.run_builder import a_result, a_run, an_attempt

BROKEN = Finding(rule="status (503) == 200", blame=Blame.APP_5XX)


@pytest.fixture
def planned(tmp_path: Path) -> Plan:
    return plan(a_project(tmp_path / "project").load(), "local", None, Selection())


def results_in(folder: Path) -> list[dict[str, Any]]:
    contents = (json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*-result.json"))
    return sorted(contents, key=lambda content: content["start"])


def test_each_attempt_is_to_be_seen(planned: Plan, tmp_path: Path) -> None:
    """They are results of one test, so that Allure shows the earlier ones as retries."""
    first = an_attempt(findings=(BROKEN,))
    second = an_attempt(number=2, started=first.started + 2)
    write(a_result(first, second, outcome=Outcome.FLAKY), planned, "https://shop.example", tmp_path / "results")
    found = results_in(tmp_path / "results")
    assert [each["status"] for each in found] == ["failed", "passed"]
    assert len({each["historyId"] for each in found}) == 1
    assert found[0]["statusDetails"]["message"] == "status (503) == 200"


def test_measurements_stand_beside_their_budgets(planned: Plan, tmp_path: Path) -> None:
    """As a table, in which what was not observed is empty and not zero."""
    took = Measurement(name="health.api.total_ms", value=812.3456, budget=500)
    missed = Measurement(name="health.api.db_ms", value=None)
    write(a_result(an_attempt(took, missed)), planned, "https://shop.example", tmp_path / "results")
    ((table,),) = [each["attachments"] for each in results_in(tmp_path / "results")]
    assert (tmp_path / "results" / table["source"]).read_text(encoding="utf-8").splitlines() == [
        "measurement,value,unit,budget,ok",
        "health.api.total_ms,812.346,ms,500,False",
        "health.api.db_ms,,ms,,",
    ]


def test_what_nobody_looked_at_is_not_left_out(planned: Plan, tmp_path: Path) -> None:
    """It is skipped, with the reason; what is there already stays the only one."""
    folder = tmp_path / "results"
    seen = a_result()
    write(seen, planned, "https://shop.example", folder)
    lost = a_result(check_id="home.load", kind=CheckKind.JOURNEY, outcome=Outcome.NOT_RUN)
    lost = dataclasses.replace(lost, attempts=(), not_run="the time-out stopped the run")
    write_missing(a_run(seen, lost), planned, folder)
    told = {each["name"].partition(":")[0]: each for each in results_in(folder)}
    assert {name: each["status"] for name, each in told.items()} == {"home.load": "skipped", "health.api": "passed"}
    assert told["home.load"]["statusDetails"]["message"] == "the time-out stopped the run"
    assert len(results_in(folder)) == 2
