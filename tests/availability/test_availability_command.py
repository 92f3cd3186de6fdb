"""``smoke history availability`` over a real history."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from smoke.alerts.checking import check
from smoke.availability.gathering import Expectations, availability
from smoke.cli import main
from smoke.history.carrying import exported, imported
from smoke.history.opening import history_file
from tests.alerts.pasts import HOUR, MINUTE, ROOT, shipped
from tests.support.histories import HALF_HOUR, record

PLACE = ("betterprompts", "production")
Captured = pytest.CaptureFixture[str]

pytestmark = pytest.mark.usefixtures("at_home")


def answered(now: float) -> float:
    """When a run began that answers the newest slot that is a minute old."""
    return (now - MINUTE) // HALF_HOUR * HALF_HOUR + 5


def test_it_says_figures_of_what_is_scheduled(tmp_path: Path, capsys: Captured) -> None:
    """For people, and with --json for programs; other places are left out when one is meant."""
    record(tmp_path, "P" * 40 + "FF" + "P" * 8, answered(time.time()))
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
    record(tmp_path, "PPFF", answered(now))
    store = history_file(tmp_path / "history.db")
    check(store, shipped(), ROOT, [PLACE], now)
    found = availability(store, Expectations.of(ROOT), PLACE, now - 24 * HOUR, now)
    assert "smoke_test_failure" in {each.rule for each in found.incidents}
    assert [(each.target, each.recover) for each in found.recoveries if each.severity == "critical"] == [(900.0, None)]


def test_the_alert_and_the_command_say_the_same(tmp_path: Path) -> None:
    """weekly_availability opens at the share that history availability shows as seen."""
    now = time.time()
    record(tmp_path, "P" * 200 + "F" * 30 + "P" * 5, answered(now))
    store = history_file(tmp_path / "history.db")
    done = check(store, shipped(), ROOT, [PLACE], now)
    (value,) = [each.value for each in done.incidents if each.rule == "weekly_availability"]
    found = availability(store, Expectations.of(ROOT), PLACE, now - 7 * 24 * HOUR, now)
    assert value == pytest.approx(found.times.seen)


def test_what_is_imported_backwards_says_the_same(tmp_path: Path) -> None:
    """An ephemeral runner's history comes late, in pieces, and twice."""
    now = time.time()
    record(tmp_path, "PPFPPPFPPP", answered(now))
    here, there = history_file(tmp_path / "history.db"), history_file(tmp_path / "elsewhere.db")
    written = [f"{line}\n".encode() for line in exported(here, 0.0)]
    for lines in (written[5:], [*reversed(written)]):
        imported(there, lines)
    one, other = (availability(each, Expectations.of(ROOT), PLACE, now - 24 * HOUR, now) for each in (here, there))
    assert one.times.down == HOUR
    assert other == one
