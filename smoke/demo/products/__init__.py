"""The products that one process serves, each on a port of its own, with accounts and sessions in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from starlette.types import ASGIApp

from smoke.demo.credentials import Credentials
from smoke.demo.products import astronote, betterprompts, deltacrown, mosaic
from smoke.demo.services import Services

Build = Callable[[Services, Credentials], ASGIApp]
"""Creates the tables, accounts and routes of a product."""

PRODUCTS: Mapping[str, Build] = {
    "betterprompts": betterprompts.build,
    "astronote": astronote.build_web,
    "astronote-shopify": astronote.build_shopify,
    "astronote-retail": astronote.build_retail,
    "deltacrown": deltacrown.build,
    "deltacrown-flags-on": deltacrown.build_flags_on,
    "mosaic": mosaic.build,
}
"""By the name of its suite; the first one is behind SMOKE_BASE_URL. Adding a product is one entry."""
