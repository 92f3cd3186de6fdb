"""How far a drill has come."""

from __future__ import annotations

import pytest

from smoke.model import Outcome
from smoke.proof.progress import Going
from tests.proof.test_parts import a_case

CAUGHT, MISSED = a_case("status-500"), a_case("status-502", outcome=Outcome.PASS, blame=None)


def test_the_time_that_is_left_is_told_at_the_pace_so_far() -> None:
    """With what was missed until then."""
    going = Going(probes=20, journeys=0, began=100.0)
    for number in range(1, 11):
        going.add(MISSED if number == 3 else CAUGHT, 100.0 + number)
    assert going.told(110.0) == "10 of 20 faults, 1 not caught, about 10 s left"


@pytest.mark.parametrize(
    ("each_s", "told"), [(0.1, "1 s"), (8, "8 s"), (13, "15 s"), (89, "90 s"), (90, "2 min"), (600, "10 min")]
)
def test_what_is_left_is_told_as_finely_as_it_is_known(each_s: float, told: str) -> None:
    """To the second at the end, and to the minute from a minute and a half on."""
    going = Going(probes=2, journeys=0, began=0.0)
    going.add(CAUGHT, each_s)
    assert going.told(each_s).endswith(f", about {told} left")


def test_the_pace_of_probes_says_nothing_of_journeys() -> None:
    """Until the first of these is done, nobody knows."""
    going = Going(probes=2, journeys=10, began=100.0)
    for _ in range(2):
        going.add(CAUGHT, 101.0)
    assert going.told(102.0) == "2 of 12 faults, 0 not caught"
    going.add(CAUGHT, 111.0)
    going.add(CAUGHT, 121.0)
    assert going.told(121.0) == "4 of 12 faults, 0 not caught, about 80 s left"
    for _ in range(8):
        going.add(CAUGHT, 130.0)
    assert going.told(130.0) == "12 of 12 faults, 0 not caught"


def test_where_nothing_moves_each_tenth_is_told() -> None:
    """Ten lines, however many faults there are; and no more lines than faults."""
    for total, lines in ((310, 10), (10, 10), (3, 3)):
        going, told = Going(probes=total, journeys=0, began=0.0), 0
        for _ in range(total):
            going.add(CAUGHT, 1.0)
            told += going.is_told
        assert told == lines
