"""Slots, heartbeats and deployments are kept, in the place of what was known of them."""

from __future__ import annotations

from dataclasses import replace

from smoke.dora.deployment import Deployment
from smoke.history.deployments import Deployments
from smoke.history.reader import Reader
from smoke.history.runs import History
from smoke.history.timetable import Slot, Timetable, beat
from smoke.storage.store import Store
from tests.support.run_builder import a_run

NOW = 1_800_000_000.0
SHOP = ("shop", "production")


def test_a_run_of_the_schedule_answers_its_slot(store: Store) -> None:
    """The first one does; one that answers no slot leaves no trace here."""
    history, schedule = History(store), Timetable(store)
    for run_id, started, slot in (
        ("b", NOW + 90, NOW),
        ("a", NOW + 40, NOW),
        ("c", NOW + 95, NOW),
        ("d", NOW + 99, None),
    ):
        place = {"suite": "shop", "environment": "production", "region": "eu"}
        history.begin(run_id, **place, execution_point="scheduled", started=started, due=NOW + 600, slot=slot)
    mine = Slot(suite="shop", environment="production", region="eu", slot=NOW, started=NOW + 40, drift=40.0)
    assert schedule.slots(*SHOP, NOW, NOW + 1) == (mine,)
    assert schedule.slots(*SHOP, NOW - 1, NOW) == schedule.slots("shop", "staging", NOW, NOW + 1) == ()
    assert schedule.last_beat(*SHOP) == NOW + 95


def test_the_last_end_is_that_of_the_newest_run(store: Store) -> None:
    """Of a region, of some execution points, or of any."""
    history, reader = History(store), Reader(store)
    assert reader.last_end(*SHOP) is None
    for run_id, finished, region, point in (
        ("a", NOW, "eu", "scheduled"), ("b", NOW - 60, "us", "scheduled"), ("c", NOW + 60, "us", "local"),
    ):  # fmt: skip
        about = {"run_id": run_id, "region": region, "execution_point": point}
        history.record(a_run(**about, started=finished - 9, finished=finished))
    assert reader.last_end(*SHOP) == NOW + 60
    assert reader.last_end(*SHOP, points=["scheduled", "canary-5"]) == NOW
    assert reader.last_end(*SHOP, region="us", points=["scheduled"]) == NOW - 60
    assert reader.last_end(*SHOP, before=NOW + 60) == NOW
    assert reader.last_end("shop", "staging") is None


def test_the_last_heartbeat_is_the_latest_whatever_came_last(store: Store) -> None:
    """A late message of an older run is no news."""
    schedule = Timetable(store)
    assert schedule.last_beat(*SHOP) is None
    for region, at in (("eu", NOW), ("eu", NOW - 60), ("us", NOW + 5)):
        with store.writing() as db:
            beat(db, *SHOP, region, at)
    assert schedule.last_beat(*SHOP, "eu") == NOW
    assert schedule.last_beat(*SHOP) == NOW + 5
    assert schedule.last_beat("shop", "staging") is None


def test_a_deployment_may_turn_out_to_have_failed(store: Store) -> None:
    """It is told as it was last known, every field of it."""
    deployments = Deployments(store)
    good = Deployment(
        suite="shop",
        environment="production",
        build="b1",
        commit="c0ffee",
        point="post-production",
        at=NOW,
        committed_at=NOW - 900,
        success=True,
    )
    back = Deployment(
        suite="shop",
        environment="production",
        build="b0",
        commit=None,
        point="post-rollback",
        at=NOW + 60,
        success=True,
    )
    failed = replace(good, success=False, failure_reason="checkout", detected_at=NOW + 50)
    deployments.save(back, good)
    deployments.save(failed)
    assert deployments.between(*SHOP, NOW, NOW + 61) == (failed, back)
    assert deployments.between(*SHOP, NOW, NOW + 60) == (failed,)
