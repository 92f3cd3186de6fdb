"""Finds imports of a suite's journeys and pages that would fail, without running any of them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from smoke.config.code import parsed
from smoke.config.paths import CODE, below, python_files
from smoke.config.problems import ConfigError, Problem

Import = ast.Import | ast.ImportFrom


def broken_imports(root: Path, suite: str) -> Iterator[Problem]:
    """Yield every import of a module, or of a name in one, that the project does not hold."""
    for path in python_files(root, suite):
        try:
            code = parsed(path, root)
        except ConfigError as error:
            yield from error.problems
            continue
        for node in code.nodes:
            if isinstance(node, Import):
                for text in _broken(root, node, path.relative_to(root).parent.parts):
                    yield Problem(below(root, path), node.lineno, "import", text)


def _broken(root: Path, node: Import, package: tuple[str, ...]) -> Iterator[str]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield from _missing(root, tuple(alias.name.split(".")), ())
        return
    above = package[: len(package) - node.level + 1] if node.level else ()
    module = (*above, *(node.module.split(".") if node.module else ()))
    yield from _missing(root, module, tuple(alias.name for alias in node.names if alias.name != "*"))


def _missing(root: Path, module: tuple[str, ...], names: tuple[str, ...]) -> Iterator[str]:
    if module[:1] not in {(folder,) for folder in CODE}:
        return
    place = root.joinpath(*module)
    file = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
    if not (place.is_dir() or file.exists()):
        yield f"there is no module {'.'.join(module)}; it would be {below(root, file)}"
        return
    known = _names(file, root)
    for name in names:
        if known is not None and name not in known and not _is_module(place / name):
            yield f"{below(root, file)} holds no {name}"


def _is_module(place: Path) -> bool:
    return place.is_dir() or place.with_suffix(".py").exists()


def _names(file: Path, root: Path) -> set[str] | None:
    """Return what ``file`` defines; None where only running it would tell."""
    if not file.exists():
        return set()
    try:
        tree = parsed(file, root).tree
    except ConfigError:
        return None
    bound = {name for node in _outside_functions(tree) for name in _bound(node)}
    return None if {"*", "__getattr__"} & bound else bound


def _outside_functions(tree: ast.Module) -> Iterator[ast.AST]:
    todo: list[ast.AST] = [*tree.body]
    while todo:
        node = todo.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            todo.extend(ast.iter_child_nodes(node))


def _bound(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Name(id=name, ctx=ast.Store()):
            yield name
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            yield from (alias.asname or alias.name.partition(".")[0] for alias in names)
