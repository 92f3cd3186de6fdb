"""The reference exchange, with a real server and a real clock."""

from __future__ import annotations

import asyncio
from functools import partial

from smoke.calibration import Reference
from smoke.probing import reference


def test_a_reading_tells_how_long_a_request_to_ourselves_took() -> None:
    """It is an exchange of known work, and never free."""
    seen = asyncio.run(reference.reading(75.0))
    assert seen is not None
    assert (seen.reference, len(seen.readings_ms), seen.band_ms) == (Reference.EXCHANGE, 1, 75.0)
    assert seen.value_ms > 0


def test_a_runner_that_stays_outside_its_band_is_read_in_the_end() -> None:
    """Nobody waits for it for ever."""
    seen = asyncio.run(reference.calm(partial(reference.reading, 0.0001)))
    assert seen is not None
    assert not seen.is_within


def test_a_runner_within_its_band_is_not_waited_for() -> None:
    """The first good reading will do."""
    seen = asyncio.run(asyncio.wait_for(reference.calm(partial(reference.reading, 1e9)), reference.PATIENCE_S))
    assert seen is not None
    assert seen.is_within
