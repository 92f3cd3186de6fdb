"""What a sabotage is, and whether a run bore it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from sabotage.ended import Ended
from sabotage.ground import Ground


class Exit(IntEnum):
    """Exit codes that may be right; 0 never is."""

    KILLED = -9
    """By SIGKILL: nobody was left to say anything."""
    FAIL = 1
    CONFIGURATION = 2
    INCONCLUSIVE = 3


VERDICTS = {
    Exit.KILLED: {""},
    Exit.FAIL: {"FAIL"},
    Exit.CONFIGURATION: {""},
    Exit.INCONCLUSIVE: {"INCONCLUSIVE", ""},
}
"""What verdict.json may say beside an exit code; an empty text: there is none."""


Attempt = Callable[[Ground], Ended]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One sabotage."""

    name: str
    done: str
    """What is done to the run, in a few words."""
    right: frozenset[Exit]
    says: str
    """What must be read in what it said."""
    attempt: Attempt

    def wrong(self, ended: Ended) -> tuple[str, ...]:
        """Return everything that is wrong with how the run ended; empty if it failed closed."""
        if ended.code is None:
            return (f"hung: stopped after {ended.seconds:.0f} s", *self._left(ended))
        found = []
        if ended.code not in self.right:
            found.append(f"exit code {ended.code}")
        elif ended.verdict not in VERDICTS[Exit(ended.code)]:
            found.append(f"exit code {ended.code} beside verdict {ended.verdict or 'none'}")
        if self.says.lower() not in ended.said.lower():
            found.append(f"does not say {self.says!r}")
        if "Traceback (most recent call last)" in ended.said:
            found.append("shows a traceback")
        return (*found, *self._left(ended))

    def _left(self, ended: Ended) -> tuple[str, ...]:
        return tuple(f"left {command[:80]}" for command in ended.left)


CASES: dict[str, Case] = {}
"""Every sabotage, by name, in the order of the campaign."""


def sabotage(name: str, done: str, *right: Exit, says: str) -> Callable[[Attempt], Attempt]:
    """Register a function as the sabotage ``name``; ``right`` are the exit codes that fail closed."""

    def registered(attempt: Attempt) -> Attempt:
        assert name not in CASES, f"two sabotages are called {name}"
        CASES[name] = Case(name=name, done=done, right=frozenset(right), says=says, attempt=attempt)
        return attempt

    return registered
