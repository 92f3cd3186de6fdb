"""How much of a rate limit a run uses, and what an answer tells of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoke.rate import Meter, RateLimit, advertised


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
    let = [time for time in times if meter.ask("GET", "/list", time) is None]
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
    meter.ask(method, path, 0)
    assert (meter.ask(method, path, 1) is not None) is held


def test_what_was_advertised_counts_from_the_request_that_told_it() -> None:
    """Requests to endpoints of one limit are counted together."""
    meter = Meter({}, 0.5)
    assert meter.ask("GET", "/a", 0) is None
    meter.learn("GET", "/a", RateLimit(4), 0)
    meter.learn("GET", "/b", RateLimit(4), 1)
    told = meter.ask("GET", "/a", 2)
    assert told == "GET /a (request 3) keeps within 50% of its rate limit of 4 requests"
    assert meter.peak == 0.5
    assert meter.ask("GET", "/c", 3) is None
