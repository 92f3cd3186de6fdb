"""Finds the names of what a suite's journeys measure, by reading their files."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from smoke.answers.page_rules import PAGE_BUDGETS
from smoke.config.code import Code, parsed
from smoke.config.paths import python_files
from smoke.config.problems import ConfigError

METHODS = {"measured": 0, "measure_page": 1}
"""Methods of a journey that measure, and the position of the name among their arguments."""
BY_HAND = "measurements"
"""Attribute that a journey appends to where neither method serves."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What journeys measure, as far as their text says."""

    names: frozenset[str]
    beginnings: tuple[str, ...]
    """What a name that is made while the journey runs begins with; empty: nothing is known of it."""

    def may_hold(self, name: str) -> bool:
        """Tell whether a journey measures ``name``, or might."""
        return name in self.names or name.startswith(self.beginnings)


def measured(root: Path, suite: str) -> Measured:
    """Return the names of all measurements that the journeys of ``suite`` take."""
    names: set[str] = set()
    beginnings: set[str] = set()
    for path in python_files(root, suite):
        try:
            code = parsed(path, root)
        except ConfigError:
            beginnings.add("")
            continue
        for method, argument in _uses(code):
            beginning, whole = _text(argument)
            if not whole:
                beginnings.add(beginning)
            elif method == "measured":
                names.add(beginning)
            else:
                names |= {f"{beginning}.{timing}" for timing in PAGE_BUDGETS}
    return Measured(frozenset(names), tuple(beginnings))


def _uses(code: Code) -> Iterator[tuple[str, ast.expr | None]]:
    """Yield every use of a measuring method with the name that it is given; None where that is not to be seen."""
    calls = {node.func: node for node in code.nodes if isinstance(node, ast.Call)}
    for node in code.nodes:
        if isinstance(node, ast.Attribute) and node.attr in {*METHODS, BY_HAND}:
            yield node.attr, _name(calls.get(node), node.attr)


def _name(call: ast.Call | None, method: str) -> ast.expr | None:
    if call is None or method not in METHODS:
        return None
    named = [keyword.value for keyword in call.keywords if keyword.arg == "name"]
    return next(iter([*named, *call.args[METHODS[method] :]]), None)


def _text(node: ast.expr | None) -> tuple[str, bool]:
    """Return what a text begins with, and whether that is all of it."""
    match node:
        case ast.Constant(value=str(text)):
            return text, True
        case ast.JoinedStr(values=[ast.Constant(value=str(text)), *_]):
            return text, False
        case _:
            return "", False
