"""The base of everything that YAML is read into."""

from __future__ import annotations

import re
from typing import Any, ClassVar


class Strict:
    """Base of every shape: a key that the shape does not know is an error, never ignored."""

    __pydantic_config__: ClassVar[Any] = {"extra": "forbid"}


def check_pattern(pattern: str) -> None:
    """Raise ValueError unless ``pattern`` is a regular expression."""
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is not a regular expression: {error}") from None
