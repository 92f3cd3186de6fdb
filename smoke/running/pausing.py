"""Lets a person look at the page of a journey that went wrong, before it is gone."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import suppress
from dataclasses import dataclass

import pytest
from playwright.sync_api import Error

from smoke.judging.retry import RetryPolicy
from smoke.running.record import Record
from smoke.running.session import Session
from smoke.running.stash import CHECK, JOURNEY, RECORD
from smoke.running.watchdog import Limit


def pause_on_failure(session: Session, limit: Limit, tell: Callable[[str], None]) -> None:
    """Have ``session`` wait at each failure of a journey, for as long as somebody looks, and try nothing again."""
    session.retry = RetryPolicy(attempts=1)
    session.plugins.append(Pausing(session, limit, tell))


@dataclass(eq=False, slots=True)
class Pausing:
    """Opens Playwright's inspector once a journey is judged and its evidence is kept: what follows changes neither."""

    session: Session
    limit: Limit
    tell: Callable[[str], None]

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, None, None]:
        """Wait where a journey failed, around everything else that is done about it."""
        try:
            return (yield)
        except (KeyboardInterrupt, pytest.exit.Exception, pytest.skip.Exception):
            raise
        except BaseException:
            journey = item.stash.get(JOURNEY, None)
            if journey is not None and journey.context.pages and self.session.interruption is None:
                record = item.stash[RECORD]
                self.tell(f"paused at {item.stash[CHECK].id}: {'; '.join(each.rule for each in record.findings)}")
                self.tell("  resume in Playwright's inspector, close the window, or press Ctrl-C")
                self._wait(journey.context.pages[-1].pause, record)
            raise

    def _wait(self, pause: Callable[[], None], record: Record) -> None:
        """Wait for ``pause`` on nobody's time."""
        begun = self.limit.clock()
        with self.limit.lifted(), suppress(Error):  # a window that was closed is nothing to pause any more
            pause()
        paused = self.limit.clock() - begun
        record.waited_s += paused
        self.session.broker.ends += paused
