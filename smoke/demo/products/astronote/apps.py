"""Puts the three parts together; they meet in the database and in the accounts."""

from __future__ import annotations

import asyncio
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from smoke.demo.assets import Assets
from smoke.demo.credentials import Credentials
from smoke.demo.kit import errors
from smoke.demo.products.astronote import tables
from smoke.demo.products.astronote.campaign_api import CampaignApi
from smoke.demo.products.astronote.campaigns import Campaigns
from smoke.demo.products.astronote.health import Health
from smoke.demo.products.astronote.jobs import Jobs
from smoke.demo.products.astronote.merchants import sign_in
from smoke.demo.products.astronote.pages import Pages
from smoke.demo.products.astronote.rendering import Renderer
from smoke.demo.products.astronote.retail_api import RetailApi
from smoke.demo.products.astronote.shopify_api import ShopifyApi
from smoke.demo.products.astronote.shortener import Shortener
from smoke.demo.products.astronote.worker import Worker
from smoke.demo.services import Services

_LARGEST_BODY = 64 * 1024


def build_web(services: Services, credentials: Credentials) -> ASGIApp:
    """Tables and account of Astronote, and its pages."""
    tables.prepare(services, credentials)
    assets = Assets(Path(__file__).parent / "static")
    renderer = Renderer(services, assets)

    async def failure(request: Request, error: Exception) -> Response:
        if isinstance(error, HTTPException):
            return renderer.failure(request, error.status_code, error.detail)
        return renderer.failure(request, 500, "Something went wrong")

    return Starlette(
        routes=[*Pages(services, renderer).routes(), *assets.routes()],
        exception_handlers={HTTPException: failure, Exception: failure},
        max_body_size=_LARGEST_BODY,
    )


def build_shopify(services: Services, _credentials: Credentials) -> ASGIApp:
    """The API behind the Shopify area; its worker starts with it and ends with the process."""
    jobs, campaigns = Jobs(services.store), Campaigns(services.store)
    worker, merchants = Worker(jobs, campaigns, services.breaks), sign_in(services)
    app = _api(
        [
            *Health(services, jobs, worker).shopify_routes(),
            *merchants.routes(),
            *ShopifyApi(merchants, services.cache, campaigns).routes(),
            *CampaignApi(merchants, campaigns, jobs).routes(),
            *Shortener(services.store).routes(),
        ]
    )
    app.state.worker = asyncio.get_running_loop().create_task(worker.run())
    return app


def build_retail(services: Services, _credentials: Credentials) -> ASGIApp:
    """The API behind the retail area."""
    health = Health(services, Jobs(services.store), worker=None)
    merchants = sign_in(services)
    return _api([*health.retail_routes(), *merchants.routes(), *RetailApi(merchants, services.store).routes()])


def _api(routes: list[BaseRoute]) -> Starlette:
    return Starlette(
        routes=routes,
        exception_handlers=errors.handlers(),  # type: ignore[arg-type]
        max_body_size=_LARGEST_BODY,
    )
