"""Reads what ``playwright codegen --target python-pytest`` wrote. Pure."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

PAGE = re.compile(r"page\d*")
NAMED_BY = ("get_by_label", "get_by_placeholder", "get_by_text", "get_by_alt_text", "get_by_title", "get_by_test_id")


class Kind(StrEnum):
    """What a user did, or expected."""

    GO = "go"
    FILL = "fill"
    """What was typed or chosen is not kept: it may be a secret."""
    ACT = "act"
    """A click, a key, and all else that is done to an element."""
    ANSWER = "answer"
    """What is done with a dialog of the browser."""
    EXPECT = "expect"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One line of a recording."""

    kind: Kind
    page: str
    """The page that it happened on: ``page``, ``page1`` for one that opened, and so on."""
    locator: str = ""
    """In Python, of a page called ``page``; empty: the page itself."""
    role: str = ""
    name: str = ""
    """What a user calls the element; empty: the locator does not say."""
    method: str = ""
    """Of Playwright, such as ``click`` or ``to_be_visible``."""
    arguments: str = ""
    """In Python, as they were written; of a FILL none."""


TYPED = {
    "to_have_value": "to_have_value",
    "to_have_values": "to_have_values",
    "to_match_aria_snapshot": "to_be_visible",
}
"""Expectations that hold what was typed, and what becomes of them without it."""
FILLS = frozenset({"fill", "type", "press_sequentially", "select_option", "set_input_files"})


def acts(text: str) -> tuple[Act, ...]:
    """Return what was recorded, in order; raises ValueError if ``text`` is no Python."""
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        raise ValueError(f"line {error.lineno} is no Python: was it written by another target than python?") from None
    return tuple(_simple(list(_acts(tree))))


def _acts(tree: ast.AST) -> Iterator[Act]:
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.Expr(value=ast.Call(func=ast.Attribute() as function) as call):
                yield from _act(function, call)
            case ast.With() | ast.FunctionDef():
                yield from _acts(node)


def _act(function: ast.Attribute, call: ast.Call) -> Iterator[Act]:
    method, owner = function.attr, function.value
    arguments = _double_quoted(", ".join(map(ast.unparse, [*call.args, *call.keywords])))
    if isinstance(owner, ast.Call) and isinstance(owner.func, ast.Name) and owner.func.id == "expect" and owner.args:
        said = "" if method in TYPED else arguments
        yield from _on(owner.args[0], Kind.EXPECT, TYPED.get(method, method), said)
    elif isinstance(owner, ast.Name) and PAGE.fullmatch(owner.id):
        if method == "goto":
            yield Act(kind=Kind.GO, page=owner.id, method=method, arguments=arguments)
        elif method == "once":
            yield Act(kind=Kind.ANSWER, page=owner.id, method=method, arguments=arguments)
    elif method in FILLS:
        yield from _on(owner, Kind.FILL, method, "")
    else:
        yield from _on(owner, Kind.ACT, method, arguments)


def _on(owner: ast.expr, kind: Kind, method: str, arguments: str) -> Iterator[Act]:
    root = next((node for node in ast.walk(owner) if isinstance(node, ast.Name) and PAGE.fullmatch(node.id)), None)
    if root is None:
        return
    page, root.id = root.id, "page"
    role, name = _called(owner)
    locator = "" if isinstance(owner, ast.Name) else _double_quoted(ast.unparse(owner))
    yield Act(kind=kind, page=page, locator=locator, role=role, name=name, method=method, arguments=arguments)


def _called(owner: ast.expr) -> tuple[str, str]:
    """Return role and name of the innermost element that a locator tells of."""
    for node in ast.walk(owner):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            said = [each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
            if node.func.attr == "get_by_role" and said:
                name = next((each.value for each in node.keywords if each.arg == "name"), None)
                return said[0], str(name.value) if isinstance(name, ast.Constant) else ""
            if node.func.attr in NAMED_BY and said:
                return "", said[0]
    return "", ""


def _double_quoted(code: str) -> str:
    """Write the texts of an expression as this project does, where that is the same."""
    return re.sub(r"'([^'\"\\]*)'", r'"\1"', code)


def _simple(every: list[Act]) -> Iterator[Act]:
    """Leave out what typing takes: the click into a field, the way to the next, and all but the last text."""
    for index, act in enumerate(every):
        following = every[index + 1] if index + 1 < len(every) else None
        is_retyped = following and following.kind is Kind.FILL and following.locator == act.locator
        into_field = act.kind is Kind.FILL or act.method in {"click", "dblclick", "press"}
        if is_retyped and into_field:
            continue
        if act.method == "press" and act.arguments in {'"Tab"', '"CapsLock"', '"Shift"'}:
            continue
        yield act
