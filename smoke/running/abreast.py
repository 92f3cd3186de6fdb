"""pytest, made to have several tests under way on one thread, each in a greenlet of its own.

pytest knows one test at a time in three places: what is set up, what a fixture returned, and which test the
environment names. Here each is kept by test. Scopes wider than a test are shared and end with the last that needs them.
"""

from __future__ import annotations

import asyncio
import copy
import dataclasses
import os
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import greenlet
import pytest
from _pytest.fixtures import FixtureDef, SubRequest
from _pytest.nodes import Node
from _pytest.runner import SetupState
from _pytest.scope import Scope
from playwright._impl import _assertions
from pytest_playwright import pytest_playwright

NAMED = "PYTEST_CURRENT_TEST"


def prepare(session: pytest.Session, wait: Callable[[Coroutine[Any, Any, object]], object]) -> None:
    """Let the tests of ``session`` run abreast; call once, after collection.

    ``wait`` lets the other tests go on until something has come.
    """
    session._setupstate = setup = SharedSetup(session.items)
    session.config.pluginmanager.register(setup)
    manager = session._fixturemanager
    own, found = OwnFixtures(wait), manager.getfixturedefs
    manager.getfixturedefs = lambda argname, node: own.of(found(argname, node), node)  # type: ignore[method-assign]
    for item in session.items:
        if isinstance(item, pytest.Function):
            info = item._fixtureinfo
            defs = {name: own.of(each, item) or () for name, each in info.name2fixturedefs.items()}
            item._fixtureinfo = dataclasses.replace(info, name2fixturedefs=defs)
            item._initrequest()
    _assertions._soft_errors = SoftErrors()  # type: ignore[assignment]
    pytest_playwright._soft_scope = soft_scope  # type: ignore[attr-defined]
    for plugin in session.config.pluginmanager.get_plugins():
        if (reporter := getattr(plugin, "allure_logger", None)) is not None:
            reporter._items = ItemsByTest()


_soft: ContextVar[list[AssertionError]] = ContextVar("_soft")


class SoftErrors:
    """Where Playwright puts what ``expect.soft`` missed: into the list of the test that expected it."""

    def append(self, error: AssertionError) -> None:
        """Keep ``error`` for the test of this greenlet."""
        _soft.get().append(error)


@contextmanager
def soft_scope() -> Iterator[list[AssertionError]]:
    """Yield the list for one test, in place of Playwright's own, which knows one test at a time."""
    errors: list[AssertionError] = []
    _soft.set(errors)
    yield errors


class SharedSetup(SetupState):
    """What is set up for all tests that are under way."""

    def __init__(self, items: Iterable[pytest.Item]) -> None:
        super().__init__()
        self._ahead = set(items)
        self._mine: dict[greenlet.greenlet, pytest.Item] = {}

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Iterator[None]:
        """Note whose turn it is before anything can skip ``item`` or keep it out: it is torn down all the same."""
        self._mine[greenlet.getcurrent()] = item
        return (yield)

    def setup(self, item: pytest.Item) -> None:
        """Set up what ``item`` needs and nobody has yet; raises what an earlier set-up of that raised."""
        for node in item.listchain():
            if node not in self.stack:
                self.stack[node] = ([node.teardown], None)
                try:
                    node.setup()
                except (Exception, pytest.fail.Exception, pytest.skip.Exception, pytest.exit.Exception) as error:
                    self.stack[node] = (self.stack[node][0], (error, error.__traceback__))
                    raise
            elif (failed := self.stack[node][1]) is not None:
                raise failed[0].with_traceback(failed[1])

    def teardown_exact(self, nextitem: pytest.Item | None) -> None:
        """Tear down this greenlet's test and what it alone needed; at the end of the session, everything.

        With its parent as ``nextitem`` it is tried again: what it needs stays. Raises what tearing down raised, as a
        group if it was more.
        """
        item = self._mine.pop(greenlet.getcurrent(), None)
        if item is None:
            self._ahead.clear()
        elif nextitem is None:
            self._ahead.discard(item)
        needed = {node for each in self._ahead for node in each.listchain()} - {item}
        errors = [error for node in reversed(list(self.stack)) if node not in needed for error in self._finalized(node)]
        os.environ[NAMED] = ""  # pytest takes it away next, and so may another test have done
        if len(errors) == 1:
            raise errors[0]
        if errors:
            raise BaseExceptionGroup("errors during test teardown", errors[::-1])

    def _finalized(self, node: Node) -> Iterator[BaseException]:
        finalizers, _ = self.stack.pop(node, ([], None))  # another greenlet may be about it already
        while finalizers:
            try:
                finalizers.pop()()
            except (Exception, pytest.fail.Exception, pytest.skip.Exception) as error:  # noqa: BLE001 - all are raised
                yield error


