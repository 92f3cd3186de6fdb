"""How what stands in a body is judged. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from smoke.answers.exchange import Exchange
from smoke.answers.judges import assertion, expectation
from smoke.answers.paths import MISSING, at_path
from smoke.answers.shapes import Bom, JsonExpect, JsonType, NoPii
from smoke.model import Blame
from smoke.observation import Finding

BOM = b"\xef\xbb\xbf"
JSON_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}
EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
TOKEN = re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*|\bBearer\s+[\w.~+/-]{16,}")


@expectation("contains")
def _contains(expected: tuple[str, ...], exchange: Exchange) -> Iterator[Finding]:
    for text in expected:
        if text not in exchange.text:
            yield assertion(f"body contains {text!r}", exchange)


@expectation("lacks")
def _lacks(expected: tuple[str, ...], exchange: Exchange) -> Iterator[Finding]:
    for text in expected:
        if text in exchange.text:
            yield assertion(f"body lacks {text!r}", exchange)


@expectation("matches")
def _matches(expected: tuple[str, ...], exchange: Exchange) -> Iterator[Finding]:
    for pattern in expected:
        if not re.search(pattern, exchange.text):
            yield assertion(f"body matches /{pattern}/", exchange)


@expectation("bom")
def _bom(expected: Bom, exchange: Exchange) -> Iterator[Finding]:
    count = 0
    while exchange.body.startswith(BOM, count * len(BOM)):
        count += 1
    match expected:
        case Bom.ONCE if count != 1:
            yield assertion(f"byte order marks at the start ({count}) == 1", exchange)
        case Bom.ONCE if (within := exchange.body.count(BOM) - count) != 0:
            yield assertion(f"byte order marks after the start ({within}) == 0", exchange)
        case Bom.NONE if count != 0:
            yield assertion(f"byte order marks at the start ({count}) == 0", exchange)
        case _:
            pass


@expectation("no_pii")
def _no_pii(expected: NoPii, exchange: Exchange) -> Iterator[Finding]:
    found = [address for address in EMAIL.findall(exchange.text) if address not in expected.allow]
    found += ["a token" for _ in TOKEN.findall(exchange.text)]
    found += [name for name in expected.names if name in exchange.text]
    if found:
        yield Finding(
            rule=f"personal data ({len(found)}) == 0: {', '.join(dict.fromkeys(found))}",
            blame=Blame.ASSERTION,
            evidence=(f"{exchange.request.method} {exchange.request.url}",),
        )


@expectation("json")
def _json(expected: dict[str, JsonExpect], exchange: Exchange) -> Iterator[Finding]:
    if not expected:
        return
    try:
        document = exchange.json
    except ValueError as error:
        yield assertion(f"body is JSON ({error})", exchange)
        return
    for path, rule in expected.items():
        value = at_path(document, path)
        if value is MISSING:
            yield assertion(f"{path} (missing) exists", exchange)
        else:
            yield from (assertion(text, exchange) for text in _broken(path, value, rule))


def _broken(path: str, value: Any, rule: JsonExpect) -> Iterator[str]:
    if rule.equals is not None and not _same(value, rule.equals):
        yield f"{path} ({value!r}) == {rule.equals!r}"
    if rule.type is not None and not _is_type(value, rule.type):
        yield f"{path} ({type(value).__name__}) is of type {rule.type}"
    if rule.keys is not None:
        keys = sorted(value) if isinstance(value, dict) else None
        if keys != sorted(rule.keys):
            yield f"{path} keys ({keys}) are exactly {sorted(rule.keys)}"
    if rule.matches is not None and not re.search(rule.matches, str(value)):
        yield f"{path} ({value!r}) matches /{rule.matches}/"
    if rule.below is not None and not (is_number(value) and value < rule.below):
        yield f"{path} ({value!r}) < {rule.below:g}"
    if rule.above is not None and not (is_number(value) and value > rule.above):
        yield f"{path} ({value!r}) > {rule.above:g}"


def is_number(value: Any) -> bool:
    """Tell whether a JSON value is a number; true and false are not."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _same(value: object, expected: object) -> bool:
    return value == expected and isinstance(value, bool) == isinstance(expected, bool)


def _is_type(value: object, name: JsonType) -> bool:
    if isinstance(value, bool):
        return name == "boolean"
    return isinstance(value, JSON_TYPES[name])


@expectation("json_schema")
def _json_schema(schema: dict[str, Any], exchange: Exchange) -> Iterator[Finding]:
    from jsonschema import Draft202012Validator

    try:
        document: Any = exchange.json
    except ValueError as error:
        yield assertion(f"body is JSON ({error})", exchange)
        return
    for broken in Draft202012Validator(schema).iter_errors(document):
        yield assertion(f"{broken.json_path} fits the schema: {broken.message}", exchange)
