"""Tokens that nobody told us of: recognised by the name that stands before them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl, urlsplit

WORDS = r"(?i:token|passw(?:or)?d|secret|session(?:[-_]?(?:id|key))?|api[-_]?key|jwt|csrf|xsrf)"
SPEAKING = re.compile(r"(?i:token|passw(or)?d|auth|key|secret|session|csrf|xsrf|jwt)")
COOKIES = re.compile(rb"(\"cookies\"\s*:\s*\[)(?:\"(?:\\.|[^\"\\])*\"|[^\"\]])+(?=\])")
"""What a HAR, a trace or a browser's stored state lists as cookies."""
IN_URL = re.compile(rb"([?&#;][\w.%-]*" + WORDS.encode() + rb"[\w-]*=)[^&#\"'\\\s<]+")
SHORTEST = 8
KEYS = (
    (re.compile(r"\bAKIA[0-9A-Z]{16}\b(?!/|%2F)"), "an AWS access key"),
    (re.compile(r"\bxox[abprs]-[0-9A-Za-z-]{10,}"), "a Slack token"),
    (re.compile(r"https://hooks\.slack\.com/services/\S+"), "a Slack webhook address"),
    (re.compile(r"\bgh[pousr]_[0-9A-Za-z]{36,}"), "a GitHub token"),
    (re.compile(r"\b[rs]k_live_[0-9A-Za-z]{10,}"), "a Stripe key"),
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"), "a private key"),
)
"""What is somebody's, whatever stands before it. The name of an AWS key within a signed address is no secret."""


def _field(level: int) -> bytes:
    """Match a JSON field, or a header's name and value, up to its value; in JSON within that many other JSON texts."""
    slashes = (1 << level) - 1
    quote = rb'\\{%d}"' % slashes
    character = rb'(?:[^"\\]|\\/|\\{%d}(?:\\{%d}.|[^\\]))' % (slashes + 1, slashes)
    name = rb"(?:[\w.-]*" + WORDS.encode() + rb")"
    header = rb"(?:[\w-]*(?:(?i:cookie|auth)[\w-]*|" + WORDS.encode() + rb"[\w-]*))"
    colon, value = rb"\s*:\s*", quote + rb"\s*,\s*" + quote + rb"value" + quote
    before = quote + rb"(?:" + name + quote + rb"|(?i:name)" + quote + colon + quote + header + value + rb")"
    return rb"(" + before + colon + quote + rb")" + character + rb"+"


FIELDS = tuple(re.compile(_field(level)) for level in range(3))


def without_tokens(data: bytes) -> bytes:
    """Return ``data``, JSON or lines of it, with the values of token-like fields, headers and parameters masked."""
    data = IN_URL.sub(rb"\1***", COOKIES.sub(rb"\1", data))
    for field in FIELDS:
        data = field.sub(rb"\1***", data)
    return data


def in_headers(headers: Mapping[str, str]) -> Iterator[str]:
    """Yield the values of request headers that are secrets by their names, and every cookie that an answer sets."""
    for name, value in headers.items():
        if name.lower() == "set-cookie":
            yield from _cookies(value)
        elif not name.startswith((":", "sec-")) and SPEAKING.search(name):
            token = value.rpartition(" ")[2]
            if is_random(token):
                yield token


def in_query(url: str) -> Iterator[str]:
    """Yield the query parameters of ``url`` that are secrets by their names."""
    for name, value in parse_qsl(urlsplit(url).query):
        if SPEAKING.search(name) and is_random(value):
            yield value


def is_random(value: str) -> bool:
    """Tell whether ``value`` is neither short nor a word: to mask one everywhere would blacken every report."""
    return len(value) >= SHORTEST and not re.fullmatch(r"[A-Za-z]?[a-z]+([-_ /][a-z]+)*", value)


def is_secret_cookie(name: str, value: str) -> bool:
    """Tell whether a cookie that scripts may read is more than a setting such as ``dark``."""
    speaks = SPEAKING.search(name) or re.fullmatch(r"(?i)[\w.]*s(ess)?_?id", name)
    return len(value) >= 2 * SHORTEST or (speaks is not None and is_random(value))


def _cookies(header: str) -> Iterator[str]:
    for line in header.splitlines():
        value = line.partition(";")[0].partition("=")[2].strip().strip('"')
        if len(value) >= SHORTEST:
            yield value
