"""What a run tells the services that watch: everything that a sink may send, and nothing else. Pure."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import cache
from typing import TYPE_CHECKING

from smoke.judging.judged import Run
from smoke.model import Outcome
from smoke.sinks.metrics import Metric, metrics_of, tag_list

if TYPE_CHECKING:
    from pydantic import TypeAdapter


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulletin:
    """A run, or figures of another kind, as services are told of it.

    It is kept as JSON until each of them has it: later versions must be able to read it.
    """

    run_id: str
    suite: str
    environment: str
    region: str = ""
    execution_point: str = ""
    verdict: Outcome | None = None
    """None: figures that are no run's; they say nothing of whether the application works."""
    before: Outcome | None = None
    """Verdict of the run before, of the same suite, environment, region and execution point; None: not known."""
    reason: str = ""
    """One sentence, already scrubbed."""
    finished: float
    """Seconds since the epoch."""
    duration_s: float
    metrics: tuple[Metric, ...]

    @property
    def has_changed(self) -> bool:
        """Tell whether the verdict is another than before; where that is not known it is not news."""
        return None not in (self.before, self.verdict) and self.before is not self.verdict

    @property
    def tags(self) -> tuple[str, ...]:
        """``key:value``, sorted, of the whole; what is not known is left out."""
        pairs = {
            "suite": self.suite,
            "env": self.environment,
            "region": self.region,
            "execution_point": self.execution_point,
        }
        return tag_list(tuple(pairs.items()))

    def to_json(self) -> str:
        """Write it the way it is kept."""
        return json.dumps(asdict(self))  # pydantic, which reads it, would take 80 ms to get ready for that


def bulletin_of(run: Run, before: Outcome | None) -> Bulletin:
    """Return what services are told of ``run``, which is scrubbed already."""
    return Bulletin(
        run_id=run.run_id,
        suite=run.suite,
        environment=run.environment,
        region=run.region,
        execution_point=run.execution_point,
        verdict=run.verdict,
        before=before,
        reason=run.reason,
        finished=run.finished,
        duration_s=run.duration_s,
        metrics=metrics_of(run),
    )


def from_json(text: str) -> Bulletin:
    """Read what ``to_json`` wrote; raises ValueError for anything else."""
    return _adapter().validate_json(text)


@cache
def _adapter() -> TypeAdapter[Bulletin]:
    from pydantic import TypeAdapter

    return TypeAdapter(Bulletin)
