"""Puts the product together."""

from __future__ import annotations

from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.types import ASGIApp

from smoke.demo.credentials import Credentials
from smoke.demo.kit.errors import handlers
from smoke.demo.kit.landing import Landing
from smoke.demo.kit.openapi import Description
from smoke.demo.kit.sign_in import SignIn, add_accounts
from smoke.demo.products.mosaic import migrations
from smoke.demo.products.mosaic.analytics import Analytics
from smoke.demo.products.mosaic.deployment_api import DeploymentApi
from smoke.demo.products.mosaic.match_api import MatchApi
from smoke.demo.products.mosaic.matching import LIBRARY, Matcher
from smoke.demo.products.mosaic.monitoring import Metrics, MonitoringApi
from smoke.demo.services import Services

DOMAIN = "mosaic.example"
_LARGEST_BODY = 64 * 1024
_LONGEST_QUESTION = 200


def build(services: Services, credentials: Credentials) -> ASGIApp:
    """Tables, accounts and routes of Mosaic."""
    migrations.apply(services.store)
    add_accounts(services, credentials, DOMAIN, {"smoke-test": "member"})
    matcher, analytics = Matcher(LIBRARY), Analytics(services.store)
    sign_in = SignIn(services, prefix="/auth", domain=DOMAIN, scopes={"member": ["match", "analytics:read"]})
    metrics = Metrics()
    routes = [
        *DeploymentApi(services).routes(),
        *MatchApi(sign_in, matcher, analytics).routes(),
        *MonitoringApi(metrics).routes(),
        *sign_in.routes(),
    ]
    metrics.know(route.path for route in routes)

    def home(request: Request) -> dict[str, object]:
        question = request.query_params.get("q", "")[:_LONGEST_QUESTION].strip()
        return {"question": question, "matches": matcher.match(question, 3) if question else []}

    landing = Landing(Path(__file__).parent, services.options, home)
    app = Starlette(
        routes=[*routes, *Description("Mosaic", services.options.version, routes).routes(), *landing.routes()],
        exception_handlers=handlers(),  # type: ignore[arg-type]
        max_body_size=_LARGEST_BODY,
    )
    return metrics.counting(app)
