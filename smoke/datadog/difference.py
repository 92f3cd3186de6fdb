"""What would change in an account: which things are made, put right, left alone, or no longer wanted. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from smoke.datadog.definition import Definition, Existing

UNORDERED = {"tags", "locations"}
"""Lists that Datadog hands back in an order of its own."""
ABSENT = None
"""Datadog leaves out what is not set, or says null: both are the same."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that is not what it should be."""

    key: str
    """Dotted, such as ``options.thresholds.critical``."""
    is_: Any
    should_be: Any


@dataclass(frozen=True, slots=True)
class Create:
    """It is not there yet."""

    definition: Definition


@dataclass(frozen=True, slots=True)
class Change:
    """It is there, and not as it should be: the YAML has changed since, or somebody has edited it by hand."""

    definition: Definition
    id: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Keep:
    """It is there, as it should be."""

    definition: Definition
    id: str


@dataclass(frozen=True, slots=True)
class Surplus:
    """It is ours, and the YAML no longer asks for it."""

    existing: Existing
    reason: str


Step = Create | Change | Keep | Surplus


def steps(wanted: Sequence[Definition], found: Iterable[Existing]) -> tuple[Step, ...]:
    """Return what is to be done so that ``wanted`` stands there, in its order, then what is no longer wanted."""
    by_name: dict[tuple[str, str], list[Existing]] = {}
    for each in sorted(found, key=_age):
        by_name.setdefault((each.kind, each.name), []).append(each)
    done: list[Step] = []
    surplus: list[Step] = []
    for definition in wanted:
        known = by_name.pop((definition.kind, definition.name), [])
        done.append(_step(definition, known[0] if known else None))
        surplus += [Surplus(each, "there is an older one of the same name") for each in known[1:]]
    for rest in by_name.values():
        surplus += [Surplus(each, "the configuration no longer asks for it") for each in rest]
    return (*done, *surplus)


def _age(existing: Existing) -> tuple[str, int, str]:
    """A copy that somebody made by hand bears our mark, too: what came first is ours."""
    return str(existing.document.get("created_at", "")), len(existing.id), existing.id


def _step(definition: Definition, existing: Existing | None) -> Step:
    if existing is None:
        return Create(definition)
    found = tuple(differences(existing.document, definition.document))
    return Change(definition, existing.id, found) if found else Keep(definition, existing.id)


def differences(found: Any, wanted: Any, key: str = "") -> Iterator[Difference]:
    """Yield where ``found`` is not as ``wanted`` says; what only Datadog says (ids, times, defaults) is left alone."""
    if isinstance(wanted, Mapping) and isinstance(found, Mapping):
        for name, each in wanted.items():
            yield from differences(found.get(name, ABSENT), each, f"{key}.{name}" if key else name)
    elif isinstance(wanted, (list, tuple)) and isinstance(found, list) and len(found) == len(wanted):
        pairs = (sorted(found), sorted(wanted)) if key in UNORDERED else (found, wanted)
        for number, (is_, should_be) in enumerate(zip(*pairs, strict=True)):
            yield from differences(is_, should_be, f"{key}[{number}]")
    elif found != wanted:
        yield Difference(key, found, wanted)
