"""Puts the product together."""

from __future__ import annotations

import threading
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp

from smoke.demo.assets import Assets
from smoke.demo.credentials import Credentials
from smoke.demo.products.betterprompts import history as saved
from smoke.demo.products.betterprompts.auth_api import AuthApi
from smoke.demo.products.betterprompts.health_api import HealthApi
from smoke.demo.products.betterprompts.pages import Pages
from smoke.demo.products.betterprompts.prompt_api import PromptApi
from smoke.demo.products.betterprompts.rendering import Renderer
from smoke.demo.products.betterprompts.requests import BadRequestError
from smoke.demo.services import Services

_LARGEST_BODY = 64 * 1024


def build(services: Services, credentials: Credentials) -> ASGIApp:
    """Tables, accounts and routes of BetterPrompts."""
    services.store.create(saved.SCHEMA)
    history = saved.History(services.store)
    _add_accounts(services, history, credentials)
    assets = Assets(Path(__file__).parent / "static")
    renderer = Renderer(services, assets)
    threading.Thread(target=renderer.warm, daemon=True).start()
    return Starlette(
        routes=[
            *Pages(services, history, renderer).routes(),
            *AuthApi(services).routes(),
            *PromptApi(services, history).routes(),
            *HealthApi(services, history).routes(),
            *assets.routes(),
        ],
        exception_handlers=_failures(renderer),  # type: ignore[arg-type]
        max_body_size=_LARGEST_BODY,
    )


def _add_accounts(services: Services, history: saved.History, credentials: Credentials) -> None:
    domain = "betterprompts.com"
    people = (
        ("smoke-test-basic", "Bea Basic", "basic", None),
        ("smoke-test-premium", "Prem Premium", "premium", credentials.totp_secret),
    )
    for name, full_name, role, secret in people:
        user = services.accounts.add(
            email=f"{name}@{domain}",
            name=full_name,
            role=role,
            password_hash=credentials.password_hash(),
            totp_secret=secret,
        )
        history.add_samples(user.id)


def _failures(renderer: Renderer) -> dict[object, object]:
    async def http(request: Request, error: HTTPException) -> Response:
        return renderer.failure(request, error.status_code, error.detail)

    async def bad_request(_request: Request, error: BadRequestError) -> Response:
        return JSONResponse({"error": "Invalid request body", "details": str(error)}, 400)

    async def crash(request: Request, _error: Exception) -> Response:
        return renderer.failure(request, 500, "Internal server error")

    return {HTTPException: http, BadRequestError: bad_request, Exception: crash}
