"""Defects of what an answer says."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from smoke.model import Blame
from tampering.defect import Asked, Memory, Reply, harmful, with_header

SHAPE = (Blame.ASSERTION, Blame.HARNESS)
"""A login without the token that suite.yaml names may be our own mistake."""
HTML_ERROR = (
    b"<!doctype html><html><head><title>500 Internal Server Error</title></head><body><h1>Oops</h1></body></html>"
)
JUST_HTML = b"<!doctype html><html><head><title>Shop</title></head><body><div id=root></div></body></html>"


def is_json(reply: Reply) -> bool:
    """Tell whether an answer is a JSON document that is a success."""
    return reply.kind == "application/json" and reply.status < 300 and bool(reply.body)


def is_page(reply: Reply) -> bool:
    """Tell whether an answer is an HTML page that is a success."""
    return reply.kind == "text/html" and reply.status < 300


def with_json(reply: Reply, change: Callable[[Any], Any]) -> Reply:
    """Return the answer with another JSON document, made by ``change``; as it is where it has none."""
    return replace(reply, body=json.dumps(change(json.loads(reply.body))).encode()) if is_json(reply) else reply


def each_leaf(value: Any, change: Callable[[Any], Any]) -> Any:
    """Return ``value`` with every text, number, boolean and null changed."""
    match value:
        case dict():
            return {key: each_leaf(item, change) for key, item in value.items()}
        case list():
            return [each_leaf(item, change) for item in value]
        case _:
            return change(value)


@harmful("json-null", "every JSON document is null", *SHAPE)
def _null(_asked: Asked, good: Reply, _memory: Memory) -> Reply:
    return with_json(good, lambda _old: None)


@harmful("json-wrapped", "every JSON document is in an envelope: {data: …}", *SHAPE)
def _wrapped(_asked: Asked, good: Reply, _memory: Memory) -> Reply:
    return with_json(good, lambda old: {"data": old, "ok": True})


@harmful("json-error-200", "every JSON document is {error: …}, with status 200", *SHAPE)
def _error(_asked: Asked, good: Reply, _memory: Memory) -> Reply:
    return with_json(good, lambda _old: {"error": "database unavailable"})


@harmful("json-arrays-empty", "every JSON array is empty")
def _emptied(_asked: Asked, good: Reply, _memory: Memory) -> Reply:
    def emptied(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: emptied(item) for key, item in value.items()}
        return [] if isinstance(value, list) else value

    return with_json(good, emptied)


@harmful("json-numbers-as-text", "every JSON number is a text, as another locale writes it")
def _locale(_asked: Asked, good: Reply, _memory: Memory) -> Reply:
    def told(old: Any) -> Any:
        if isinstance(old, bool) or not isinstance(old, (int, float)):
            return old
        return f"{old:,}".translate(str.maketrans(",.", ".,"))

    return with_json(good, lambda document: each_leaf(document, told))


@harmful("json-nan", "every JSON number is NaN, which is no JSON")
def _nan(_asked: Asked, good: Reply, _memory: Memory) -> Reply:
    def nan(old: Any) -> Any:
        return float("nan") if isinstance(old, (int, float)) and not isinstance(old, bool) else old

    return with_json(good, lambda document: each_leaf(document, nan))


@harmful("json-keys-renamed", "every JSON key is written in another way: camelCase or capitals", *SHAPE)
def _renamed(_asked: Asked, good: Reply, _memory: Memory) -> Reply:
    def renamed(value: Any) -> Any:
        if isinstance(value, list):
            return [renamed(item) for item in value]
        return {k.title().replace("_", ""): renamed(v) for k, v in value.items()} if isinstance(value, dict) else value

    return with_json(good, renamed)


@harmful("json-cut", "every JSON document ends in its middle, and its length says so")
def _cut(_asked: Asked, good: Reply, _memory: Memory) -> Reply:
    return replace(good, body=good.body[: len(good.body) // 2]) if is_json(good) else good


@harmful("json-trailing-noise", "a warning stands behind every JSON document")
def _noise(_asked: Asked, good: Reply, _memory: Memory) -> Reply:
    return replace(good, body=good.body + b"\nWarning: undefined index") if is_json(good) else good


@harmful("json-bytes-flipped", "one byte of every JSON document is no UTF-8")
def _flipped(_asked: Asked, good: Reply, _memory: Memory) -> Reply:
    flipped = re.sub(rb'(":\s*")[^"]', lambda found: found[1] + b"\xff", good.body, count=1)
    return replace(good, body=flipped) if is_json(good) else good


@harmful("html-says-json", "an HTML page is in every JSON document's place, still said to be JSON")
def _html_json(_asked: Asked, good: Reply, _memory: Memory) -> Reply:
    return replace(good, body=JUST_HTML) if is_json(good) else good


@harmful("no-content", "every JSON document is answered with 204 and nothing")
def _no_content(_asked: Asked, good: Reply, _memory: Memory) -> Reply:
    return replace(good, status=204, body=b"") if is_json(good) else good


@harmful("body-twice", "every document, page and text stands in its answer twice")
def _twice(_asked: Asked, good: Reply, _memory: Memory) -> Reply:
    is_text = good.status < 300 and good.kind.startswith(("text/", "application/"))
    return replace(good, body=good.body * 2) if is_text else good


@harmful("page-half", "every page ends in its middle, and its length says so")
def _half(_asked: Asked, good: Reply, _memory: Memory) -> Reply:
    return replace(good, body=good.body[: len(good.body) // 2]) if is_page(good) else good


@harmful("page-error-200", "every page is an error page, with status 200")
def _error_page(_asked: Asked, good: Reply, _memory: Memory) -> Reply:
    return replace(good, body=HTML_ERROR) if is_page(good) else good


@harmful("page-shell", "every page is an empty frame whose script never comes")
def _shell(_asked: Asked, good: Reply, _memory: Memory) -> Reply:
    return replace(good, body=JUST_HTML) if is_page(good) else good


@harmful("page-template", "every page shows a template that was not filled in")
def _template(_asked: Asked, good: Reply, _memory: Memory) -> Reply:
    return replace(good, body=re.sub(rb"(<h1[^>]*>)", rb"\1{{ title }} ", good.body)) if is_page(good) else good


@harmful("page-mojibake", "every page's text was decoded wrongly once")
def _mojibake(_asked: Asked, good: Reply, _memory: Memory) -> Reply:
    if not is_page(good):
        return good
    return replace(good, body=re.sub(rb"(<h1[^>]*>)", "\\1caf\u00c3\u00a9 \ufffd ".encode(), good.body))


def _of_another(asked: Asked, good: Reply, memory: Memory) -> Reply:
    """Return the answer with the body of another path, once two were asked for."""
    if asked.method != "GET":
        return good
    memory.kept[asked.path] = good.body
    others = (body for path, body in memory.kept.items() if path != asked.path)
    return replace(good, body=next(others, good.body))


@harmful("pages-swapped", "each page shows what another page should")
def _swapped(asked: Asked, good: Reply, memory: Memory) -> Reply:
    return _of_another(asked, good, memory) if is_page(good) else good


@harmful("documents-swapped", "each JSON document is that of another path", *SHAPE)
def _swapped_json(asked: Asked, good: Reply, memory: Memory) -> Reply:
    return _of_another(asked, good, memory) if is_json(good) else good


@harmful("images-html", "every image is an HTML page, still said to be an image")
def _images(_asked: Asked, good: Reply, _memory: Memory) -> Reply:
    return replace(good, body=JUST_HTML) if good.kind.startswith("image/") else good


@harmful("styles-html", "every stylesheet is an HTML page, still said to be CSS")
def _styles(_asked: Asked, good: Reply, _memory: Memory) -> Reply:
    return replace(good, body=JUST_HTML) if good.kind == "text/css" else good


@harmful("styles-plain", "every stylesheet is said to be plain text", Blame.ASSERTION, Blame.APP_4XX)
def _styles_plain(_asked: Asked, good: Reply, _memory: Memory) -> Reply:
    headers = with_header(good.headers, "Content-Type", "text/plain")
    return replace(good, headers=headers) if good.kind == "text/css" else good


@harmful("scripts-broken", "every script has a syntax error", Blame.JS_ERROR)
def _scripts(_asked: Asked, good: Reply, _memory: Memory) -> Reply:
    return replace(good, body=good.body + b"\n}{") if "javascript" in good.kind else good
