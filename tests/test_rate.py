"""How much of a rate limit a run uses, and what an answer tells of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoke.restraint.rate import Endpoint, Meter, RateLimit, advertised, percent, used_up


@pytest.mark.parametrize(
    ("headers", "limit"),
    [
        ({}, None),
        ({"x-ratelimit-limit": "600"}, RateLimit(600)),
        ({"x-ratelimit-limit": "unlimited"}, None),
        ({"x-ratelimit-limit": "0"}, None),
        ({"ratelimit-limit": "100", "ratelimit-reset": "12"}, RateLimit(100)),
        ({"ratelimit-limit": "100, 100;w=60"}, RateLimit(100, 60)),
        ({"ratelimit-limit": "100", "ratelimit-policy": "100;w=10"}, RateLimit(100, 10)),
        ({"ratelimit-policy": '"burst";q=20;w=5', "ratelimit": '"burst";r=19;t=5'}, RateLimit(20, 5)),
    ],
)
def test_an_answer_tells_its_limit(headers: dict[str, str], limit: RateLimit | None) -> None:
    """In the fields that servers use, old and new."""
    assert advertised(headers) == limit


@pytest.mark.parametrize(("text", "limit"), [("600/min", RateLimit(600, 60)), ("5/s", RateLimit(5, 1))])
def test_a_limit_is_read_as_it_is_written(text: str, limit: RateLimit) -> None:
    """Requests per unit of time."""
    assert RateLimit.parse(text) == limit


@pytest.mark.parametrize("text", ["600", "0/min", "600/minute", "x/s", ""])
def test_what_is_no_limit_is_told(text: str) -> None:
    """With what would be one."""
    with pytest.raises(ValueError, match="such as 600/min"):
        RateLimit.parse(text)


@given(
    st.integers(1, 200),
    st.floats(0.01, 1),
    st.lists(st.floats(0, 30), max_size=60).map(sorted),
)
def test_no_window_ever_holds_more_than_the_share(requests: int, share: float, times: list[float]) -> None:
    """Whenever requests come, within any window no more are let through than the share, but always one."""
    meter, window = Meter({"/": RateLimit(requests, 10)}, share), 10.0
    let = [time for time in times if meter.ask(Endpoint("GET", "/list"), time) is None]
    most = max(1, int(requests * share))
    for begin in let:
        assert len([time for time in let if begin <= time < begin + window]) <= most
    assert bool(let) == bool(times)
    assert meter.peak is None or meter.peak <= max(share, 1 / requests)


@pytest.mark.parametrize(
    ("declared", "request_", "held"),
    [
        ("/api", "GET /api/list", True),
        ("/api", "GET /apis", False),
        ("/api/", "GET /api", True),
        ("POST /login", "POST /login", True),
        ("POST /login", "GET /login", False),
        ("/", "PUT /anything", True),
    ],
)
def test_a_declared_limit_holds_for_its_path_and_below(declared: str, request_: str, held: bool) -> None:
    """With a method, only for that."""
    meter = Meter({declared: RateLimit(1, 60)}, 1.0)
    method, path = request_.split()
    meter.ask(Endpoint(method, path), 0)
    assert (meter.ask(Endpoint(method, path), 1) is not None) is held


A, B, C = (Endpoint("GET", path) for path in ("/a", "/b", "/c"))


def test_what_was_advertised_counts_from_the_request_that_told_it() -> None:
    """Requests to endpoints of one limit are counted together."""
    meter = Meter({}, 0.5)
    assert meter.ask(A, 0) is None
    meter.learn(A, RateLimit(4), 0)
    meter.learn(B, RateLimit(4), 1)
    told = meter.ask(A, 2)
    assert told == "GET /a keeps within 50% of its rate limit of 4 requests, but would be request 3"
    assert meter.peak == 0.5


def test_an_endpoint_that_has_not_answered_is_taken_to_have_the_limit_of_all_others() -> None:
    """Ten percent of 12 is one request: the second is stopped, wherever it goes; another origin is another matter."""
    meter = Meter({}, 0.1)
    assert meter.ask(A, 0) is None
    meter.learn(A, RateLimit(12), 0)
    assert "would be request 2" in (meter.ask(B, 1) or "")
    assert meter.ask(B._replace(origin="http://other.example"), 1) is None


def test_what_has_no_limit_is_not_held_by_that_of_others() -> None:
    """An answer that advertises none ends the guess, and gives back what was counted for it."""
    meter = Meter({}, 0.5)
    meter.ask(A, 0)
    meter.learn(A, RateLimit(4), 0)
    assert meter.ask(B, 1) is None
    meter.learn(B, None, 1)
    assert [meter.ask(B, 2), meter.ask(C, 2), meter.ask(A, 2)] == [None] * 3
    assert meter.ask(A, 3) is not None


def test_every_request_before_the_first_answer_counts() -> None:
    """Three that were in flight together are three, not one."""
    meter = Meter({}, 0.5)
    assert [meter.ask(A, 0) for _ in range(3)] == [None] * 3
    meter.learn(A, RateLimit(8), 1)
    assert meter.ask(A, 2) is None
    assert "would be request 5" in (meter.ask(A, 3) or "")


def test_a_limit_that_is_used_up_is_a_peak_of_all_of_it() -> None:
    """Whoever used it: a run whose target answers 429 did not stay far below the limit."""
    meter = Meter({}, 0.1)
    meter.exhausted()
    assert meter.peak == 1.0


@pytest.mark.parametrize(
    ("headers", "nothing_left"),
    [
        ({}, False),
        ({"x-ratelimit-remaining": "0"}, True),
        ({"ratelimit-remaining": "10"}, False),
        ({"ratelimit": '"burst";r=0;t=5'}, True),
        ({"ratelimit": '"burst";r=20;t=5'}, False),
    ],
)
def test_an_answer_tells_that_nothing_is_left(headers: dict[str, str], nothing_left: bool) -> None:
    """In the fields that servers use, old and new."""
    assert used_up(headers) is nothing_left


@pytest.mark.parametrize(
    ("share", "text"), [(0.1, "10%"), (0.001, "0.1%"), (0.0004, "0.04%"), (1.0, "100%"), (0, "0%")]
)
def test_a_small_share_is_not_rounded_to_nothing(share: float, text: str) -> None:
    """Nobody can keep within 0%."""
    assert percent(share) == text
