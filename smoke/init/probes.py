"""Makes probes of what an application answered. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from smoke.init.seen import Answered
from smoke.init.spot import is_steady
from smoke.init.usual import DESCRIPTIONS, HEALTH, NOWHERE

WELL = frozenset({"ok", "healthy", "up", "pass", "passing", "ready", "alive", "live", "green", "pong"})
STATES = ("status", "state", "health", "ok", "healthy")
SHORT = 60
WITHIN_MS = 3000


def probes(answers: Sequence[Answered], title: str) -> Iterator[dict[str, Any]]:
    """Yield entries of checks.yaml; ``title`` is that of the start page."""
    by_path = {each.path: each for each in answers}
    nowhere = by_path.get(NOWHERE)
    if (start := by_path.get("/")) is not None:
        yield from _start(start, title)
    if nowhere is not None and nowhere.status == 404:
        yield _probe(nowhere, "missing.page", "A page that does not exist is a 404", "critical-paths", {})
    if nowhere is None or nowhere.status == 200:
        return  # it answers everything: nothing can be told from an answer
    for each in answers:
        if each.path in HEALTH and each.status == 200 and (told := _told(each)) is not None:
            name = re.sub(r"[^a-z0-9]+", "-", each.path.lower()).strip("-")
            yield _probe(each, f"health.{name}", f"GET {each.path} says that it is well", "api-health", told)
    for each in answers:
        if each.path in DESCRIPTIONS and isinstance(each.json, dict) and {"openapi", "swagger"} & each.json.keys():
            key = "openapi" if "openapi" in each.json else "swagger"
            told = {"json": {key: {"type": "string"}, "paths": {"type": "object"}}}
            yield _probe(each, "api.description", "The API describes itself", "api-health", told)
            return


def _start(start: Answered, title: str) -> Iterator[dict[str, Any]]:
    if start.location and 300 <= start.status < 400:
        to = re.sub(r"https?://[^/]+", "", start.location.partition("?")[0])
        told: dict[str, Any] = {"redirects_to": rf".*{re.escape(to)}(\?.*)?"}
        yield _probe(start, "homepage.answer", "The address leads to the start page", "critical-paths", told)
    elif start.status == 200:
        steady = is_steady(title) and title in start.body
        told = {"contains": [title]} if steady else {}
        yield _probe(start, "homepage.answer", "The homepage is served", "critical-paths", told)


def _told(answer: Answered) -> dict[str, Any] | None:
    """Return what an answer tells of health; None if it tells nothing."""
    if isinstance(answer.json, dict) and answer.json:
        said = {key: answer.json[key] for key in STATES if _is_well(answer.json.get(key))}
        kept = {key: {"equals": value} for key, value in said.items()} or {next(iter(answer.json)): {}}
        return {"json": {key: value for key, value in kept.items() if re.fullmatch(r"\w+", key)}}
    text = answer.body.strip()
    if answer.media_type == "text/html" and len(text) > SHORT:
        return None  # a page for people, of whatever kind
    first = re.match(r"[A-Za-z]+", text)
    return {"contains": [first[0]]} if first and first[0].lower() in WELL else {}


def _is_well(value: object) -> bool:
    return value is True or (isinstance(value, str) and value.lower() in WELL)


def _probe(answer: Answered, name: str, title: str, category: str, told: dict[str, Any]) -> dict[str, Any]:
    expect: dict[str, Any] = {} if "redirects_to" in told else {"status": answer.status}
    expect["within_ms"] = WITHIN_MS
    if answer.media_type and "redirects_to" not in told:
        expect["content_type"] = answer.media_type
    return {
        "id": name,
        "title": title,
        "category": category,
        "scope": "reduced",
        "request": f"GET {answer.path}",
        "expect": {**expect, **told},
    }
