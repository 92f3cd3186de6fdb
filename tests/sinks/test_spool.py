"""What a service did not take is kept, and delivered by the next run: whatever went wrong."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from werkzeug import Response

from smoke.history.errors import HistoryError
from smoke.history.opening import history_file
from smoke.history.outbox import HOLD_S, Outbox
from smoke.sinks.bulletin import Bulletin, from_json
from smoke.sinks.delivery import Delivery
from smoke.sinks.metrics import metrics_of
from smoke.sinks.registry import Keeping, RefusedError, SinkError
from tests.support.datadog_intake import DatadogIntake, reply
from tests.support.datadog_spec import SERIES
from tests.support.deliveries import a_bulletin, a_sink, an_outbox, an_outlet, give
from tests.support.loopback import free_port
from tests.support.run_builder import STARTED, a_typical_run

ROOT = Path(__file__).parents[2]
KEY = "0123456789abcdef0123456789abcdef"
DATADOG = an_outlet("datadog")
HALF_AN_HOUR = 1800.0
METRICS = len(metrics_of(a_typical_run()))


def run_number(number: int) -> Bulletin:
    """The run that ended ``number`` half hours after the first."""
    at = STARTED + number * HALF_AN_HOUR
    return a_bulletin(run_id=f"run-{number}", started=at - 10, finished=at)


def push(url: str, folder: Path, number: int, deadline_s: float = 3.0, late_s: float = 0.0) -> Delivery:
    bulletin = run_number(number)
    environ = {"DD_API_KEY": KEY, "SMOKE_DATADOG_URL": url}
    (delivery,) = give(
        [DATADOG],
        bulletin,
        outbox=an_outbox(folder),
        environ=environ,
        deadline_s=deadline_s,
        now=bulletin.finished + late_s,
    )
    return delivery


def heartbeats(intake: DatadogIntake) -> list[float]:
    """When the runs ended that arrived, in the order of their arrival."""
    found = [series for series in intake.series if series["metric"] == "smoke_test.heartbeat"]
    return [series["points"][0]["timestamp"] for series in found]


def ended(*numbers: int) -> list[float]:
    return [STARTED + number * HALF_AN_HOUR for number in numbers]


@pytest.mark.parametrize("status", [500, 403, 429])
def test_what_a_service_does_not_take_is_delivered_by_the_next_run(intake, tmp_path, status):
    """After 500, 403 or 429 nothing is lost: the next run brings both, the older first."""
    intake.instead_at[SERIES] = reply(status, {"errors": ["no"]})
    first = push(intake.url, tmp_path, 0)
    assert (first.ok, first.is_kept) == (False, True)
    intake.instead_at.clear()
    second = push(intake.url, tmp_path, 1)
    assert (second.ok, second.earlier, second.dropped) == (True, 1, 0)
    assert heartbeats(intake) == ended(0, 1)


def test_what_a_service_that_is_down_missed_is_delivered(intake, tmp_path):
    """A refused connection loses nothing."""
    assert push(f"http://127.0.0.1:{free_port()}", tmp_path, 0).is_kept
    assert push(intake.url, tmp_path, 1).earlier == 1
    assert heartbeats(intake) == ended(0, 1)


def test_what_a_hanging_service_took_or_not_is_delivered(intake, tmp_path):
    """A service that says nothing until the deadline is given the same again by the next run."""
    intake.hanging = True
    late = push(intake.url, tmp_path, 0, deadline_s=0.8)
    assert (late.ok, late.is_kept) == (False, True)
    intake.hanging = False
    intake.resume.set()
    assert push(intake.url, tmp_path, 1, late_s=HOLD_S).ok
    assert set(heartbeats(intake)) == set(ended(0, 1))


def test_413_loses_nothing(intake, tmp_path):
    """A payload that is too large even when it is halved again and again is dropped, and nothing else is."""
    intake.instead_at[SERIES] = reply(413, {"errors": ["too large"]})
    first = push(intake.url, tmp_path, 0)
    assert (first.ok, first.dropped, first.is_kept) == (False, 1, False)
    intake.instead_at.clear()
    intake.largest_bytes = 400
    second = push(intake.url, tmp_path, 1)
    assert (second.ok, second.count) == (True, METRICS)


@pytest.mark.parametrize("at", ["before", "after"])
def test_a_run_that_is_killed_while_it_sends_loses_nothing(intake, tmp_path, at):
    """SIGKILL while the request is under way, or once it arrived: the next run sends what nobody noted as sent."""
    program = f"""
