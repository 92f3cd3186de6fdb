"""Reads what Playwright calls an ARIA snapshot: the roles and names of what a page shows. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

NODE = re.compile(r'(?P<role>[a-z]+)(?: (?P<name>"(?:[^"\\]|\\.)*"))?(?P<states>(?: \[[^\]]*\])*)')
LEVEL = re.compile(r"\[level=(\d)\]")


@dataclass(frozen=True, slots=True)
class Node:
    """Something that has a role."""

    role: str
    name: str
    """Its accessible name; empty: none."""
    level: int | None = None
    """Of a heading."""


def nodes(snapshot: str) -> tuple[Node, ...]:
    """Return everything in ``snapshot``, from top to bottom; raises ValueError if it is none."""
    try:
        return tuple(_nodes(yaml.load(snapshot, Loader=yaml.BaseLoader)))  # noqa: S506 - it makes texts only
    except yaml.YAMLError as error:
        raise ValueError(f"no ARIA snapshot: {error}") from None


def _nodes(data: object) -> Iterator[Node]:
    if isinstance(data, list):
        for each in data:
            yield from _nodes(each)
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from _node(key)
            yield from _nodes(value if isinstance(value, list) else [])
    elif isinstance(data, str):
        yield from _node(data)


def _node(text: str) -> Iterator[Node]:
    found = NODE.fullmatch(text)
    if found and found["role"] != "text":
        level = LEVEL.search(found["states"])
        yield Node(found["role"], json.loads(found["name"] or '""'), int(level[1]) if level else None)
