"""What we keep in a Datadog account, as it should be and as it is. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

MANAGED = "managed-by:smoke"
"""The mark of everything that is ours; what does not bear it is never touched."""
Json = Mapping[str, Any]


class Kind(StrEnum):
    """What Datadog knows."""

    MONITOR = "monitor"
    DASHBOARD = "dashboard"
    TEST = "test"


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """One thing as it should be."""

    kind: Kind
    name: str
    """Stable: by it the thing is found again."""
    document: Json
    """What Datadog is sent, with MANAGED and the name in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Existing:
    """One thing of ours as it stands there."""

    kind: Kind
    name: str
    id: str
    document: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Omitted:
    """Something that Datadog has no form for, and why."""

    name: str
    reason: str


def tagged(tags: Sequence[str], key: str) -> str | None:
    """Return what the tag ``key`` says among ``tags``; None where they hold none, or are not of ours."""
    said = [tag.partition(":")[2] for tag in tags if tag.startswith(f"{key}:")]
    return said[0] if said and MANAGED in tags else None