class OwnFixtures:
    """Fixtures of a test's scope, each with a value for every test that asks; wider ones are set up once for all."""

    def __init__(self, wait: Callable[[Coroutine[Any, Any, object]], object]) -> None:
        self._own: dict[tuple[FixtureDef[Any], Node], FixtureDef[Any]] = {}
        self._wider: dict[FixtureDef[Any], OneAtATime] = {}
        self._wait = wait

    def of(self, defs: Sequence[FixtureDef[Any]] | None, node: Node) -> Sequence[FixtureDef[Any]] | None:
        """Return ``defs`` as ``node`` may use them beside others."""
        return None if defs is None else [self._one(each, node) for each in defs]

    def _one(self, shared: FixtureDef[Any], node: Node) -> FixtureDef[Any]:
        if shared in self._own.values():
            return shared
        if shared._scope is not Scope.Function:
            if shared not in self._wider:
                self._wider[shared] = in_turn = OneAtATime(shared.execute, self._wait)
                shared.execute = in_turn  # type: ignore[method-assign]
            return shared
        if (shared, node) not in self._own:
            own = self._own[shared, node] = copy.copy(shared)
            own._finalizers = []  # type: ignore[misc]
        return self._own[shared, node]


@dataclasses.dataclass(eq=False)
class OneAtATime:
    """Sets a fixture up for whoever asks first, and lets others wait for that: pytest takes a second set-up amiss."""

    execute: Callable[[SubRequest], Any]
    wait: Callable[[Coroutine[Any, Any, object]], object]
    _who: greenlet.greenlet | None = None
    _done: asyncio.Event = dataclasses.field(default_factory=asyncio.Event)

    def __call__(self, request: SubRequest) -> Any:
        """Return the fixture's value, or raise what its set-up raised."""
        if self._who is greenlet.getcurrent():
            return self.execute(request)  # it asks for itself, which pytest refuses
        while self._who is not None:
            self.wait(self._done.wait())
        self._who, done = greenlet.getcurrent(), asyncio.Event()
        self._done = done
        try:
            return self.execute(request)
        finally:
            self._who = None
            done.set()


class ItemsByTest:
    """What Allure has under way: found by its id from anywhere, in order only within the greenlet that began it."""

    def __init__(self) -> None:
        self._items: dict[object, tuple[greenlet.greenlet, Any]] = {}

    def __setitem__(self, key: object, value: Any) -> None:
        self._items[key] = (greenlet.getcurrent(), value)

    def __getitem__(self, key: object) -> Any:
        return self._items[key][1]

    def __iter__(self) -> Iterator[object]:
        mine = greenlet.getcurrent()
        return iter([key for key, (owner, _) in self._items.items() if owner is mine])

    def __reversed__(self) -> Iterator[object]:
        return reversed(list(self))

    def get(self, key: object) -> Any:
        """Return what ``key`` names, None if nothing does."""
        return self._items.get(key, (None, None))[1]

    def pop(self, key: object) -> Any:
        """Forget what ``key`` names, and return it."""
        return self._items.pop(key)[1]

    def cleanup(self) -> None:
        """Allure asks for it when a test ends: nothing is left then."""
