"""What journeys print, and what pytest shows of them: scrubbed."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, cast

import pytest
from _pytest._code.code import TerminalRepr

from smoke.secrets.secret import Scrubber


class Scrubbing:
    """A text stream that writes no known secret to the one behind it."""

    def __init__(self, stream: IO[str], scrubber: Scrubber) -> None:
        self._stream = stream
        self._scrubber = scrubber
        self._begun = ""
        """The line that has no end yet."""

    def write(self, text: str) -> int:
        """Write whole lines; keep what follows until its line ends or is flushed."""
        lines, end, self._begun = (self._begun + text).rpartition("\n")
        if end:
            self._stream.write(self._scrubber.text(lines + end))
        return len(text)

    def writelines(self, lines: list[str]) -> None:
        """Write several texts."""
        self.write("".join(lines))

    def flush(self) -> None:
        """Pass on what was written so far."""
        begun, self._begun = self._begun, ""
        self._stream.write(self._scrubber.text(begun))
        self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def scrub_report(report: pytest.TestReport, scrubber: Scrubber) -> None:
    """Replace known secrets in what was captured, and in tracebacks, their sources and locals included."""
    report.sections = [(name, scrubber.text(text)) for name, text in report.sections]
    report.longrepr = _scrubbed(report.longrepr, scrubber)


def _scrubbed(value: Any, scrubber: Scrubber) -> Any:
    match value:
        case str():
            return scrubber.text(value)
        case list() | tuple() if type(value) in (list, tuple):
            return type(value)(_scrubbed(each, scrubber) for each in value)
        case TerminalRepr():
            for name, each in vars(value).items():
                object.__setattr__(value, name, _scrubbed(each, scrubber))
    return value


@contextmanager
def scrubbed_prints(scrubber: Scrubber) -> Iterator[None]:
    """Let stdout and stderr of this process be such streams."""
    before = sys.stdout, sys.stderr
    ours = tuple(Scrubbing(stream, scrubber) for stream in before)
    sys.stdout, sys.stderr = (cast("IO[str]", each) for each in ours)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before
        for each in ours:
            each.flush()
