"""The cases of a drill, which take the place of the planned checks. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from smoke.judging.retry import RetryPolicy
from smoke.model import Check

ONCE = RetryPolicy(attempts=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillCases:
    """What each journey runs as: many times abreast, each time a check of its own, and nobody really signs in."""

    cases: Mapping[str, tuple[Check, ...]]
    """By the id of the journey."""
    retries: Mapping[str, RetryPolicy] = field(default_factory=dict)
    """By the id of the case, where it has more than one attempt."""
    timed: frozenset[str] = frozenset()
    """Ids of the cases that are judged by budgets: of others, so many at once, it would say nothing."""
    remeasured: bool = False
    """Whether what is too slow is taken again, as in a run, and the runner is read."""

    def retry_of(self, check_id: str) -> RetryPolicy:
        """Return the rules by which a case is tried again."""
        return self.retries.get(check_id, ONCE)
