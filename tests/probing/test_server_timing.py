from __future__ import annotations

import pytest

from smoke.answers.exchange import Exchange, Request
from smoke.answers.server_timing import measurements
from smoke.observation import Measurement, Unit
from tests.support.exchanges import an_answer


def timing(value: str) -> tuple[Measurement, ...]:
    return measurements("health", an_answer(headers={"Server-Timing": value}))


def db(value: float) -> Measurement:
    return Measurement(name="health.db_ms", value=value)


def cache(value: float) -> Measurement:
    return Measurement(name="health.cache_hit_rate", value=value, unit=Unit.RATIO)


@pytest.mark.parametrize(
    ("value", "measured"),
    [
        ("db;dur=3.5", (db(3.5),)),
        ("db;dur=0", (db(0.0),)),
        ('db;desc="cart query";dur=3.5', (db(3.5),)),
        ("db ; dur=3.5 , cache ; desc=hit", (db(3.5), cache(1.0))),
        ("cache;desc=hit", (cache(1.0),)),
        ('cache;desc="miss";dur=0.1', (cache(0.0),)),
        ("app;dur=12, db;dur=3", (db(3.0),)),
    ],
)
def test_what_the_target_says_is_measured(value: str, measured: tuple[Measurement, ...]) -> None:
    """Database time and cache hits are read from the header, in any order and quoted or not."""
    assert timing(value) == measured


@pytest.mark.parametrize(
    "value",
    ["", "db", "db;dur=", "db;dur=fast", "db;dur=nan", "db;dur=inf", "db;dur=-1", "cache", "cache;desc=stale", ";;,,="],
)
def test_what_is_no_number_is_not_observed(value: str) -> None:
    """A header that is empty, broken or absurd gives no measurement, never a zero."""
    assert timing(value) == ()


def test_an_answer_without_the_header_measures_nothing() -> None:
    """A target that says nothing about itself is not asked to."""
    assert measurements("health", an_answer()) == ()


def test_several_headers_count_as_one() -> None:
    """Values that are spread over headers of the same name belong together (RFC 9110, 5.3)."""
    exchange = Exchange(
        request=Request(method="GET", url="/"),
        status=200,
        headers=(("server-timing", "db;dur=1"), ("Server-Timing", "cache;desc=miss")),
        body=b"",
    )
    assert measurements("health", exchange) == (db(1.0), cache(0.0))
