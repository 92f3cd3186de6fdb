"""What a probe may expect of an answer, and how each expectation is judged. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from typing import Annotated, Any, Literal

from annotated_types import Gt

from smoke.config.strict import Strict, check_pattern
from smoke.model import Blame, Finding
from smoke.probing.exchange import Exchange

MISSING = object()
JSON_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}
JsonType = Literal["string", "integer", "number", "boolean", "array", "object", "null"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderExpect(Strict):
    """What one header must be."""

    present: bool = True
    equals: str | None = None
    matches: str | None = None

    def __post_init__(self) -> None:
        if self.matches is not None:
            check_pattern(self.matches)


@dataclass(frozen=True, slots=True, kw_only=True)
class JsonExpect(Strict):
    """What the value at one JSON path must be. An empty expectation asks that the path exists."""

    equals: str | int | float | bool | None = None
    type: JsonType | None = None
    keys: tuple[str, ...] | None = None
    """Exactly these keys, in any order."""
    matches: str | None = None

    def __post_init__(self) -> None:
        if self.matches is not None:
            check_pattern(self.matches)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect(Strict):
    """Everything that a probe asks of an answer; each key is judged by the function of its name."""

    status: int | tuple[int, ...] = 200
    within_ms: Annotated[float, Gt(0)] | None = None
    content_type: str | None = None
    headers: dict[str, HeaderExpect] = field(default_factory=dict)
    contains: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    json: dict[str, JsonExpect] = field(default_factory=dict)
    """Path such as ``services.database`` or ``items[0].id`` to what stands there."""


Judge = Callable[[Any, Exchange], Iterator[Finding]]
JUDGES: dict[str, Judge] = {}


def expectation(name: str) -> Callable[[Judge], Judge]:
    """Register the judge of the field ``name`` of :class:`Expect`."""

    def register(judge: Judge) -> Judge:
        JUDGES[name] = judge
        return judge

    return register


def judge(expect: Expect, exchange: Exchange) -> tuple[Finding, ...]:
    """Return what ``exchange`` breaks of ``expect``; a wrong status is told alone, as the cause of the rest."""
    if wrong := tuple(JUDGES["status"](expect.status, exchange)):
        return wrong
    found: list[Finding] = []
    for each in fields(expect):
        found.extend(JUDGES[each.name](getattr(expect, each.name), exchange))
    return tuple(found)


def assertion(rule: str, exchange: Exchange) -> Finding:
    """Build the finding of an answer that arrived and is wrong."""
    request = exchange.request
    return Finding(rule=rule, blame=Blame.ASSERTION, evidence=(f"{request.method} {request.url}", _excerpt(exchange)))


def blame_of_status(status: int) -> Blame:
    """Tell whose fault an unexpected status is."""
    return Blame.APP_5XX if status >= 500 else Blame.APP_4XX if status >= 400 else Blame.ASSERTION


@expectation("status")
def _status(expected: int | tuple[int, ...], exchange: Exchange) -> Iterator[Finding]:
    allowed = (expected,) if isinstance(expected, int) else expected
    if exchange.status not in allowed:
        wanted = " or ".join(map(str, allowed))
        yield Finding(
            rule=f"status ({exchange.status}) == {wanted}",
            blame=blame_of_status(exchange.status),
            evidence=(f"{exchange.request.method} {exchange.request.url}", _excerpt(exchange)),
        )


@expectation("within_ms")
def _within(_limit: float | None, _exchange: Exchange) -> Iterator[Finding]:
    # Time is judged over several samples, by smoke.probing.attempts.
    yield from ()


@expectation("content_type")
def _content_type(expected: str | None, exchange: Exchange) -> Iterator[Finding]:
    actual = (exchange.header("content-type") or "").partition(";")[0].strip().lower()
    if expected is not None and actual != expected.lower():
        yield assertion(f"content type ({actual or 'none'}) == {expected}", exchange)


@expectation("headers")
def _headers(expected: dict[str, HeaderExpect], exchange: Exchange) -> Iterator[Finding]:
    for name, rule in expected.items():
        value = exchange.header(name)
        if (value is not None) != rule.present:
            yield assertion(f"header {name} ({_state(value)}) is {_state(rule.present or None)}", exchange)
        elif rule.equals is not None and value != rule.equals:
            yield assertion(f"header {name} ({value}) == {rule.equals}", exchange)
        elif rule.matches is not None and not re.search(rule.matches, value or ""):
            yield assertion(f"header {name} ({value}) matches /{rule.matches}/", exchange)


def _state(value: object) -> str:
    return "absent" if value is None else "present"


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


def _broken(path: str, value: object, rule: JsonExpect) -> Iterator[str]:
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


def _same(value: object, expected: object) -> bool:
    return value == expected and isinstance(value, bool) == isinstance(expected, bool)


def _is_type(value: object, name: JsonType) -> bool:
    if isinstance(value, bool):
        return name == "boolean"
    return isinstance(value, JSON_TYPES[name])


def at_path(document: object, path: str) -> object:
    """Return the value at ``a.b[0].c`` (``$`` is the document itself), or MISSING."""
    value = document
    for part in re.findall(r"[^.\[\]]+", path.removeprefix("$")):
        if isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            return MISSING
    return value


def _excerpt(exchange: Exchange) -> str:
    text = " ".join(exchange.text.split())
    return f"answered {exchange.status} {text[:200]}"
