"""Who asks: attempts at journeys, each by a name that its requests carry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Asker:
    """One attempt at a journey, by the name under which its contexts ask."""

    name: str
    """Stands in their User-Agent."""
    check_id: str = ""
    """Empty before the attempt begins."""
    runs: bool = False


def name_in(user_agent: str) -> str:
    """Return the name of the asker at the end of a ``User-Agent``."""
    return user_agent.rpartition("(")[2].rstrip(")")


@dataclass(slots=True)
class Askers:
    """All of one run."""

    _by_name: dict[str, Asker] = field(default_factory=dict)

    def new(self) -> Asker:
        """Return another one."""
        new = Asker(f"context {len(self._by_name) + 1}")
        self._by_name[new.name] = new
        return new

    def check_of(self, user_agent: str, may: Callable[[str], bool]) -> str:
        """Return the check that a request of the browser belongs to, by the end of its ``User-Agent``.

        A shared worker has no context's name: then it is the one journey that runs, or of several one that ``may``.
        """
        if (named := self._by_name.get(name_in(user_agent))) is not None:
            return named.check_id
        running = [each.check_id for each in self._by_name.values() if each.runs]
        return next(filter(may, running), running[0] if running else "")
