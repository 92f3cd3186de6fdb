"""Which build gave an answer. Pure."""

from __future__ import annotations

import re
from html import unescape

from smoke.answers.exchange import Exchange
from smoke.answers.page_rules import BuildSource
from smoke.answers.soundness import is_json, kind_of

ATTRIBUTE = r"""\b{}\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))"""
TAG = re.compile(r"<meta\b[^>]*>", re.IGNORECASE)
NAMED = re.compile(ATTRIBUTE.format("name"), re.IGNORECASE)
CONTENT = re.compile(ATTRIBUTE.format("content"), re.IGNORECASE)


def build_of(source: BuildSource, exchange: Exchange) -> str | None:
    """Return the build that an answer shows, by header, meta tag or JSON, in this order; None: it shows none."""
    if source.header and (told := exchange.header(source.header)):
        return told.strip()
    kind = kind_of(exchange)
    if source.meta and kind in {"text/html", "application/xhtml+xml"}:
        return _by_meta(source.meta, exchange.text)
    if source.json and is_json(kind):
        return _by_json(source.json, exchange)
    return None


def _by_meta(name: str, html: str) -> str | None:
    for tag in TAG.findall(html):
        if _value(NAMED, tag) == name and (content := _value(CONTENT, tag)):
            return content
    return None


def _value(attribute: re.Pattern[str], tag: str) -> str | None:
    found = attribute.search(tag)
    return unescape(next(group for group in found.groups() if group is not None)).strip() if found else None


def _by_json(path: str, exchange: Exchange) -> str | None:
    told = exchange.at(path)
    return str(told) if isinstance(told, (str, int)) and not isinstance(told, bool) and told != "" else None
