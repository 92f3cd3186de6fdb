"""The reference page: how long this runner's browser takes for a page of known work that comes from nowhere."""

from __future__ import annotations

import time
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from smoke.calibration import Calibration, Reference, both
from smoke.running import vitals

if TYPE_CHECKING:
    from smoke.running.spares import Spares

PATIENCE_S = 3.0
"""How long a reading waits for the runner to calm down."""
TIMEOUT_MS = 10_000.0
LOOK = f"async patience_ms => {{ await ({vitals.LOADED})(patience_ms); return ({vitals.TIMINGS})().load_ms; }}"


def calm(spares: Spares, band_ms: float) -> Calibration | None:
    """Return the first reading; beside it, where that is outside the band, one that is within, or the last in time.

    None where the browser does not even load that.
    """
    ends = time.monotonic() + PATIENCE_S
    first = seen = reading(spares, band_ms)
    while seen is not None and not seen.is_within and time.monotonic() < ends:
        seen = reading(spares, band_ms)
    return seen if seen is None or seen is first else both(first, seen)


def reading(spares: Spares, band_ms: float) -> Calibration | None:
    """Return how long the reference page takes just now, in a context of its own that nobody watches.

    With what it takes to ask the browser anything: all that a step does waits for that, and one elsewhere may be far.
    """
    from playwright.sync_api import Error

    try:
        with spares.bare() as page:
            page.goto(_address(), timeout=TIMEOUT_MS)
            took: float | None = page.evaluate(LOOK, TIMEOUT_MS)
            begun = time.perf_counter()
            page.evaluate("0")
            asked = (time.perf_counter() - begun) * 1000
    except Error:
        return None
    return Calibration(reference=Reference.PAGE, readings_ms=(took + asked,), band_ms=band_ms) if took else None


@cache
def _address() -> str:
    from importlib.resources import files

    html = files("smoke.running").joinpath("reference.html").read_text(encoding="utf-8")
    return f"data:text/html;charset=utf-8,{quote(html)}"
