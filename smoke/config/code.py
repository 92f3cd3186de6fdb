"""Python of a project that is read and never run."""

from __future__ import annotations

import ast
import traceback
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from smoke.config.paths import below
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
    except SyntaxError as error:
        raise ConfigError([Problem(below(root, path), error.lineno or 0, "", _told(error))]) from error
    except (OSError, ValueError) as error:
        raise ConfigError([Problem(below(root, path), 0, "", f"cannot be read: {error}")]) from error


def _told(error: SyntaxError) -> str:
    """Say what is wrong as Python does: below it the line, and a mark at the place."""
    lines = "".join(traceback.format_exception_only(error)).splitlines()
    marked = [line for line in lines[:-1] if not line.lstrip().startswith("File ")]
    return "\n".join([f"cannot be read: {lines[-1]}", *marked])


@lru_cache(RECENT)
def _understood(text: str, name: str) -> Code:
    tree = ast.parse(text, name)
    return Code(tree, tuple(ast.walk(tree)))
