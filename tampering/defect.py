"""What a defect on the wire is, and the register of all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from smoke.model import Blame

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request, as it came to the proxy."""

    method: str
    path: str
    """With its query."""
    headers: Headers
    body: bytes = b""

    def header(self, name: str) -> str:
        """Return the value of a header, empty where it is not there."""
        return value_of(self.headers, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer, as the proxy sends it on."""

    status: int
    headers: Headers
    body: bytes
    version: str = "1.1"
    delay_s: float = 0.0
    promised: int | None = None
    """Content-Length that is said in place of the right one."""
    hung_up_after: int | None = None
    """Bytes of the body after which the connection is closed; None: all of them are sent."""

    def header(self, name: str) -> str:
        """Return the value of a header, empty where it is not there."""
        return value_of(self.headers, name)

    @property
    def kind(self) -> str:
        """Its media type."""
        return self.header("content-type").partition(";")[0].strip().lower()


@dataclass(slots=True)
class Memory:
    """What one defect keeps while a run lasts."""

    count: int = 0
    """Answers that it was shown."""
    kept: dict[str, Any] = field(default_factory=dict)


Change = Callable[[Asked, Reply, Memory], Reply]


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """One way to spoil answers."""

    name: str
    done: str
    """What is done, in a few words."""
    blames: frozenset[Blame]
    """Who may rightly be blamed; empty: it harms nobody, and the run must stay green."""
    change: Change


DEFECTS: dict[str, Defect] = {}
"""Every defect, by name, in the order of the campaign."""


def harmful(name: str, done: str, *blames: Blame) -> Callable[[Change], Change]:
    """Register a function as a defect that harms users; ``blames`` are the right ones, by default ASSERTION."""
    return _registered(name, done, frozenset(blames or {Blame.ASSERTION}))


def harmless(name: str, done: str) -> Callable[[Change], Change]:
    """Register a function as a change of answers that no user notices."""
    return _registered(name, done, frozenset())


def _registered(name: str, done: str, blames: frozenset[Blame]) -> Callable[[Change], Change]:
    def registered(change: Change) -> Change:
        assert name not in DEFECTS, f"two defects are called {name}"
        DEFECTS[name] = Defect(name=name, done=done, blames=blames, change=change)
        return change

    return registered


def value_of(headers: Headers, name: str) -> str:
    """Return the first value of a header, empty where it is not there."""
    return next((value for key, value in headers if key.lower() == name), "")


def with_header(headers: Headers, name: str, value: str | None) -> Headers:
    """Return ``headers`` with one set; without it where ``value`` is None."""
    kept = tuple(each for each in headers if each[0].lower() != name.lower())
    return kept if value is None else (*kept, (name, value))
