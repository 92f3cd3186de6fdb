"""Turns an exception into something that may be shown, and into evidence."""

from __future__ import annotations

from typing import Any

from smoke.blame import Failure
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
        each.args = tuple(_clean(value, scrubber) for value in each.args)
        for name, value in vars(each).items():
            setattr(each, name, _clean(value, scrubber))
        todo += [linked for linked in (each.__cause__, each.__context__) if linked is not None]
        if isinstance(each, BaseExceptionGroup):
            todo += each.exceptions


def _clean(value: Any, scrubber: Scrubber) -> Any:
    match value:
        case str():
            return scrubber.text(value)
        case list():
            return [_clean(item, scrubber) for item in value]
        case _:
            return value


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
