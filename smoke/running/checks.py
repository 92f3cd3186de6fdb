"""How a journey says which check it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import pytest

Test = TypeVar("Test", bound=Callable[..., None])


def check(
    check_id: str,
    *,
    category: str,
    critical: bool = True,
    scope: str = "full",
    contracts: Sequence[str] = (),
    permits: Sequence[str] = (),
    repeatable: bool = False,
    account: str | None = None,
    proves: Sequence[str] = (),
) -> Callable[[Test], Test]:
    """Declare a test function to be the journey ``check_id``; its docstring's first line is the title.

    The arguments are literals: the plan reads them from the file without running it
    (:mod:`smoke.config.journeys` says what they mean). ``permits`` names the state-changing requests
    that the journey makes, ``repeatable`` says that they may be made again, so that it is tried again as a
    journey that only reads, ``account`` the smoke account that it signs in with, ``proves`` the faults
    that it must catch beside those that follow from what it does (``smoke prove`` tries them).
    """
    mark = pytest.mark.smoke_check(
        check_id,
        category=category,
        critical=critical,
        scope=scope,
        contracts=contracts,
        permits=permits,
        repeatable=repeatable,
        account=account,
        proves=proves,
    )

    def marked(test: Test) -> Test:
        marked_test: Test = mark(test)
        return marked_test

    return marked
