"""A wall clock that jumps is noticed; one that is being set right is not."""

from __future__ import annotations

import pytest

from smoke.running.clock import Clocks, jump

BEGUN = Clocks(wall=1_000_000.0, steady=50.0)


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (3600.0, "jumped by +3600 s"),
        (-3600.0, "jumped by -3600 s"),
        (2.5, "jumped by +2 s"),
    ],
)
def test_a_jump_is_told_with_its_size(step: float, said: str) -> None:
    """Ahead or back, apart from the time that really passed."""
    told = jump(BEGUN, Clocks(wall=BEGUN.wall + 30 + step, steady=BEGUN.steady + 30))
    assert told is not None
    assert said in told


@pytest.mark.parametrize("step", [0.0, 1.9, -1.9])
def test_a_clock_that_is_set_right_is_fine(step: float) -> None:
    """Small corrections happen on every machine."""
    assert jump(BEGUN, Clocks(wall=BEGUN.wall + 30 + step, steady=BEGUN.steady + 30)) is None


def test_a_clock_that_nobody_touches_is_fine() -> None:
    """The clocks of this machine, now and now."""
    assert jump(Clocks(), Clocks()) is None
