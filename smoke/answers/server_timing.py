"""Reads what a target says about itself in ``Server-Timing`` (W3C Server Timing). Pure."""

from __future__ import annotations

import math
import re

from smoke.answers.exchange import Exchange
from smoke.observation import Measurement, Unit


def measurements(check_id: str, exchange: Exchange) -> tuple[Measurement, ...]:
    """Return ``<check>.db_ms`` and ``<check>.cache_hit_rate`` where the answer carries them."""
    found = []
    for entry in (exchange.header("server-timing") or "").split(","):
        name, *parameters = (part.strip() for part in entry.split(";"))
        given = dict(re.findall(r"(\w+)=\"?([^\";]*)", ";".join(parameters)))
        if name == "db" and _number(given.get("dur")) is not None:
            found.append(Measurement(name=f"{check_id}.db_ms", value=_number(given["dur"])))
        if name == "cache" and given.get("desc") in {"hit", "miss"}:
            hit = float(given["desc"] == "hit")
            found.append(Measurement(name=f"{check_id}.cache_hit_rate", value=hit, unit=Unit.RATIO))
    return tuple(found)


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None
