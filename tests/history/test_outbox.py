"""The outbox: nothing is lost, nothing is sent by two at once, nothing overtakes."""

from __future__ import annotations

from typing import Any

import pytest

from smoke.history.outbox import HOLD_S, Outbox, Parcel, put
from smoke.storage.store import Store
from tests.support.histories import FORK

NOW = 1_800_000_000.0
pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


def a_parcel(key: str = "a", **changes: Any) -> Parcel:
    return Parcel(**{"key": key, "to": "slack", "kind": "opened", "body": "{}", "created": NOW, **changes})


def keys(parcels: tuple[Parcel, ...]) -> list[str]:
    return [parcel.key for parcel in parcels]


@pytest.fixture
def outbox(store: Store) -> Outbox:
    return Outbox(store)


def test_a_parcel_waits_until_it_is_sent(store: Store, outbox: Outbox) -> None:
    """What was put is there for the next run, as it was, until somebody says that it arrived."""
    put_there = a_parcel(expires=NOW + 60, note="first")
    assert outbox.put(put_there) == 1
    (taken,) = Outbox(store).due("slack", NOW)
    assert taken == put_there
    outbox.sent("a", NOW, "ok")
    assert outbox.due("slack", NOW + 1e6) == ()
    assert outbox.waiting("slack") == ()


def test_a_key_is_kept_once_even_after_it_was_sent(outbox: Outbox) -> None:
    """A run that is not sure whether it has put something puts it again, and nothing is sent twice."""
    assert outbox.put(a_parcel("a"), a_parcel("b")) == 2
    outbox.sent("a", NOW)
    assert outbox.put(a_parcel("a"), a_parcel("b"), a_parcel("c")) == 1
    assert keys(outbox.waiting("slack")) == ["b", "c"]


def test_parcels_are_due_in_the_order_they_were_put(outbox: Outbox) -> None:
    """Their order is that of putting, whatever their keys and times say; each recipient has its own."""
    outbox.put(a_parcel("b"), a_parcel("a", created=NOW - 5), a_parcel("x", to="mail"))
    outbox.put(a_parcel("0"))
    assert keys(outbox.due("slack", NOW)) == ["b", "a", "0"]
    assert keys(outbox.due("mail", NOW)) == ["x"]


def test_what_one_run_is_sending_another_leaves_alone(store: Store) -> None:
    """Until the one has had its time: then it is taken for dead."""
    one, other = Outbox(store), Outbox(store)
    one.put(a_parcel("a"))
    assert keys(one.due("slack", NOW)) == ["a"]
    one.put(a_parcel("b"))
    assert other.due("slack", NOW + 59) == (), "b must not overtake a"
    assert keys(other.due("slack", NOW + 60)) == ["a", "b"]


def test_what_is_given_back_is_anybodys_at_once(store: Store) -> None:
    """A run that ends early need not be waited for."""
    one, other = Outbox(store), Outbox(store)
    one.put(a_parcel())
    one.due("slack", NOW)
    one.give_back("slack")
    assert keys(other.due("slack", NOW)) == ["a"]


def test_what_failed_is_tried_again_at_its_time_and_not_overtaken(outbox: Outbox) -> None:
    """A recovery that arrives before its outage would leave the outage open for ever."""
    outbox.put(a_parcel("opened"), a_parcel("resolved"))
    outbox.due("slack", NOW)
    outbox.failed("opened", NOW, "answered 503", NOW + 30)
    assert outbox.due("slack", NOW + 29) == ()
    opened, resolved = outbox.due("slack", NOW + 30)
    assert (opened.key, opened.tries, opened.note) == ("opened", 1, "answered 503")
    assert (resolved.key, resolved.tries) == ("resolved", 0)


def test_a_run_that_lost_its_hold_does_not_undo_another_ones(store: Store) -> None:
    """The slow one says that it failed while the other one is sending."""
    slow, quick = Outbox(store), Outbox(store)
    slow.put(a_parcel())
    slow.due("slack", NOW)
    quick.due("slack", NOW + HOLD_S)
    slow.failed("a", NOW + HOLD_S + 1, "timed out", NOW + HOLD_S + 1)
    assert Outbox(store).due("slack", NOW + HOLD_S + 2) == ()


def test_what_nobody_accepts_any_more_is_dropped_and_counted(outbox: Outbox) -> None:
    """An expired parcel is never due, and blocks none behind it."""
    outbox.put(
        a_parcel("old", expires=NOW), a_parcel("new", expires=NOW + 1), a_parcel("other", to="mail", expires=NOW)
    )
    assert keys(outbox.due("slack", NOW)) == ["new"]
    assert outbox.drop_expired("slack", NOW) == 1
    assert outbox.drop_expired("slack", NOW) == 0
    assert keys(outbox.waiting("slack")) == ["new"]


def test_what_is_refused_for_good_blocks_none(outbox: Outbox) -> None:
    """A malformed message would otherwise keep all later ones waiting."""
    outbox.put(a_parcel("bad"), a_parcel("good"))
    outbox.refused("bad", NOW, "answered 400")
    assert keys(outbox.due("slack", NOW)) == ["good"]
    assert outbox.put(a_parcel("bad")) == 0


def test_for_whom_something_waits_is_known_the_least_tried_first(outbox: Outbox) -> None:
    """Whoever empties it for several recipients asks for whom; one that fails again and again comes last."""
    outbox.put(a_parcel("a", to="alert:b"), a_parcel("b", to="alert:a"), a_parcel("c", to="sink:x"))
    outbox.put(a_parcel("d", to="alert:sent"), a_parcel("e", to="alert:b"))
    outbox.sent("d", NOW)
    assert outbox.recipients("alert:") == ("alert:b", "alert:a")
    outbox.failed("a", NOW, "no", NOW)
    assert outbox.recipients("alert:") == ("alert:a", "alert:b")
    assert outbox.recipients("") == ("alert:a", "sink:x", "alert:b")


def test_what_a_transaction_undoes_is_not_put(store: Store, outbox: Outbox) -> None:
    """A message is put with what it tells of, or not at all."""

    def work() -> None:
        with store.writing() as db:
            put(db, a_parcel())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()
    assert outbox.waiting("slack") == ()


def test_each_parcel_is_taken_by_one_of_many_processes(store: Store, outbox: Outbox) -> None:
    """Six runs put their own and take what is due at the same moment: each parcel is sent once, none is lost."""
    sent, gate = FORK.Queue(), FORK.Barrier(6)

    def work(number: int) -> None:
        mine = Outbox(store)
        gate.wait(30)
        for index in range(10):
            mine.put(a_parcel(f"{number}-{index}"))
        for parcel in mine.due("slack", NOW):
            mine.sent(parcel.key, NOW)
            sent.put(parcel.key)
        sent.put(None)

    children = [FORK.Process(target=work, args=(number,)) for number in range(6)]
    for child in children:
        child.start()
    told, ended = [], 0
    while ended < 6:
        key = sent.get(timeout=60)
        ended, told = (ended + 1, told) if key is None else (ended, [*told, key])
    for child in children:
        child.join(30)
    told += keys(outbox.due("slack", NOW))
    assert sorted(told) == sorted(f"{number}-{index}" for number in range(6) for index in range(10))
