"""How a line that is being typed may go on: asked by the shell at each TAB (``smoke completion``)."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import argcomplete

from smoke.config.paths import suites
from smoke.config.problems import ConfigError
from smoke.config.suite import Suite
from smoke.model import Category
from smoke.settings import find_root, resolve


def complete(parser_for: Callable[[str | None], argparse.ArgumentParser]) -> int:
    """Tell the shell, by file descriptor 8, what may follow; ``parser_for`` makes the parser with one command in it."""
    words = os.environ.get("COMP_LINE", "").split()[1:]
    named = words[0] if words else None
    parser = parser_for(named)
    for action in _actions(parser):
        if found := COMPLETERS.get(action.dest):
            action.completer = found  # type: ignore[attr-defined]
    argcomplete.autocomplete(parser)
    return 0


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    for action in parser._actions:
        yield action
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield from _actions(below)


def _suites(**_asked: object) -> Iterable[str]:
    return suites(find_root(Path.cwd()))


def _environments(parsed_args: argparse.Namespace, **_asked: object) -> Iterable[str]:
    suite = _suite(parsed_args)
    return list(suite.about.environments) if suite else ()


def _points(parsed_args: argparse.Namespace, **_asked: object) -> dict[str, str]:
    """Return every point, with its title for shells that show one beside it."""
    suite = _suite(parsed_args)
    return {name: point.title for name, point in suite.points.items()} if suite else {}


def _checks(parsed_args: argparse.Namespace, **_asked: object) -> Iterable[str]:
    """Return every check, and every branch of them."""
    suite = _suite(parsed_args)
    ids = [check.id for check in suite.checks] if suite else []
    return sorted({*ids, *(each.partition(".")[0] for each in ids)})


def _suite(given: argparse.Namespace) -> Suite | None:
    """Read the suite that the line is about; None where that cannot be done: nobody reads complaints at a TAB."""
    from smoke.config.load import load

    try:
        root = find_root(Path.cwd())
        said = {"suite": getattr(given, "suite", None)}
        return load(root, resolve(said, point="local", root=root, environ=os.environ).suite)
    except ConfigError:
        return None


COMPLETERS: dict[str, Callable[..., Iterable[str]]] = {
    "suite": _suites,
    "env": _environments,
    "point": _points,
    "check": _checks,
    "category": lambda **_asked: list(Category),
    "browser": lambda **_asked: ("chromium", "firefox", "webkit"),
}
"""By what argparse calls the value."""
