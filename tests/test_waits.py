"""Which requests explain that an expectation timed out."""

from __future__ import annotations

import pytest

from smoke.judging.waits import Wait, kept_waiting

EXPECTATION = 'Locator expected to be visible\nCall log:\n  - Expect "to_be_visible" with timeout 2000ms'
CLICK = "Locator.click: Timeout 2000ms exceeded."


def a_wait(seconds: float, answered_s_ago: float | None = None, path: str = "/api/me") -> Wait:
    return Wait(method="GET", path=path, seconds=seconds, answered_s_ago=answered_s_ago)


@pytest.mark.parametrize("message", [EXPECTATION, CLICK])
@pytest.mark.parametrize(
    ("wait", "told"),
    [
        (a_wait(3.0), ("GET /api/me was still pending after 3.0 s",)),
        (a_wait(0.6), ("GET /api/me was still pending after 0.6 s",)),
        (a_wait(0.5), ("GET /api/me was still pending after 0.5 s",)),
        (a_wait(0.4), ()),
        (a_wait(0.1), ()),
        (a_wait(2.0, 2.0), ("GET /api/me answered only after 2.0 s",)),
        (a_wait(3.2, 0.5), ("GET /api/me answered only after 3.2 s",)),
        (a_wait(1.9, 0.1), ()),
        (a_wait(3.2, 2.5), ()),
    ],
)
def test_what_was_pending_or_took_too_long_explains_a_time_out(message: str, wait: Wait, told: tuple[str, ...]) -> None:
    """A request that had only begun, that was quick enough, or that was answered before, explains nothing."""
    assert kept_waiting(message, [wait]) == told


def test_only_a_time_out_is_explained() -> None:
    """A page that was looked at and was wrong is wrong, whatever it still waits for."""
    assert kept_waiting("the cart (2) == 3", [a_wait(9.0)]) == ()


def test_the_longest_are_told() -> None:
    """Two lines say enough."""
    told = kept_waiting(CLICK, [a_wait(1.0, path="/a"), a_wait(3.0, path="/b"), a_wait(2.0, path="/c")])
    assert [line.split()[1] for line in told] == ["/b", "/c"]
