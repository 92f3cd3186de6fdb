"""What a probe expects, in the words of a Datadog Synthetics test; and what those have no words for. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from smoke.answers.expectations import wanted_status
from smoke.answers.paths import NAME
from smoke.answers.shapes import Expect, HeaderExpect, JsonExpect

PYTHONS_OWN = re.compile(r"\(\?(?![:=!]|<[=!])|\\[AZz]")
"""What a pattern may say to Python only: Datadog's are those of JavaScript."""
WITH_OTHERS = {"samples", "ceiling_ms", "tls_days_left"}
"""Keys that say more of another key, or are a test of their own."""
ANYTHING = "^[\\s\\S]+$"
Said = dict[str, Any]


def assertions(expect: Expect) -> tuple[list[Said], list[str]]:
    """Return the assertions that stand for ``expect``, and what of it is lost."""
    made = [*_status(expect), *_time(expect), *_type(expect)]
    lost: list[str] = []
    for found in (
        *_headers(expect.headers),
        *_body("contains", expect.contains),
        *_body("doesNotContain", expect.lacks),
        *_patterns(expect),
        *_json(expect.json),
        *_others(expect),
    ):
        lost.append(found) if isinstance(found, str) else made.append(found)
    return made, lost


def _status(expect: Expect) -> Iterator[Said]:
    allowed = wanted_status(expect)
    if len(allowed) == 1:
        yield {"type": "statusCode", "operator": "is", "target": allowed[0]}
    elif allowed:
        yield {"type": "statusCode", "operator": "matches", "target": f"^({'|'.join(map(str, allowed))})$"}


def _time(expect: Expect) -> Iterator[Said]:
    if expect.within_ms is not None:
        yield {"type": "responseTime", "operator": "lessThan", "target": expect.within_ms}


def _type(expect: Expect) -> Iterator[Said]:
    if expect.content_type is not None:
        yield _header("content-type", "matches", f"^{re.escape(expect.content_type)} *(;.*)?$")


def _headers(expected: Mapping[str, HeaderExpect]) -> Iterator[Said | str]:
    for name, rule in expected.items():
        if not rule.present:
            yield f"headers.{name} is absent"
            continue
        if rule.equals is not None:
            yield _header(name, "is", rule.equals)
        if rule.matches is not None:
            yield _pattern(
                f"headers.{name}.matches", rule.matches, lambda text, name=name: _header(name, "matches", text)
            )
        if rule.equals is rule.matches is None:
            yield _header(name, "matches", ANYTHING)


def _header(name: str, operator: str, target: str) -> Said:
    return {"type": "header", "property": name.lower(), "operator": operator, "target": target}


def _body(operator: str, texts: tuple[str, ...]) -> Iterator[Said]:
    for text in texts:
        yield {"type": "body", "operator": operator, "target": text}


def _patterns(expect: Expect) -> Iterator[Said | str]:
    for text in expect.matches:
        yield _pattern("matches", text, lambda text: {"type": "body", "operator": "matches", "target": text})
    if expect.redirects_to is not None:
        whole = f"^(?:{expect.redirects_to})$"
        yield _pattern("redirects_to", whole, lambda text: _header("location", "matches", text))


def _json(expected: Mapping[str, JsonExpect]) -> Iterator[Said | str]:
    for path, rule in expected.items():
        found = [*_values(path, rule)]
        yield from found
        if not any(isinstance(each, dict) for each in found):
            yield _at(path, "matches", ANYTHING)  # at least it must be there


def _values(path: str, rule: JsonExpect) -> Iterator[Said | str]:
    if rule.equals is not None:
        value = str(rule.equals).lower() if isinstance(rule.equals, bool) else rule.equals
        yield _at(path, "is", value)
    if rule.matches is not None:
        yield _pattern(f"json.{path}.matches", rule.matches, lambda text: _at(path, "matches", text))
    if rule.below is not None:
        yield _at(path, "lessThan", rule.below)
    if rule.above is not None:
        yield _at(path, "moreThan", rule.above)
    if rule.type is not None:
        yield f"json.{path}.type"
    if rule.keys is not None:
        yield f"json.{path}.keys"


def _at(path: str, operator: str, value: object) -> Said:
    target = {"jsonPath": json_path(path), "operator": operator, "targetValue": value}
    return {"type": "body", "operator": "validatesJSONPath", "target": target}


def json_path(path: str) -> str:
    """Write one of our paths as JSONPath (RFC 9535): ``$.items[0].id``."""
    steps = ""
    for part in re.findall(rf"\[[0-9]+\]|{NAME}", path.removeprefix("$")):
        if part.startswith("["):
            steps += part
        else:
            steps += f".{part}" if re.fullmatch(r"[A-Za-z_]\w*", part) else f"['{part}']"
    return f"${steps}"


def _pattern(key: str, text: str, made: Any) -> Said | str:
    return f"{key} ({text})" if PYTHONS_OWN.search(text) else made(text)


def _others(expect: Expect) -> Iterator[str]:
    told = {"status", "within_ms", "content_type", "headers", "contains", "lacks", "matches", "json", "redirects_to"}
    for each in fields(expect):
        value = getattr(expect, each.name)
        if each.name not in told | WITH_OTHERS and value not in (None, (), {}):
            yield each.name
