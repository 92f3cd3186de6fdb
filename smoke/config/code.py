"""Python of a project that is read and never run."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from smoke.config.places import below
from smoke.config.problems import ConfigError, Problem

RECENT = 64
"""Files that are known: several questions are asked about each."""


@dataclass(frozen=True, slots=True)
class Code:
    """A Python file, read."""

    tree: ast.Module
    nodes: tuple[ast.AST, ...]
    """Of the whole tree, what is further up first."""


def parsed(path: Path, root: Path) -> Code:
    """Read a Python file; raises ConfigError if it is none."""
    try:
        return _understood(path.read_text(encoding="utf-8"), path.name)
    except (OSError, SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", 0) or 0
        raise ConfigError([Problem(below(root, path), line, "", f"cannot be read: {error}")]) from error


@lru_cache(RECENT)
def _understood(text: str, name: str) -> Code:
    tree = ast.parse(text, name)
    return Code(tree, tuple(ast.walk(tree)))
