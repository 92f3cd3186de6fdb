"""``smoke history availability`` over a real history."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from smoke.alerts.checking import check
from smoke.availability.gathering import Expectations, availability
from smoke.cli import main
from smoke.history import History
from smoke.history.carrying import exported, imported
from smoke.history.opening import history_file
from smoke.model import Outcome
from tests.alerts.pasts import HOUR, MINUTE, ROOT, shipped
from tests.support.run_builder import a_result, a_run

HALF = 30 * MINUTE
PLACE = ("betterprompts", "production")
Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def at_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv("SMOKE_HISTORY_URL", raising=False)


def record(folder: Path, verdicts: str, now: float) -> None:
    """Record a run at each slot, the last one answering the newest slot that is a minute old."""
    history = History(history_file(folder / "history.db"))
    for index, letter in enumerate(reversed(verdicts)):
        started = (now - MINUTE) // HALF * HALF + 5 - index * HALF
        verdict = Outcome.FAIL if letter == "F" else Outcome.PASS
        about = {"suite": PLACE[0], "environment": PLACE[1], "region": "us-east-1", "run_id": f"run-{index}"}
        history.record(
            a_run(a_result(outcome=verdict), **about, verdict=verdict, started=started, finished=started + 9)
        )


def test_it_says_figures_of_what_is_scheduled(tmp_path: Path, capsys: Captured) -> None:
    """For people, and with --json for programs; other places are left out when one is meant."""
    record(tmp_path, "P" * 40 + "FF" + "P" * 8, time.time())
    line = ["history", "availability", "--since", "12h", "--suite", "betterprompts", "--reports", str(tmp_path)]
    assert main(line) == 0
    said = capsys.readouterr().out
    assert said.startswith("betterprompts in production, 12h up to ")
    assert "nothing is known of us-west-2, eu-west-1" in said
    assert "drift p50 5s, p95 5s" in said
    assert main([*line, "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert told["seconds"]["down"] == HOUR
    assert told["slots"]["missed"] == 0
    assert told["availability"]["worst"] == pytest.approx(1 - 1 / 12)


def test_every_place_of_the_schedule_is_told_by_itself(tmp_path: Path, capsys: Captured) -> None:
    """An empty history says that nothing is known, from the worst case to the best."""
    assert main(["history", "availability", "--reports", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert said.count("availability  0.000% … 100.000% (nothing was seen)") == 4


def test_what_is_not_scheduled_is_refused(tmp_path: Path, capsys: Captured) -> None:
    """With the way out: nobody knows when somebody should have looked."""
    assert main(["history", "availability", "--env", "staging", "--reports", str(tmp_path)]) == 2
    assert "add a schedule" in capsys.readouterr().err


def test_incidents_of_the_rules_are_in_it(tmp_path: Path) -> None:
    """With the time to recover that its severity asks for."""
    now = time.time()
    record(tmp_path, "PPFF", now)
    store = history_file(tmp_path / "history.db")
    check(store, shipped(), ROOT, [PLACE], now)
    found = availability(store, Expectations.of(ROOT), PLACE, now - 24 * HOUR, now)
    assert "smoke_test_failure" in {each.rule for each in found.incidents}
    assert [(each.target, each.recover) for each in found.recoveries if each.severity == "critical"] == [(900.0, None)]


def test_the_alert_and_the_command_say_the_same(tmp_path: Path) -> None:
    """weekly_availability opens at the share that history availability shows as seen."""
    now = time.time()
    record(tmp_path, "P" * 200 + "F" * 30 + "P" * 5, now)
    store = history_file(tmp_path / "history.db")
    done = check(store, shipped(), ROOT, [PLACE], now)
    (value,) = [each.value for each in done.incidents if each.rule == "weekly_availability"]
    found = availability(store, Expectations.of(ROOT), PLACE, now - 7 * 24 * HOUR, now)
    assert value == pytest.approx(found.times.seen)


def test_what_is_imported_backwards_says_the_same(tmp_path: Path) -> None:
    """An ephemeral runner's history comes late, in pieces, and twice."""
    now = time.time()
    record(tmp_path, "PPFPPPFPPP", now)
    here, there = history_file(tmp_path / "history.db"), history_file(tmp_path / "elsewhere.db")
    written = [f"{line}\n".encode() for line in exported(here, 0.0)]
    for lines in (written[5:], [*reversed(written)]):
        imported(there, lines)
    one, other = (availability(each, Expectations.of(ROOT), PLACE, now - 24 * HOUR, now) for each in (here, there))
    assert one.times.down == HOUR
    assert other == one
