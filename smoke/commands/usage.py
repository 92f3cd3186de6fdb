"""A parser of command lines that says what a mistyped word was probably meant to be."""

from __future__ import annotations

import argparse
import difflib
import re
from typing import Any, NoReturn

CHOICE = re.compile(r"invalid choice: '(?P<said>[^']*)' \(choose from (?P<known>.*)\)")


class _Actions(argparse._SubParsersAction):  # type: ignore[type-arg]  # is generic for mypy alone
    def add_parser(self, name: str, *, help: str, **more: Any) -> Any:  # type: ignore[override]  # noqa: A002
        described = {"description": f"{help[0].upper()}{help[1:]}.", **more}
        return super().add_parser(name, help=help, **described)


class Parser(argparse.ArgumentParser):
    """As argparse's; its sub-commands have parsers of the same class, which begin by what the list of them says."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.register("action", "parsers", _Actions)

    def error(self, message: str) -> NoReturn:
        """Print usage and ``message``, and end with exit code 2."""
        super().error(message + _meant(message))


def _meant(message: str) -> str:
    if (found := CHOICE.search(message)) is None:
        return ""
    close = difflib.get_close_matches(found["said"], re.findall(r"[\w-]+", found["known"]), 1)
    return f"; did you mean {close[0]!r}?" if close else ""
