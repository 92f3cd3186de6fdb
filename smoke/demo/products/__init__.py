"""The products that one process serves, each on a port of its own, with accounts and sessions in common."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from smoke.demo.credentials import Credentials
    from smoke.demo.services import Services

    Build = Callable[[Services, Credentials], ASGIApp]


def _from(package: str, function: str = "build") -> Build:
    """Import a product when it is built, so that nobody waits for one that is not served."""

    def build(services: Services, credentials: Credentials) -> ASGIApp:
        builder: Build = getattr(importlib.import_module(f"{__name__}.{package}"), function)
        return builder(services, credentials)

    return build


PRODUCTS: Mapping[str, Build] = {
    "betterprompts": _from("betterprompts"),
    "astronote": _from("astronote", "build_web"),
    "astronote-shopify": _from("astronote", "build_shopify"),
    "astronote-retail": _from("astronote", "build_retail"),
    "deltacrown": _from("deltacrown"),
    "deltacrown-flags-on": _from("deltacrown", "build_flags_on"),
    "mosaic": _from("mosaic"),
}
"""What creates tables, accounts and routes, by the name of the suite, or ``suite-name`` for a further part of it.
The first one is behind SMOKE_BASE_URL. Adding a product is one entry."""


def suite_of(product: str) -> str:
    """The suite that a product belongs to."""
    return product.partition("-")[0]


def served(suites: Collection[str]) -> Mapping[str, Build]:
    """The products of these suites; of all, if none is named."""
    return {name: build for name, build in PRODUCTS.items() if not suites or suite_of(name) in suites}
