"""Where applications usually answer that they are well, and describe themselves. Pure."""

from __future__ import annotations

HEALTH = (
    "/health",
    "/healthz",
    "/api/health",
    "/api/v1/health",
    "/health/live",
    "/health/ready",
    "/livez",
    "/readyz",
    "/ready",
    "/status",
    "/api/status",
    "/ping",
    "/-/health",
    "/-/healthy",
    "/-/ready",
    "/_health",
    "/actuator/health",
    "/up",
)
DESCRIPTIONS = ("/openapi.json", "/swagger.json", "/api/openapi.json", "/api/v1/openapi.json", "/v3/api-docs")
NOWHERE = "/smoke-asks-for-a-page-that-is-not-there"
