"""A part of a run: what one shard, or one region, leaves for ``smoke report merge``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from smoke.config.schema import ExecutionPoint
from smoke.judging.judged import Interruption, Run
from smoke.model import Check
from smoke.planning.sharding import Shard

if TYPE_CHECKING:
    from pydantic import TypeAdapter

FILE = "part.json"
SCHEMA = 1


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
    draft = reports / f"{FILE}.part"
    draft.write_bytes(_adapter().dump_json(part))
    return draft.replace(reports / FILE)


def read_part(path: Path) -> Part:
    """Return what ``write_part`` wrote; raises PartError, and OSError."""
    from pydantic import ValidationError

    try:
        part = _adapter().validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise PartError(f"{where}: {first['msg']}" if where else str(first["msg"])) from None
    if part.schema != SCHEMA:
        versions = f"its schema is {part.schema}, ours is {SCHEMA}"
        raise PartError(f"was written by another version of smoke ({versions}); use one version for all parts")
    return part


@cache
def _adapter() -> TypeAdapter[Part]:
    from pydantic import TypeAdapter

    return TypeAdapter(Part)
