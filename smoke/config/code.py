"""Python of a project that is read and never run."""

from __future__ import annotations

import ast
from pathlib import Path

from smoke.config.places import below
from smoke.config.problems import ConfigError, Problem


def parsed(path: Path, root: Path) -> ast.Module:
    """Read a Python file; raises ConfigError if it is none."""
    try:
        return ast.parse(path.read_text(encoding="utf-8"), path.name)
    except (OSError, SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", 0) or 0
        raise ConfigError([Problem(below(root, path), line, "", f"cannot be read: {error}")]) from error
