"""Faults of what stands in a body: missing, null, of another type or value, doubled, or somebody's own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, assert_never

from smoke.answers.body_expectations import BOM
from smoke.answers.exchange import Exchange
from smoke.answers.shapes import Bom, Counter, JsonExpect, Must, NoPii
from smoke.config.probe import Probe
from smoke.proof.catalogue.answers import ASSERTION, ERROR_PAGE
from smoke.proof.fault import ALWAYS, Act, Fault, implied_by
from smoke.proof.rewriting import GONE, Change, unlike, with_header, with_text, with_value, without

OF_TYPE: dict[str, Any] = {
    "string": 17, "integer": "17", "number": "17", "boolean": "true", "array": {}, "object": [], "null": 0,
}  # fmt: skip
SOMEBODY = "jane.doe@example.com"
SOMEBODYS_TOKEN = "Bearer 0f9c2d4b6a8e1f3c5d7b"  # noqa: S105 - nobody's


def value(path: str, change: Change) -> Act:
    """Return what answers with another value at JSON ``path``."""

    def act(good: Exchange, _number: int) -> Exchange:
        return with_value(good, path, change)

    return act


def body(change: Any) -> Act:
    """Return what answers with another body: ``change`` makes it from the good one."""

    def act(good: Exchange, _number: int) -> Exchange:
        return replace(good, body=change(good.body))

    return act


@implied_by("json")
def _json(expected: dict[str, JsonExpect], _probe: Probe) -> Iterator[Fault]:
    yield from _no_document()
    for path, rule in expected.items():
        if path != "$":
            gone = value(path, always(GONE))
            yield Fault(name=f"json-missing {path}", act=gone, blames=ASSERTION, subject=path)
        for name, change in _wrong(rule):
            yield Fault(name=f"json-{name} {path}", act=value(path, change), blames=ASSERTION, subject=path)


@implied_by("json_schema")
def _json_schema(schema: dict[str, Any], _probe: Probe) -> Iterator[Fault]:
    yield from _no_document()
    for name in schema.get("required", ()):
        yield Fault(name=f"json-missing {name}", act=value(name, always(GONE)), blames=ASSERTION)
    for name, rule in schema.get("properties", {}).items():
        if isinstance(rule, dict) and (other := OF_TYPE.get(str(rule.get("type")))) is not None:
            yield Fault(name=f"json-type {name}", act=value(name, always(other)), blames=ASSERTION)


def _no_document() -> Iterator[Fault]:
    yield Fault(name="empty-200", act=body(lambda _good: b""), blames=ASSERTION)
    yield Fault(name="html-for-json", act=_html, blames=ASSERTION)


def _html(good: Exchange, _number: int) -> Exchange:
    return with_header(replace(good, body=ERROR_PAGE), "Content-Type", "text/html; charset=utf-8")


def _wrong(rule: JsonExpect) -> Iterator[tuple[str, Change]]:
    """Yield a change for each way in which a value can break ``rule``, by its name."""
    if rule.equals is not None:
        yield "value", always(_other(rule.equals))
    if rule.type is not None:
        yield "type", always(OF_TYPE[rule.type])
    if rule.type not in (None, "null") or rule.equals is not None:
        yield "null", always(None)
    if rule.keys is not None:
        yield "key-added", lambda old: {**old, "unexpected": 1} if isinstance(old, dict) else old
        yield "key-lost", lambda old: dict(list(old.items())[1:]) if isinstance(old, dict) else old
    if rule.matches is not None and (text := unlike(rule.matches)) is not None:
        yield "text", always(text)
    if rule.below is not None:
        yield "too-large", always(rule.below + 1)
    if rule.above is not None:
        yield "too-small", always(rule.above - 1)


def always(other: Any) -> Change:
    """Return the change to ``other``, whatever stood there."""
    return lambda _old: other


def _other(wanted: Any) -> Any:
    if isinstance(wanted, bool):
        return not wanted
    return f"{wanted}-not" if isinstance(wanted, str) else wanted + 1


def _without(text: bytes) -> Act:
    return body(lambda good: good.replace(text, b""))


def _with(text: str) -> Act:
    def act(good: Exchange, _number: int) -> Exchange:
        return with_text(good, text)

    return act


def _without_matches(pattern: str) -> Act:
    return body(lambda good: without(good, pattern))


@implied_by("contains")
def _contains(expected: tuple[str, ...], _probe: Probe) -> Iterator[Fault]:
    yield Fault(name="blank-page", act=body(lambda _good: b""), blames=ASSERTION)
    for text in expected:
        yield Fault(name=f"text-missing {text}", act=_without(text.encode()), blames=ASSERTION)


@implied_by("lacks")
def _lacks(expected: tuple[str, ...], _probe: Probe) -> Iterator[Fault]:
    for text in expected:
        yield Fault(name=f"text-added {text}", act=_with(text), blames=ASSERTION)


@implied_by("matches")
def _matches(expected: tuple[str, ...], _probe: Probe) -> Iterator[Fault]:
    for pattern in expected:
        yield Fault(name=f"text-missing /{pattern}/", act=_without_matches(pattern), blames=ASSERTION)


@implied_by("bom")
def _bom(expected: Bom, _probe: Probe) -> Iterator[Fault]:
    if expected is Bom.ONCE:
        yield Fault(name="bom-missing", act=body(lambda good: good.removeprefix(BOM)), blames=ASSERTION)
        yield Fault(name="bom-within", act=body(lambda good: good + BOM + good.removeprefix(BOM)), blames=ASSERTION)
    yield Fault(name="bom-twice", act=body(lambda good: BOM + BOM + good.removeprefix(BOM)), blames=ASSERTION)


@implied_by("no_pii")
def _somebody(expected: NoPii, probe: Probe) -> Iterator[Fault]:
    yield Fault(name="somebodys-address", act=_with(SOMEBODY), blames=ASSERTION)
    yield Fault(name="somebodys-token", act=_with(SOMEBODYS_TOKEN), blames=ASSERTION)
    for name in expected.names:
        yield Fault(name=f"somebodys-name {name}", act=_with(name), blames=ASSERTION)
    if "openapi" in probe.expect.json:
        example = {"Somebody": {"type": "string", "example": SOMEBODY}}
        yield Fault(name="pii-in-schema", act=value("$", _with_schemas(example)), blames=ASSERTION)


def _with_schemas(added: dict[str, Any]) -> Change:
    def change(old: Any) -> Any:
        components = old.get("components", {})
        return {**old, "components": {**components, "schemas": {**components.get("schemas", {}), **added}}}

    return lambda old: change(old) if isinstance(old, dict) else old


@implied_by(ALWAYS)
def _captured(_nothing: None, probe: Probe) -> Iterator[Fault]:
    for path in probe.capture.values():
        yield Fault(name=f"json-missing {path}", act=value(path, always(GONE)), blames=ASSERTION)
        yield Fault(name=f"json-empty {path}", act=value(path, always("")), blames=ASSERTION)


@implied_by(ALWAYS)
def _never_done(_nothing: None, probe: Probe) -> Iterator[Fault]:
    """What was queued stays queued: whoever should work on it does not."""
    for path, rule in probe.expect.json.items():
        if probe.eventually is not None and isinstance(rule.equals, str):
            yield Fault(name=f"never-done {path}", act=value(path, always("queued")), blames=ASSERTION)


@implied_by(ALWAYS)
def _counter(_nothing: None, probe: Probe) -> Iterator[Fault]:
    """The counter is read twice: at the same place, first before and then after the request."""
    counter: Counter | None = probe.counter
    if counter is None:
        return
    match counter.must:
        case Must.MOVE:
            yield Fault(name="counter-stands", act=_stands(), blames=ASSERTION)
        case Must.STAY:
            yield Fault(name="counter-moves", act=_moves(), blames=ASSERTION)
        case _:
            assert_never(counter.must)


def _stands() -> Act:
    first: dict[str, bytes] = {}

    def act(good: Exchange, _number: int) -> Exchange:
        return replace(good, body=first.setdefault(good.request.url, good.body))

    return act


def _moves() -> Act:
    def act(good: Exchange, number: int) -> Exchange:
        return replace(good, body=re.sub(rb"\d+", lambda found: b"%d" % (int(found[0]) + number), good.body))

    return act
