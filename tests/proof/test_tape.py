"""What the clean run was answered, and is answered again."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from smoke.answers.exchange import Request, Timing
from smoke.proof.tape import Call, NotOnTapeError, Tape
from tests.proof.test_drill import HOME, taped


def asked(path: str, check_id: str = "health.root", method: str = "GET") -> Request:
    return Request(method=method, url=HOME + path, check_id=check_id)


def test_what_sets_cookies_is_added_to_the_last_answer() -> None:
    """A browser tells of it later; what was not recorded stays unknown."""
    tape, cookie = Tape([taped(body=b"1"), taped(body=b"2")]), ("Set-Cookie", "session=1")
    tape.amend(asked("/health"), (cookie,))
    tape.amend(asked("/elsewhere"), (cookie,))
    assert [each.header("Set-Cookie") for each in tape.of("health.root")] == [None, "session=1"]


def test_another_query_is_answered_as_the_same_path_was() -> None:
    """By the same check and method; the answer is to what was asked."""
    tape, counted = Tape([taped(path="/items?at=1", body=b"1")]), Counter[Call]()
    again = asked("/items?at=2")
    assert tape.answer_near(asked("/items?at=1"), counted).body == b"1"
    assert (tape.answer_near(again, counted).body, tape.answer_near(again, counted).request) == (b"1", again)
    with pytest.raises(NotOnTapeError):
        tape.answer(again, counted)


@pytest.mark.parametrize(
    "other", [asked("/item?at=1"), asked("/items?at=2", method="POST"), asked("/items?at=2", "shop.items")]
)
def test_what_was_asked_nowhere_near_is_not_answered(other: Request) -> None:
    with pytest.raises(NotOnTapeError, match=f"{other.method} .* of {other.check_id} was not asked"):
        Tape([taped(path="/items?at=1")]).answer_near(other, Counter())


def test_the_quickest_answer_of_each_call_is_kept() -> None:
    """Of one check: another may need all of its own."""
    slow, quick = (taped(body=b"%d" % ms, timing=Timing(total_ms=ms)) for ms in (9, 3))
    others = [replace(each, request=asked("/health", "shop.other")) for each in (slow, quick)]
    tape = Tape([slow, quick, taped(path="/more"), *others])
    tape.quickest("health.root")
    assert [each.body for each in tape.of("health.root")] == [b"3", taped().body]
    assert tape.of("shop.other") == tuple(others)