import os, signal, sys
from tests.sinks.test_spool import push
from smoke.history.outbox import Outbox
if {at!r} == "after":
    Outbox.sent = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
print("sending", flush=True)
push({intake.url!r}, __import__("pathlib").Path({str(tmp_path)!r}), 0, deadline_s=60)
"""
    intake.hanging = at == "before"
    child = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if at == "before":
        assert intake.arrived.wait(60)
        os.kill(child.pid, signal.SIGKILL)
    assert child.wait(60) == -signal.SIGKILL
    intake.hanging = False
    intake.resume.set()
    (waiting,) = an_outbox(tmp_path).waiting("sink:datadog")
    assert from_json(waiting.body) == run_number(0)
    second = push(intake.url, tmp_path, 1, late_s=HOLD_S)
    assert (second.ok, second.earlier) == (True, 1)
    assert heartbeats(intake)[-2:] == ended(0, 1)


def test_what_datadog_would_refuse_for_its_age_is_dropped_and_counted(intake, tmp_path):
    """After an hour a point is worthless: it is not sent, and the run that drops it says how many there were."""
    for number in (0, 1):
        assert push(f"http://127.0.0.1:{free_port()}", tmp_path, number).is_kept
    intake.now = run_number(3).finished
    third = push(intake.url, tmp_path, 3)
    assert (third.ok, third.earlier, third.dropped) == (True, 0, 2)
    assert heartbeats(intake) == ended(3)
    assert intake.refused == []


def test_what_is_not_an_hour_old_is_delivered(intake, tmp_path):
    """Datadog's own limit is the limit: a run of 59 minutes ago is still taken."""
    push(f"http://127.0.0.1:{free_port()}", tmp_path, 0)
    intake.now = STARTED + 59 * 60
    push(intake.url, tmp_path, 1, late_s=29 * 60)
    assert heartbeats(intake) == ended(0, 1)
    assert intake.refused == []


def test_what_a_service_refuses_for_itself_holds_nothing_up(intake, tmp_path):
    """A payload that is answered 400 will always be: it is dropped and counted, and the next one is delivered."""
    intake.instead.append(reply(400, {"errors": ["no such thing"]}))
    first = push(intake.url, tmp_path, 0)
    assert (first.ok, first.is_kept, first.dropped) == (False, False, 1)
    assert "no such thing" in first.detail
    assert push(intake.url, tmp_path, 1) == Delivery(sink="datadog", ok=True, detail="delivered", count=METRICS)


def test_a_service_in_trouble_is_not_asked_for_everything_that_waits(intake, tmp_path):
    """The first failure ends the round: what waits behind it keeps its order and costs no time."""
    intake.instead_at[SERIES] = Response(status=403)
    for number in (0, 1):
        push(intake.url, tmp_path, number)
    assert len(intake.requests) == 2
    intake.instead_at.clear()
    assert push(intake.url, tmp_path, 1, late_s=60).ok
    assert heartbeats(intake) == ended(0, 1)


def test_what_is_delivered_once_is_not_delivered_again(intake, tmp_path):
    """The outbox remembers what arrived: the same run told twice is sent once."""
    push(intake.url, tmp_path, 0)
    push(intake.url, tmp_path, 0)
    assert heartbeats(intake) == ended(0)


def test_each_sink_keeps_its_own(tmp_path):
    """One service in trouble holds up no other."""
    calls: list[str] = []

    def refuse() -> None:
        raise SinkError("no")

    def take() -> None:
        calls.append("b")

    outlets = [a_sink("a", refuse), a_sink("b", take)]
    for number in (0, 1):
        give(outlets, run_number(number), outbox=an_outbox(tmp_path))
    assert calls == ["b", "b"]
    assert len(an_outbox(tmp_path).waiting("sink:a")) == 2
    assert an_outbox(tmp_path).waiting("sink:b") == ()


