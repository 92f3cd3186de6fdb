"""Reading requests: tokens, JSON bodies, and the way back after a login."""

from __future__ import annotations

import json
import re
from urllib.parse import urlsplit

from starlette.requests import Request

AUTH_COOKIE = "auth_token"
REFRESH_COOKIE = "refresh_token"

_LOCAL_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


class BadRequestError(Exception):
    """The body is not what the call takes; the message says why."""


def access_token(request: Request) -> str | None:
    """The access token of a request: from its Authorization header, else from its cookie."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else request.cookies.get(AUTH_COOKIE)


async def json_object(request: Request) -> dict[str, object]:
    """The body as a JSON object.

    Raises:
        BadRequestError: It is something else.
    """
    try:
        body = json.loads(await request.body())
    except ValueError as error:
        raise BadRequestError("body: must be JSON") from error
    if not isinstance(body, dict):
        raise BadRequestError("body: must be an object")
    return body


def text_of(body: dict[str, object], key: str, longest: int) -> str:
    """A text in the body that is not blank.

    Raises:
        BadRequestError: It is missing, not a string, blank, or longer than ``longest`` characters.
    """
    value = body.get(key)
    if not isinstance(value, str) or not value.strip() or len(value) > longest:
        raise BadRequestError(f"{key}: must be a text of 1 to {longest} characters")
    return value


def local_path(target: str | None) -> str:
    """Where to go after a login: ``target`` if it is a path on this site, else the homepage."""
    if target is None or not _LOCAL_PATH.fullmatch(target):
        return "/"
    parts = urlsplit(target)
    return "/" if parts.scheme or parts.netloc or parts.path == "/login" else target
