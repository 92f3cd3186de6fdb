"""A parser of command lines that says what a mistyped word was probably meant to be."""

from __future__ import annotations

import argparse
import difflib
import re
from typing import NoReturn

CHOICE = re.compile(r"invalid choice: '(?P<said>[^']*)' \(choose from (?P<known>.*)\)")


class Parser(argparse.ArgumentParser):
    """As argparse's; its sub-commands have parsers of the same class."""

    def error(self, message: str) -> NoReturn:
        """Print usage and ``message``, and end with exit code 2."""
        super().error(message + _meant(message))


def _meant(message: str) -> str:
    if (found := CHOICE.search(message)) is None:
        return ""
    close = difflib.get_close_matches(found["said"], re.findall(r"[\w-]+", found["known"]), 1)
    return f"; did you mean {close[0]!r}?" if close else ""
