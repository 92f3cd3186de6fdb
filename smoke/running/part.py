"""A part of a run: what one shard, or one region, leaves for ``smoke report merge``."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from smoke.config.points import ExecutionPoint
from smoke.host.whole_file import write_whole
from smoke.judging.judged import Interruption, Run
from smoke.model import Check
from smoke.planning.sharding import Shard

if TYPE_CHECKING:
    from pydantic import TypeAdapter

FILE = "part.json"
SCHEMA = 1
LATEST = 1e11
"""Seconds since the epoch, in the year 5138: no calendar reckons much beyond."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A judged run that is not the whole one."""

    schema: int = SCHEMA
    of: str = ""
    """Names the run that it is a part of; what has another name belongs to another run."""
    shard: Shard | None = None
    """None: it ran all that was planned."""
    planned: tuple[Check, ...]
    """The checks of the whole run, in order."""
    point: ExecutionPoint
    interruption: Interruption | None = None
    run: Run


class PartError(ValueError):
    """A file that is no part of ours; says what is wrong with it."""


def write_part(part: Part, reports: Path) -> Path:
    """Write ``part.json`` into ``reports`` in one step, so that nobody reads half of it; raises OSError."""
    return write_whole(reports / FILE, _adapter().dump_json(part))


def read_part(path: Path) -> Part:
    """Return what ``write_part`` wrote; raises PartError, and OSError."""
    from pydantic import ValidationError

    written = path.read_bytes()
    _refuse_others(written)
    try:
        part = _adapter().validate_json(written)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise PartError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    for name, at in (("started", part.run.started), ("finished", part.run.finished)):
        if not 0 <= at < LATEST:
            raise PartError(f"run.{name}: {at:g} is no moment in seconds since the epoch")
    return part


def _refuse_others(written: bytes) -> None:
    """Raise PartError unless this is JSON, of this version, in which every number is one."""
    try:
        content = json.loads(written, parse_float=_number, parse_int=_number, parse_constant=_number)
    except (ValueError, RecursionError) as error:
        raise PartError(str(error)) from None
    schema = content.get("schema") if isinstance(content, dict) else None
    if schema != SCHEMA:
        versions = f"its schema is {schema:g}, ours is {SCHEMA}" if isinstance(schema, float) else "it names no schema"
        raise PartError(f"was written by another version of smoke ({versions}); use one version for all parts")


def _number(text: str) -> float:
    if not math.isfinite(number := float(text)):
        raise ValueError(f"{text} is not a number that anything can have")
    return number


@cache
def _adapter() -> TypeAdapter[Part]:
    from pydantic import TypeAdapter

    return TypeAdapter(Part)
