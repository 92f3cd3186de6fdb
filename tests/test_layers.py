"""The middle stays pure, pages stay free of assertions, and nobody sleeps: read from the code, not from intentions."""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.support.pure import PURE, file_of

ROOT = Path(__file__).parents[1]
EFFECTS = {
    "pytest",
    "_pytest",
    "playwright",
    "httpcore",
    "socket",
    "asyncio",
    "threading",
    "subprocess",
    "time",
    "random",
}
CLOCKS = {"now", "utcnow", "today", "perf_counter", "monotonic"}


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), path.name)


def imports(tree: ast.Module) -> Iterator[str]:
    """Every module that may be imported when this one is used, lazily or not; type checkers' imports do not count."""
    todo: list[ast.AST] = [tree]
    while todo:
        match todo.pop():
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                continue
            case ast.Import(names=names):
                yield from (name.name for name in names)
            case ast.ImportFrom(module=module, names=names, level=0):
                yield str(module)
                yield from (f"{module}.{name.name}" for name in names)
            case ast.ImportFrom():
                raise AssertionError("imports are absolute, so that this check can follow them")
            case node:
                todo.extend(ast.iter_child_nodes(node))


@cache
def imports_of(path: Path) -> tuple[str, ...]:
    return tuple(imports(tree_of(path)))


def packages_of(module: str) -> Iterator[str]:
    """The packages that are imported on the way to ``module``."""
    while module := module.rpartition(".")[0]:
        yield module


def reached(module: str) -> dict[str, str]:
    """Everything that ``module`` imports, directly or through other modules of ours, with who imports it."""
    found: dict[str, str] = {}
    todo = [module]
    while todo:
        importer = todo.pop()
        path = file_of(importer)
        for name in imports_of(path) if path else ():
            if name not in found and name != module:
                found[name] = importer
                todo += [name, *packages_of(name)]
    return found


def python_files(*folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def calls(path: Path) -> Iterator[ast.Attribute]:
    """Every ``something.name(…)`` of a file."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func


def at(path: Path, node: ast.stmt | ast.expr) -> str:
    return f"{path.relative_to(ROOT)}:{node.lineno}"


@pytest.mark.parametrize("module", PURE)
def test_the_pure_middle_reaches_no_effect(module: str) -> None:
    """Neither a browser, a network, a test runner nor a clock is reached from the middle, not even through others."""
    assert file_of(module), f"{module} is where this list says"
    assert importlib.util.find_spec(module)
    effects = {name: importer for name, importer in reached(module).items() if name.split(".")[0] in EFFECTS}
    assert effects == {}


@pytest.mark.parametrize("module", PURE)
def test_the_pure_middle_never_asks_what_time_it_is(module: str) -> None:
    """Dates are handed in: what the middle says can be replayed over history."""
    path = file_of(module)
    assert path
    assert [at(path, call) for call in calls(path) if call.attr in CLOCKS] == []


def room_of(module: str) -> str:
    """The folder below ``smoke/`` that a module of ours lives in; empty for one that stands beside them."""
    parts = module.split(".")
    return parts[1] if parts[0] == "smoke" and len(parts) > 1 and (ROOT / "smoke" / parts[1]).is_dir() else ""


def test_rooms_know_each_other_one_way() -> None:
    """Of two rooms one is below the other. Only what checks declare (``proves``) is known to the catalogue alone."""
    known: dict[tuple[str, str], set[str]] = {}
    for path in python_files("smoke"):
        mine = room_of(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for name in imports_of(path):
            if mine and (other := room_of(name)) and other != mine:
                known.setdefault((mine, other), set()).add(f"{path.relative_to(ROOT)}: {name}")
    both = {pair: sorted(known[pair]) for pair in known if pair[::-1] in known}
    both.pop(("proof", "config"))
    assert both.pop(("config", "proof")) == [
        "smoke/config/references.py: smoke.proof.declared",
        "smoke/config/references.py: smoke.proof.declared.undeclarable",
    ]
    assert both == {}


def test_imports_are_followed_to_the_rim() -> None:
    """The check above can fail: a module that does send requests is seen to reach the network and the clock."""
    found = reached("smoke.probing.reference")
    assert found["httpcore"] == "smoke.probing.client"
    assert {"asyncio", "time"} <= found.keys()


@pytest.mark.parametrize(
    "path", python_files("smoke", "e2e", "page_objects"), ids=lambda path: str(path.relative_to(ROOT))
)
def test_nobody_sleeps(path: Path) -> None:
    """Waiting for time instead of an effect is slow on a good day and wrong on a bad one."""
    sleeps = [
        at(path, call)
        for call in calls(path)
        if call.attr == "wait_for_timeout" or (call.attr == "sleep" and ast.unparse(call.value) == "time")
    ]
    assert sleeps == [], "wait for the effect: expect(locator).to_be_visible(), page.wait_for_url() or an Event"
    assert "time.sleep" not in set(imports_of(path)), "time.sleep is not imported by its name either"


@pytest.mark.parametrize("path", python_files("page_objects"), ids=lambda path: str(path.relative_to(ROOT)))
def test_pages_do_not_judge(path: Path) -> None:
    """A page offers what a user can do; whether that is right is for the journey to say."""
    assert [at(path, node) for node in ast.walk(tree_of(path)) if isinstance(node, ast.Assert)] == []


@pytest.mark.parametrize("path", python_files("e2e", "page_objects"), ids=lambda path: str(path.relative_to(ROOT)))
def test_journeys_do_not_know_the_embedded_application(path: Path) -> None:
    """What runs against the embedded application runs against any deployment."""
    known = [name for name in imports_of(path) if f"{name}.".startswith("smoke.demo.")]
    assert known == []
