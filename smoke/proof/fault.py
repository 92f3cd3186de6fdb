"""What a fault is, and the register of those that a probe's expectations imply. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

from smoke.answers.exchange import Exchange
from smoke.config.probe import Probe
from smoke.model import Blame

Act = Callable[[Exchange, int], Exchange]
"""Makes the faulty answer from the good one; the number says which request to that place it is, from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One defect of an application or of what stands before it."""

    name: str
    """Kind, and subject where there is one: ``json-missing services.redis``."""
    act: Act
    blames: frozenset[Blame]
    """Whoever may rightly be blamed; empty: a check must stay green, or FLAKY."""
    flaky: bool = False
    """The next attempt must get through."""
    field: str = ""
    """The field of ``Expect`` that promises to catch it, and must do so by itself; ALWAYS: no single one."""
    subject: str = ""
    """Which of that field's own entries, by its key."""


Implied = Callable[[Any, Probe], Iterator[Fault]]
IMPLIED: dict[str, list[Implied]] = {}
ALWAYS = ""
"""In place of a field: what any probe promises, by its status, its time-out or its captures."""

UNASKED = "accepts"
"""The field of which nothing need be said: it promises something of any answer."""


def implied_by(field: str) -> Callable[[Implied], Implied]:
    """Register the faults that the field ``field`` of ``Expect`` promises to catch; ALWAYS: any probe."""

    def register(implied: Implied) -> Implied:
        IMPLIED.setdefault(field, []).append(implied)
        return implied

    return register


def faults_of(probe: Probe) -> tuple[Fault, ...]:
    """Return every fault that ``probe`` promises to catch, by what it expects; each name once."""
    import smoke.proof.catalogue  # noqa: F401 - registers its faults

    found: dict[str, Fault] = {}
    for each in IMPLIED[ALWAYS]:
        found |= {fault.name: fault for fault in each(None, probe)}
    for field in fields(probe.expect):
        value = getattr(probe.expect, field.name)
        if value or field.name == UNASKED:
            for each in IMPLIED.get(field.name, ()):
                found |= {fault.name: replace(fault, field=field.name) for fault in each(value, probe)}
    return tuple(found.values())
