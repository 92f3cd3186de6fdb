"""Finds code of a project that would swallow what its journeys assert: such a journey passes whatever it sees."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from smoke.config.code import parsed
from smoke.config.paths import below, python_files
from smoke.config.problems import ConfigError, Problem

TOO_WIDE = {"AssertionError", "Exception", "BaseException"}
ENDS = {"fail", "skip", "exit", "xfail"}
"""Functions of pytest that raise."""
TRIES = tuple(getattr(ast, name) for name in ("Try", "TryStar") if hasattr(ast, name))
NESTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
WAY_OUT = "catch what you expect by its own class (LookupError, playwright's TimeoutError), or raise again"


def swallowed(root: Path, suite: str) -> Iterator[Problem]:
    """Yield every place in the journeys and pages of ``suite`` at which a failed assertion would be lost."""
    for path in python_files(root, suite):
        try:
            code = parsed(path, root)
        except ConfigError:
            continue  # told by whoever looks for journeys, or when the file is imported
        for node in code.nodes:
            for line, what in _found(node):
                yield Problem(below(root, path), line, "", f"{what} would swallow a failed assertion: {WAY_OUT}")


def _found(node: ast.AST) -> Iterator[tuple[int, str]]:
    if isinstance(node, TRIES):
        for handler in node.handlers:
            if (caught := _too_wide(handler.type)) and not _raises(handler.body):
                yield handler.lineno, caught if handler.type is None else f"except {caught}"
        yield from ((each.lineno, f"{_word(each)} in finally") for each in _leaving(node.finalbody))
    elif isinstance(node, ast.Call) and _name(node.func) in {"suppress", "raises"}:
        for caught in map(_too_wide, node.args):
            if caught:
                yield node.lineno, f"{_name(node.func)}({caught})"


def _too_wide(kind: ast.expr | None) -> str | None:
    """Return how the classes that are caught are written, if an AssertionError is among them."""
    if kind is None:
        return "a bare except"
    classes = kind.elts if isinstance(kind, ast.Tuple) else [kind]
    return ast.unparse(kind) if any(_name(each) in TOO_WIDE for each in classes) else None


def _raises(body: list[ast.stmt]) -> bool:
    """Tell whether a handler always ends by raising something."""
    return _is_end(body[-1]) and not any(_leaving(body))


def _is_end(last: ast.stmt) -> bool:
    match last:
        case ast.Raise():
            return True
        case ast.Expr(value=ast.Call(func=called)):
            return _name(called) in ENDS
        case _:
            return False


def _leaving(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield what leaves ``body`` without an exception; a function that is defined in it does not."""
    todo: list[ast.AST] = list(body)
    while todo:
        node = todo.pop()
        if isinstance(node, (ast.Return, ast.Break, ast.Continue)):
            yield node
        elif not isinstance(node, NESTED):
            todo += ast.iter_child_nodes(node)


def _word(node: ast.stmt) -> str:
    return type(node).__name__.lower()


def _name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""
