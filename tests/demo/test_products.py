"""Which products one process serves."""

from __future__ import annotations

import pytest

from smoke.demo.options import DemoOptions
from smoke.demo.process import start
from smoke.demo.products import PRODUCTS, served, suite_of
from tests.demo.client import Client, Demo


def test_everything_is_served_by_default(demo: Demo) -> None:
    """Each product has an address of its own, and something is there."""
    assert list(demo.process.base_urls) == list(PRODUCTS)
    assert len(set(demo.process.base_urls.values())) == len(PRODUCTS)
    for product, url in demo.process.base_urls.items():
        assert Client(url).get("/health").headers["X-Build-ID"] == "build-7", product


@pytest.mark.parametrize("suite", dict.fromkeys(map(suite_of, PRODUCTS)))
def test_suite_is_served_alone_and_whole(suite: str) -> None:
    """A suite that is named gets every product that belongs to it, and no other is started."""
    with start(DemoOptions(suites=frozenset({suite}))) as process:
        assert list(process.base_urls) == [product for product in PRODUCTS if suite_of(product) == suite]
        assert process.environ["SMOKE_BASE_URL"] == process.base_urls[suite]
        assert all(Client(url).get("/nowhere").status == 404 for url in process.base_urls.values())


def test_unknown_suite_serves_nothing() -> None:
    """A name that is no suite does not fall back to all of them."""
    assert served({"no-such-suite"}) == {}
