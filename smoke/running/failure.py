"""Turns an exception into something that may be shown, and into evidence."""

from __future__ import annotations

from pathlib import Path
from traceback import extract_tb

from smoke.accounts.errors import AccountUnavailableError
from smoke.judging.blame import BadAnswer, Failure, judge_failure
from smoke.judging.waits import Wait
from smoke.observation import Finding
from smoke.secrets.firewall import scrubbed
from smoke.secrets.secret import Scrubber

THEIRS = ("e2e", "page_objects")
"""Where the people who watch a product write code."""
MACHINERY = {"_pytest", "pluggy"}
"""Packages that run it."""


def scrub_exception(error: BaseException, scrubber: Scrubber) -> None:
    """Replace known secrets in every text that ``error``, its causes and its group members carry."""
    todo: list[BaseException] = [error]
    seen: set[int] = set()
    while todo:
        each = todo.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        each.args = scrubbed(each.args, scrubber)
        for name, value in vars(each).items():
            setattr(each, name, scrubbed(value, scrubber))
        todo += [linked for linked in (each.__cause__, each.__context__) if linked is not None]
        if isinstance(each, BaseExceptionGroup):
            todo += each.exceptions


def finding_of(error: BaseException, answers: tuple[BadAnswer, ...] = (), waits: tuple[Wait, ...] = ()) -> Finding:
    """Turn an exception that ended an attempt into a finding, with bad or late answers as its cause."""
    if isinstance(error, AccountUnavailableError):
        return error.finding
    return judge_failure(failure_of(error), answers, waits)


def failure_of(error: BaseException) -> Failure:
    """Describe ``error`` for the judge of blame."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    unreadable = _is_unreadable(error)
    return Failure(
        type_name=type(error).__name__,
        message=f"the answer can be read as JSON or text, but {error}" if unreadable else str(error),
        is_assertion=_is_assertion(error) or _is_pytest_fail(error) or unreadable,
        is_playwright=type(error).__module__.startswith("playwright."),
        where=_where(error),
    )


def _where(error: BaseException) -> str | None:
    """Return file and line of the last frame that belongs to a journey or to a page object."""
    for frame in reversed(extract_tb(error.__traceback__)):
        parts = Path(frame.filename).parts
        for folder in THEIRS:
            if folder in parts:
                return f"{'/'.join(parts[parts.index(folder) :])}:{frame.lineno}"
    return None


def _is_unreadable(error: BaseException) -> bool:
    """Tell whether an answer of the target was to be JSON, or text, and is not."""
    if not isinstance(error, ValueError):
        return False
    frames = [(Path(frame.filename).parts[-3:-1], frame.name) for frame in extract_tb(error.__traceback__)]
    return any(place == ("playwright", "_impl") and name in {"json", "text"} for place, name in frames)


def _is_assertion(error: BaseException) -> bool:
    """Tell whether somebody looked, and saw something else; what pytest expects of itself says nothing of a target."""
    if not isinstance(error, AssertionError):
        return False
    frames = extract_tb(error.__traceback__)
    return not (frames and MACHINERY.intersection(Path(frames[-1].filename).parts))


def _is_pytest_fail(error: BaseException) -> bool:
    import pytest

    return isinstance(error, pytest.fail.Exception) and not isinstance(error, pytest.xfail.Exception)
