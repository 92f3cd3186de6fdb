"""Real servers, started once for all tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from smoke.demo.options import Contract, DemoOptions
from smoke.demo.process import start
from tests.demo.client import Client, Demo


@pytest.fixture(scope="session")
def demo() -> Iterator[Demo]:
    """The planned contract, shared by every test that leaves it as it was."""
    with start(DemoOptions(build="build-7", version="9.8.7")) as process:
        yield Demo(process)


@pytest.fixture(scope="session")
def as_built() -> Iterator[Demo]:
    """What the product does today."""
    with start(DemoOptions(contract=Contract.AS_BUILT)) as process:
        yield Demo(process)


@pytest.fixture(scope="session")
def spare() -> Iterator[Demo]:
    """A server whose basic account may be locked and whose budget is small."""
    with start(DemoOptions(rate_limit=60)) as process:
        yield Demo(process)


@pytest.fixture
def visitor(demo: Demo) -> Client:
    """Somebody without a session."""
    return demo.visitor()


@pytest.fixture
def member(demo: Demo) -> Client:
    """Somebody who is signed in with the basic account."""
    return demo.login()


@pytest.fixture(scope="session")
def breakable() -> Iterator[Demo]:
    """A server for tests that break it and repair it."""
    with start() as process:
        yield Demo(process)
