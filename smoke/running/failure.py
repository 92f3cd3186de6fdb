"""Turns an exception into something that may be shown, and into evidence."""

from __future__ import annotations

from smoke.blame import Failure
from smoke.firewall import scrubbed
from smoke.secret import Scrubber


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


def failure_of(error: BaseException) -> Failure:
    """Describe ``error`` for the judge of blame."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return Failure(
        type_name=type(error).__name__,
        message=str(error),
        is_assertion=isinstance(error, AssertionError) or _is_pytest_fail(error),
        is_playwright=type(error).__module__.startswith("playwright."),
    )


def _is_pytest_fail(error: BaseException) -> bool:
    import pytest

    return isinstance(error, pytest.fail.Exception) and not isinstance(error, pytest.xfail.Exception)
