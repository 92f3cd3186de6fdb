"""``smoke alerts`` over a real history: what it judges is kept, and told once."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from smoke.alerts import checking
from smoke.alerts.checking import acknowledge, check
from smoke.alerts.engine import Evaluated, evaluate
from smoke.alerts.notice import NoticeKind
from smoke.cli import main
from smoke.history.carrying import exported, imported
from smoke.history.opening import history_file
from tests.alerts.pasts import MINUTE, ROOT, shipped
from tests.support.histories import record

PRODUCTION = [("betterprompts", "production")]

pytestmark = pytest.mark.usefixtures("at_home")


def smoke(capsys: pytest.CaptureFixture[str], folder: Path, *line: str) -> list[str]:
    assert main(["alerts", *line, "--suite", "betterprompts", "--reports", str(folder)]) == 0
    return capsys.readouterr().out.splitlines()


def test_what_is_judged_is_kept_told_once_and_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    record(tmp_path, "PPF", time.time() - MINUTE)
    first = smoke(capsys, tmp_path, "check")
    assert first[0].startswith("opened (critical, page oncall@betterprompts.com, slack:#alerts, pagerduty)")
    assert "The smoke test fails: betterprompts in production" in first[1]
    again = smoke(capsys, tmp_path, "check")
    assert again[0] == f"{len(shipped().book.rules)} rules judged, 1 open"
    (line,) = smoke(capsys, tmp_path, "list")
    assert "open  critical  smoke_test_failure  betterprompts in production  [" in line
    (mine,) = smoke(capsys, tmp_path, "ack", line.partition("[")[2][:6], "--by", "anna")
    assert mine.endswith("], anna looks after it")


def test_an_unknown_incident_is_a_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["alerts", "ack", "abc", "--reports", str(tmp_path)]) == 2
    assert "no open incident begins with 'abc'; open: none" in capsys.readouterr().err


def test_a_replay_shows_what_a_change_of_rules_adds_and_removes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record(tmp_path, "PFPPFFP", time.time() - MINUTE)
    now = smoke(capsys, tmp_path, "replay", "--since", "1d")
    assert [line.split()[2] for line in now if "smoke_test_failure" in line] == ["30m", "1h"]
    assert " of them paged" in now[-1]
    text = (ROOT / "config/alert-rules.yaml").read_text(encoding="utf-8")
    changed = text.replace("window: 1 run  # seed: 5 minutes", "window: 2 runs").replace(
        "condition: success_rate < 0.9", "condition: consecutive_failures >= 2"
    )
    (tmp_path / "new.yaml").write_text(changed, encoding="utf-8")
    found = smoke(capsys, tmp_path, "replay", "--since", "1d", "--rules", str(tmp_path / "new.yaml"))
    assert [line.split()[0] for line in found if "smoke_test_failure" in line] == ["-", "~-", "~+"]
    assert found[-1].startswith("0 added, 1 removed, 1 changed, ")


def test_incidents_and_what_is_posted_of_them_are_kept_together_or_not_at_all(tmp_path: Path) -> None:
    """The process dies between the two: the next one finds neither, and tells the same once more."""
    now = time.time()
    record(tmp_path, "PF", now - MINUTE)
    store, posted = history_file(tmp_path / "history.db"), list[str]()

    def dies(_db: object, notices: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check(store, shipped(), ROOT, PRODUCTION, now, post=dies)
    for _ in range(2):
        check(store, shipped(), ROOT, PRODUCTION, now, post=lambda _, notices: posted.extend(n.key for n in notices))
    assert len(posted) == 1
    assert posted[0].endswith(f":1:{NoticeKind.OPENED}")


def test_a_machine_that_is_thrown_away_hands_its_incidents_on(tmp_path: Path) -> None:
    """By lines: the next one opens nothing anew, and tells those who were told that it is over."""
    now, posted = time.time(), list[str]()

    def judged(folder: str, at: float) -> None:
        store = history_file(tmp_path / folder / "history.db")
        check(store, shipped(), ROOT, PRODUCTION, at, post=lambda _, notices: posted.extend(n.key for n in notices))

    def carried(one: str, other: str) -> None:
        stores = [history_file(tmp_path / each / "history.db") for each in (one, other)]
        imported(stores[1], [*exported(stores[0])])

    record(tmp_path / "one", "PF", now - 60 * MINUTE)
    judged("one", now - 59 * MINUTE)
    carried("one", "two")
    record(tmp_path / "two", "F", now - 30 * MINUTE, "second")
    judged("two", now - 29 * MINUTE)
    carried("two", "three")
    record(tmp_path / "three", "P", now - MINUTE, "third")
    judged("three", now)
    assert len({key.partition(":")[0] for key in posted}) == 1
    assert [key.rpartition(":")[2] for key in posted] == ["opened", "escalated", "closed"]


def test_somebody_acknowledges_while_a_run_judges(tmp_path: Path) -> None:
    """What each notes, the other does not undo."""
    now = time.time()
    record(tmp_path, "PF", now - 40 * MINUTE)
    store = history_file(tmp_path / "history.db")
    (opened,) = check(store, shipped(), ROOT, PRODUCTION, now - 39 * MINUTE).changed
    check(store, shipped(), ROOT, PRODUCTION, now - 20 * MINUTE)
    mine = acknowledge(store, opened, "anna", now - 10 * MINUTE)
    assert (mine.notices, mine.level) == (2, 1)
    record(tmp_path, "P", now - MINUTE, "second")
    check(store, shipped(), ROOT, PRODUCTION, now)
    late = acknowledge(store, opened, "ben", now)
    assert (late.closed is None, late.notices) == (False, 3)


def test_others_write_while_rules_are_judged_and_what_they_wrote_is_judged_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Judging may take long: nobody waits for it, and nothing that was noted meanwhile is undone."""
    now = time.time()
    record(tmp_path, "PF", now - 40 * MINUTE)
    store = history_file(tmp_path / "history.db")
    (opened,) = check(store, shipped(), ROOT, PRODUCTION, now - 39 * MINUTE).changed
    evaluated: list[Evaluated] = []

    def slowly(*given: Any) -> Evaluated:
        if not evaluated:
            acknowledge(replace(store, busy_s=0.0), opened, "anna", now - 10 * MINUTE)
        evaluated.append(evaluate(*given))
        return evaluated[-1]

    monkeypatch.setattr(checking, "evaluate", slowly)
    check(store, shipped(), ROOT, PRODUCTION, now - 8 * MINUTE)
    (kept,) = (each for each in checking.incidents(store, now - 50 * MINUTE, now) if each.id == opened.id)
    assert len(evaluated) == 2
    assert kept.acknowledged is not None
    assert kept.acknowledged.by == "anna"


def test_a_window_that_is_longer_than_what_is_kept_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMOKE_HISTORY_KEEP", "3d")
    assert main(["alerts", "check", "--suite", "betterprompts", "--reports", str(tmp_path)]) == 0
    told = capsys.readouterr().err.splitlines()
    assert told == ["weekly_availability looks back 7 days, and SMOKE_HISTORY_KEEP keeps 3d: it judges by that"]
