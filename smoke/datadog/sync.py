"""Brings an account to what the YAML asks for: what is written, in which order, and how it is told.

It stops at the first thing that Datadog does not take: what is done stays, and the next time does the rest.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, assert_never

from smoke.brief import cut
from smoke.datadog.definition import Json, Kind, Omitted
from smoke.datadog.difference import Change, Create, Keep, Step, Surplus

if TYPE_CHECKING:
    from smoke.datadog.account import Account

LONGEST = 160
"""Of a value that is shown."""


def refused(account: Account, steps: Iterable[Step]) -> Iterator[tuple[str, str]]:
    """Yield each monitor that Datadog would not take, and what it says; raises SinkError where it cannot be asked."""
    for step in steps:
        match step:
            case Create(definition) if definition.kind is Kind.MONITOR:
                reason = account.refusal(definition, None)
            case Change(definition, id_) | Keep(definition, id_) if definition.kind is Kind.MONITOR:
                reason = account.refusal(definition, id_)
            case _:
                continue
        if reason:
            yield definition.name, reason


def written(account: Account, steps: Iterable[Step]) -> Iterator[str]:
    """Make and put right what is to be, and yield a line for each; raises SinkError."""
    for step in steps:
        match step:
            case Create(definition):
                account.create(definition)
                yield f"created {definition.kind} {definition.name}"
            case Change(definition, id_):
                account.change(definition, id_)
                yield f"changed {definition.kind} {definition.name}"
            case Keep() | Surplus():
                pass
            case _:
                assert_never(step)


def removed(account: Account, steps: Iterable[Step]) -> Iterator[str]:
    """Remove what is no longer wanted, and yield a line for each; raises SinkError."""
    for step in steps:
        if isinstance(step, Surplus):
            account.remove(step.existing)
            yield f"removed {step.existing.kind} {step.existing.name} ({step.existing.id})"


def step_lines(steps: Iterable[Step]) -> Iterator[str]:
    """Yield what would be done, the way a diff reads; what stays as it is only counts."""
    kept = 0
    for step in steps:
        match step:
            case Create(definition):
                yield f"+ {definition.kind} {definition.name}"
                yield from (f"    {line}" for line in _told(definition.kind, definition.document))
            case Change(definition, _, differences):
                yield f"~ {definition.kind} {definition.name}"
                for each in differences:
                    yield f"    {each.key}: {_shown(each.is_)} -> {_shown(each.should_be)}"
            case Surplus(existing, reason):
                yield f"- {existing.kind} {existing.name} ({existing.id}): {reason}; --prune removes it"
            case Keep():
                kept += 1
            case _:
                assert_never(step)
    if kept:
        yield f"= {kept} as {'they' if kept > 1 else 'it'} should be"


def omitted_lines(what: str, omitted: Iterable[Omitted]) -> Iterator[str]:
    """Yield what Datadog is not told, and why."""
    for each in omitted:
        yield f"{what} {each.name}: {each.reason}"


def text_of(document: Json) -> str:
    """Return every text of a document as it would be sent, unescaped."""
    return "\n".join(_texts(document))


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        for name, each in node.items():
            yield str(name)
            yield from _texts(each)
    elif isinstance(node, (list, tuple)):
        for each in node:
            yield from _texts(each)
    else:
        yield str(node)


def _told(kind: Kind, document: Json) -> Iterator[str]:
    match kind:
        case Kind.MONITOR:
            yield str(document["query"])
        case Kind.DASHBOARD:
            yield f"{len(document['widgets'])} widgets"
        case Kind.TEST:
            request = document["config"]["request"]
            where = request.get("url") or f"certificate of {request['host']}:{request['port']}"
            yield f"{where}, every {document['options']['tick_every']} s from {', '.join(document['locations'])}"
        case _:
            assert_never(kind)


def _shown(value: object) -> str:
    text = "nothing" if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return cut(text, LONGEST)
