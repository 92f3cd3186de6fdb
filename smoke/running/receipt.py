"""The receipt of a run in the making: what was asked of the target, what was stopped, and under which permission."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from smoke.observation import Finding
from smoke.restraint.permission import only_signs
from smoke.safety import Mutation, Safety


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A request that was stopped."""

    check_id: str
    method: str
    path: str
    finding: Finding


@dataclass(slots=True)
class Receipt:
    """Counts and keeps, for one thread at a time; :meth:`safety` freezes it."""

    requests: int = 0
    silenced: int = 0
    refused: list[Refusal] = field(default_factory=list)
    excused: list[Refusal] = field(default_factory=list)
    """Stopped as well, but no check is to blame for it."""
    _made: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    """Method, path, check and permission of each state-changing request."""

    def made(self, method: str, path: str, check_id: str, permission: str) -> None:
        """Count a permitted request that changes something."""
        self._made[method, path, check_id, permission] += 1

    def unmade(self, method: str, path: str, check_id: str, permission: str) -> None:
        """Take one of them back."""
        made = (method, path, check_id, permission)
        if self._made[made] > 1:
            self._made[made] -= 1
        else:
            del self._made[made]

    def writes_of(self, check_id: str) -> tuple[str, ...]:
        """Return the requests by which ``check_id`` changed something, other than signing its account in or out."""
        made = ((method, path, permission) for method, path, check, permission in self._made if check == check_id)
        return tuple(f"{method} {path}" for method, path, permission in made if not only_signs(permission, path))

    def refused_to(self, check_id: str) -> list[Refusal]:
        """Return what ``check_id`` was refused, and is to blame for, in the order of time."""
        return [each for each in self.refused if each.check_id == check_id]

    def excuse(self, check_id: str) -> None:
        """Blame ``check_id`` no longer for what it was refused so far."""
        self.excused += self.refused_to(check_id)
        self.refused[:] = [each for each in self.refused if each.check_id != check_id]

    def safety(self, rate_limit_peak: float | None) -> Safety:
        """Return what there is so far; ``rate_limit_peak``: the largest share of a limit that was used, if known."""
        mutations = (
            Mutation(method=method, path=path, count=count, check=check, permission=permission)
            for (method, path, check, permission), count in sorted(self._made.items())
        )
        blocked = sorted(f"{each.method} {each.path} ({each.check_id})" for each in (*self.refused, *self.excused))
        return Safety(
            requests=self.requests,
            mutations=tuple(mutations),
            blocked=tuple(blocked),
            silenced=self.silenced,
            rate_limit_peak=rate_limit_peak,
        )
