"""Finds the journeys of a suite by reading their files, without running them.

The plan must know what should run before pytest says what it could collect: a journey that is
written but not collected is then seen to be missing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

from smoke.config.code import Code, parsed
from smoke.config.probe import check_id
from smoke.config.problems import ConfigError, Problem
from smoke.model import Category, Check, CheckKind, Scope
from smoke.safety import Permit

Function = ast.FunctionDef | ast.AsyncFunctionDef
Choice = TypeVar("Choice", bound=StrEnum)


def journeys(root: Path, suite: str) -> tuple[Check, ...]:
    """Return the journeys below ``e2e/<suite>``; raises ConfigError with all that is wrong in them."""
    found: list[Check] = []
    problems: list[Problem] = []
    for path in sorted((root / "e2e" / suite).rglob("test_*.py")):
        file = path.relative_to(root).as_posix()
        try:
            code = parsed(path, root)
        except ConfigError as error:
            problems += error.problems
            continue
        for function in _tests(code):
            try:
                found.append(_journey(function, file))
            except ValueError as error:
                problems.append(Problem(file, function.lineno, function.name, str(error)))
    if problems:
        raise ConfigError(problems)
    return tuple(found)


def _tests(code: Code) -> Iterator[Function]:
    for node in code.nodes:
        if isinstance(node, Function) and (node.name.startswith("test_") or any(map(_is_check, node.decorator_list))):
            yield node


def _journey(function: Function, file: str) -> Check:
    if isinstance(function, ast.AsyncFunctionDef):
        raise ValueError("is async; journeys are plain functions and use Playwright's synchronous API")
    if not function.name.startswith("test_"):
        raise ValueError("is a check that would never run: rename it to test_…")
    call = next((node for node in function.decorator_list if _is_check(node)), None)
    if not isinstance(call, ast.Call):
        raise ValueError('needs @check("some.id", category=…): every journey is a check with an id')
    if len(call.args) != 1:
        raise ValueError("@check takes the id first, and everything else by name")
    given = {keyword.arg: _literal(keyword.value) for keyword in call.keywords}
    unknown = set(given) - {"category", "critical", "scope", "contracts", "permits", "repeatable", "account", "proves"}
    if unknown:
        raise ValueError(f"@check does not know {', '.join(sorted(map(str, unknown)))}")
    title = (ast.get_docstring(function) or "").partition("\n")[0]
    if not title:
        raise ValueError("needs a docstring: its first line is the title in every report")
    account, critical = given.get("account"), _yes_or_no("critical", given.get("critical", True))
    permits, repeatable = _words(given.get("permits", ())), _yes_or_no("repeatable", given.get("repeatable", False))
    if repeatable and not permits:
        raise ValueError("repeatable goes with permits: what only reads is tried again anyway")
    return Check(
        id=check_id(str(_literal(call.args[0]))),
        title=title.rstrip("."),
        category=_choice("category", Category, given.get("category")),
        kind=CheckKind.JOURNEY,
        critical=critical,
        scope=_choice("scope", Scope, given.get("scope", Scope.FULL)),
        source=f"{file}:{function.lineno}",
        contracts=_words(given.get("contracts", ())),
        permits=tuple(map(Permit.parse, permits)),
        repeatable=repeatable,
        account=str(account) if account is not None else None,
        proves=_words(given.get("proves", ())),
    )


def _is_check(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "check"


def _literal(node: ast.expr) -> object:
    try:
        return ast.literal_eval(node)
    except ValueError:
        raise ValueError("the arguments of @check are literals, so that they can be read without running") from None


def _choice(name: str, choices: type[Choice], value: object) -> Choice:
    if value not in list(choices):
        raise ValueError(f"{name} is one of {', '.join(choices)}; got {value!r}")
    return choices(str(value))


def _yes_or_no(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{name} is True or False; got {value!r}")
    return value


def _words(value: object) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)):
        raise ValueError(f"@check takes a list here; got {value!r}")
    return tuple(map(str, value))
