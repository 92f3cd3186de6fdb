"""Who is told how a run goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from smoke.judging.judged import CheckResult
from smoke.model import Check


@dataclass(slots=True)
class Progress:
    """Who is told how a run goes; by default nobody."""

    started: Callable[[Check], None] = lambda _check: None
    finished: Callable[[CheckResult], None] = lambda _result: None
