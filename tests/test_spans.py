"""Spans of time and shares, as people write them."""

from __future__ import annotations

import pytest

from smoke.spans import seconds, share, some, written


@pytest.mark.parametrize(("text", "value"), [("1%", 0.01), (" 0.01 ", 0.01), (".5", 0.5), ("100 %", 1.0), ("1", 1.0)])
def test_a_share_is_above_nothing_and_up_to_all(text: str, value: float) -> None:
    assert share(text) == value


@pytest.mark.parametrize("text", ["0", "0%", "1.01", "101%", "half", "-1%", ""])
def test_what_is_no_share_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^a share is such as 1% or 0.01; got "):
        share(text)


@pytest.mark.parametrize(
    ("text", "span", "again"),
    [("90m", 5400, "1h30m"), ("1d", 86400, "1d"), ("7 days", 604800, "7d"), ("0s", 0, "0s"), ("1h 1s", 3601, "1h1s")],
)
def test_a_span_is_read_and_written_again(text: str, span: float, again: str) -> None:
    assert seconds(text) == span
    assert written(span) == again


@pytest.mark.parametrize("text", ["0s", "0 days", "soon"])
def test_some_time_is_more_than_none(text: str) -> None:
    """Where nothing can be done in no time at all, it is refused, and what is said fits whatever it is for."""
    assert some("1h30m") == 5400
    with pytest.raises(ValueError, match=r"such as .*; got '"):
        some(text)
