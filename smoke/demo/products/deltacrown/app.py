"""Puts the product together."""

from __future__ import annotations

from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from smoke.demo.credentials import Credentials
from smoke.demo.kit.errors import handlers
from smoke.demo.kit.landing import Landing
from smoke.demo.kit.openapi import Description
from smoke.demo.kit.sign_in import SignIn, add_accounts
from smoke.demo.products.deltacrown import economy, live, moderation, shop
from smoke.demo.products.deltacrown.admin_api import AdminApi
from smoke.demo.products.deltacrown.economy import Economy
from smoke.demo.products.deltacrown.health_api import HealthApi
from smoke.demo.products.deltacrown.moderation import Flags, Moderation, ModerationApi
from smoke.demo.products.deltacrown.perf import Perf
from smoke.demo.products.deltacrown.shop import CATALOGUE, Shop, ShopApi
from smoke.demo.products.deltacrown.transactions_api import TransactionsApi
from smoke.demo.products.deltacrown.wallet_api import WalletApi
from smoke.demo.services import Services

DOMAIN = "deltacrown.example"
PEOPLE = {"smoke-test-player": "player", "smoke-test-banned": "player", "smoke-test-auditor": "auditor"}
SCOPES = {"player": ["wallet", "shop"], "auditor": ["admin:read", "perf"]}
_LARGEST_BODY = 64 * 1024


def build(services: Services, credentials: Credentials) -> ASGIApp:
    """DeltaCrown as it is deployed: every enforcement flag is off."""
    return _build(services, credentials, Flags())


def build_flags_on(services: Services, credentials: Credentials) -> ASGIApp:
    """The same application with the same data, and enforcement on."""
    return _build(services, credentials, Flags(purchase_enforcement=True, observability=True))


def _build(services: Services, credentials: Credentials, flags: Flags) -> ASGIApp:
    services.store.create(economy.SCHEMA + moderation.SCHEMA + shop.SCHEMA)
    ledger, rules, orders = Economy(services.store), Moderation(services.store, flags), Shop(services.store)
    people = add_accounts(services, credentials, DOMAIN, PEOPLE)
    ledger.add_samples(people["smoke-test-player"].id)
    ledger.add_samples(people["smoke-test-banned"].id)
    orders.add_samples(people["smoke-test-player"].id)
    rules.ban(people["smoke-test-banned"].id, "dedicated to smoke tests")
    sign_in = SignIn(services, prefix="/api/auth", domain=DOMAIN, scopes=SCOPES)
    routes: list[BaseRoute] = [
        *HealthApi(services).routes(),
        *sign_in.routes(),
        *WalletApi(sign_in, ledger).routes(),
        *TransactionsApi(sign_in, ledger).routes(),
        *ShopApi(sign_in, ledger, orders, rules).routes(),
        *ModerationApi(sign_in, rules).routes(),
        *AdminApi(services, sign_in, orders, rules).routes(),
        *Perf(sign_in, ledger).routes(),
        *live.routes(),
    ]
    landing = Landing(Path(__file__).parent, services.options, lambda _request: _home(services, flags))
    return Starlette(
        routes=[*landing.routes(), *Description("DeltaCrown", services.options.version, routes).routes(), *routes],
        exception_handlers=handlers(),  # type: ignore[arg-type]
        max_body_size=_LARGEST_BODY,
    )


def _home(services: Services, flags: Flags) -> dict[str, object]:
    return {"items": CATALOGUE, "flags": flags, "works": services.health()["status"] == "healthy"}
