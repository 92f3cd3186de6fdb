"""Several journeys at once in one browser, on one thread: while one waits for its page, another goes on.

Each worker is a greenlet, as Playwright's sync API is made of: whoever waits for the browser gives way.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import FrameType
from typing import TYPE_CHECKING

import greenlet
import pytest
from playwright.sync_api import Error

from smoke.model import Check
from smoke.planning.turns import at_first, next_of, one_more
from smoke.running.launch import load_last
from smoke.running.room import Idleness, cores, free_mb
from smoke.running.session import Session
from smoke.running.stash import CHECK

if TYPE_CHECKING:
    from playwright.sync_api import Browser

LOOK_S = 0.2
"""Between two looks at whether there is room for one more."""
FIRST_PAGES_S = 0.8
"""What follows the last check is not loaded before: the first pages need the interpreter then."""
ENDING_S = 5.0
STOPPED_BY = (signal.SIGINT, signal.SIGTERM)


@dataclass(eq=False, slots=True)
class Worker:
    """Runs one journey after the other."""

    done: asyncio.Future[None]
    body: greenlet.greenlet | None = None
    error: BaseException | None = None


@dataclass(slots=True)
class Crew:
    """The workers of one run."""

    session: Session
    browser: Browser
    waiting: Sequence[pytest.Item]
    _running: list[pytest.Item] = field(default_factory=list)
    _workers: list[Worker] = field(default_factory=list)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)
    """Set, and replaced, whenever somebody may go on who had to wait for an account."""
    _accounts: asyncio.Future[None] | None = None
    """Done when every account is this run's."""

    def work(self) -> None:
        """Run all journeys; raises what stopped one of them, KeyboardInterrupt above all."""
        loop, idleness = self.browser._loop, Idleness()
        self.waiting = list(self.waiting)
        self._accounts = loop.run_in_executor(None, self.session.broker.prepare)
        self._accounts.add_done_callback(lambda _: self._tell())
        with self._interruptible():
            try:
                for _ in range(self._at_first()):
                    self._hire()
                loop.call_later(FIRST_PAGES_S, load_last, () if self.session.drill else self.session.loads_last)
                while pending := [each.done for each in self._workers if not each.done.done()]:
                    self.browser._sync(asyncio.wait(pending, timeout=LOOK_S, return_when=asyncio.FIRST_COMPLETED))
                    self._raise_errors()
                    if self._has_work() and self._has_room(idleness.share()):
                        self._hire()
                self._raise_errors()
            except Error as gone:
                self._finish_without_driver(gone)
            except BaseException:
                self._stop()
                raise

    def _at_first(self) -> int:
        most = self.session.workers or len(self.waiting)
        if self.session.drill:
            return most  # what is bound to fail waits most of its time
        return min(most, at_first(int(cores()), free_mb(), len(self.waiting)))

    def _has_work(self) -> bool:
        return self._next() is not None

    def _next(self) -> Check | None:
        beside = [] if self.session.drill else self._checks(self._running)
        return next_of(self._checks(self.waiting), beside, self.session.took)

    def _has_room(self, idle: float) -> bool:
        count = sum(not each.done.done() for each in self._workers)
        return count < (self.session.workers or count + 1) and one_more(count, idle, free_mb())

    def _hire(self) -> None:
        """Let one more worker begin; when this returns, its journey waits for the first time."""
        worker = Worker(self.browser._loop.create_future())
        self._workers.append(worker)

        def begin() -> None:
            worker.body = greenlet.greenlet(lambda: self._serve(worker))
            worker.body.switch()

        # From the event loop, not from here: what a greenlet waits for is resumed in the one that began it.
        self.browser._loop.call_soon(begin)
        self.browser._sync(asyncio.sleep(0))

    def _serve(self, worker: Worker) -> None:
        try:
            while (item := self._turn()) is not None:
                self._running.append(item)
                try:
                    item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
                finally:
                    self._running.remove(item)
                    self._tell()
        except BaseException as error:  # noqa: BLE001 - raised again by whoever waits for the crew
            worker.error = error
        finally:
            worker.done.set_result(None)

    def _turn(self) -> pytest.Item | None:
        """Return the journey whose turn it is, once there is one; None if there is no more work."""
        while self.waiting and not self._is_stopping():
            check = self._next()
            if check is not None:
                item = next(each for each in self.waiting if each.stash[CHECK] is check)
                self.waiting = [each for each in self.waiting if each is not item]
                self.session.spares.more = bool(self.waiting)
                return item
            self.browser._sync(self._changed.wait())
        return None

    def _is_stopping(self) -> bool:
        tests = self.waiting[0].session
        return bool(tests.shouldstop or tests.shouldfail or self.session.interruption)

    def _checks(self, items: Sequence[pytest.Item]) -> list[Check]:
        ready = self._accounts is None or self._accounts.done()
        checks = [item.stash[CHECK] for item in items]
        return checks if ready else [check for check in checks if check.account is None]

    def _tell(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    def _raise_errors(self) -> None:
        for each in self._workers:
            if each.error is not None:
                raise each.error

    def _finish_without_driver(self, gone: Error) -> None:
        """Let every journey meet the end of the driver: nobody else wakes those that wait for it."""
        for each in self._workers:
            if each.body is not None and not each.body.dead:
                each.body.throw(gone)
        for item in self.waiting:
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)

    def _stop(self) -> None:
        """End every worker where it waits."""
        left = [each for each in self._workers if each.body and not each.done.done()]
        for each in left:
            self.browser._loop.call_soon(each.body.throw, KeyboardInterrupt())  # type: ignore[union-attr]
        if left:
            with suppress(Error):  # a driver that is gone by now must not hide what stopped us
                self.browser._sync(asyncio.wait([each.done for each in left], timeout=ENDING_S))

    @contextmanager
    def _interruptible(self) -> Iterator[None]:
        """Let Ctrl-C and SIGTERM interrupt this greenlet, whichever runs, but never what waits for the browser."""
        mine, waits = greenlet.getcurrent(), self.browser._dispatcher_fiber

        def interrupt(_signum: int, _frame: FrameType | None) -> None:
            if greenlet.getcurrent() is not waits:
                raise KeyboardInterrupt
            self.browser._loop.call_soon_threadsafe(mine.throw, KeyboardInterrupt())

        before = {number: signal.signal(number, interrupt) for number in STOPPED_BY}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