def test_of_what_knows_no_times_only_the_latest_is_sent(tmp_path):
    """A Pushgateway would show an old value as today's: older runs are passed over."""
    outcomes: list[Callable[[], None]] = []

    def act() -> None:
        outcomes.pop(0)()

    def fail() -> None:
        raise SinkError("down")

    outcomes[:] = [fail, lambda: None]
    outlet = a_sink("gateway", act, Keeping.LATEST)
    give([outlet], run_number(0), outbox=an_outbox(tmp_path))
    (second,) = give([outlet], run_number(1), outbox=an_outbox(tmp_path))
    assert (second.ok, second.earlier, second.dropped, outcomes) == (True, 0, 0, [])
    assert an_outbox(tmp_path).waiting("sink:gateway") == ()


def test_the_latest_of_each_place_is_sent(tmp_path):
    """A run of one suite does not stand for a run of another."""
    told: list[str] = []
    outcomes: list[type[Exception] | None] = [SinkError, SinkError, None, None]

    def act() -> None:
        if kind := outcomes.pop(0):
            raise kind("down")
        told.append("told")

    outlet = a_sink("gateway", act, Keeping.LATEST)
    for number, suite in enumerate(["shop", "cinema", "shop"]):
        bulletin = replace(run_number(number), suite=suite)
        give([outlet], bulletin, outbox=an_outbox(tmp_path))
    assert (told, outcomes) == (["told", "told"], [])


@pytest.mark.parametrize("name", ["file", "statsd"])
def test_what_is_local_or_says_nothing_is_not_kept(tmp_path, name):
    """A line that cannot be written now cannot be written into an outbox either; UDP never says that it failed."""
    environ = {"SMOKE_STATSD_ADDRESS": "nowhere"}
    blocked = tmp_path / "reports"
    blocked.write_text("a file where a folder should be")
    (delivery,) = give([an_outlet(name)], outbox=an_outbox(tmp_path), reports=blocked, environ=environ)
    assert (delivery.ok, delivery.is_kept) == (False, False)
    assert an_outbox(tmp_path).waiting(f"sink:{name}") == ()


def test_an_outbox_that_cannot_be_written_is_said_before_anything_is_sent(tmp_path):
    """Whoever calls decides to go on without one."""
    blocked = tmp_path / "history.db"
    blocked.mkdir()
    calls: list[str] = []
    with pytest.raises(HistoryError):
        give([a_sink("a", lambda: calls.append("a"))], outbox=Outbox(history_file(blocked)))
    assert calls == []


def test_what_was_kept_by_another_version_holds_nothing_up(tmp_path):
    """A body that cannot be read is dropped and counted."""
    outbox = an_outbox(tmp_path)

    def fail() -> None:
        raise SinkError("down")

    give([a_sink("a", fail)], run_number(0), outbox=outbox)
    with outbox.store.writing() as db:
        db.execute("UPDATE deliveries SET body = '{}'")
    (delivery,) = give([a_sink("a")], run_number(1), outbox=an_outbox(tmp_path))
    assert (delivery.ok, delivery.dropped) == (True, 1)


def test_a_refusal_of_an_old_run_is_not_one_of_this(tmp_path):
    """What is told of this run is told of this run."""
    outcomes: list[type[Exception] | None] = [SinkError, RefusedError, None]

    def act() -> None:
        if kind := outcomes.pop(0):
            raise kind("no")

    outlet = a_sink("a", act)
    give([outlet], run_number(0), outbox=an_outbox(tmp_path))
    (delivery,) = give([outlet], run_number(1), outbox=an_outbox(tmp_path))
    assert (delivery.ok, delivery.dropped) == (True, 1)


def test_a_bulletin_survives_its_keeping():
    """What is read back is what was written."""
    assert from_json(run_number(0).to_json()) == run_number(0)
