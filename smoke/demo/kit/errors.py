"""One error envelope for every refusal: ``{"error": {"code", "message", "details"}}``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response


class ApiError(Exception):
    """A request that is refused, and what its sender is told."""

    def __init__(self, status: int, code: str, message: str, details: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.details = status, code, message, tuple(details)


def envelope(
    status: int, code: str, message: str, details: Sequence[str] = (), headers: Mapping[str, str] | None = None
) -> Response:
    """The reply to a request that is refused; its keys are the same for every status."""
    error = {"code": code, "message": message, "details": list(details)}
    return JSONResponse({"error": error}, status, headers)


def handlers() -> dict[object, object]:
    """For ``Starlette(exception_handlers=…)``: whatever goes wrong is told in the envelope."""

    async def refused(_request: Request, error: ApiError) -> Response:
        return envelope(error.status, error.code, error.message, error.details)

    async def http(_request: Request, error: HTTPException) -> Response:
        code = HTTPStatus(error.status_code).phrase.lower().replace(" ", "_")
        return envelope(error.status_code, code, error.detail, headers=error.headers)

    async def crash(_request: Request, _error: Exception) -> Response:
        return envelope(500, "internal_server_error", "Internal Server Error")

    return {ApiError: refused, HTTPException: http, Exception: crash}
