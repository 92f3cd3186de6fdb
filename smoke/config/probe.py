"""The shape of a probe in checks.yaml, and of the login that probes share."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Annotated, Any

from annotated_types import Len

from smoke.config.strict import Strict
from smoke.model import Category, Permit, Scope
from smoke.probing.shapes import Counter, Eventually, Expect, Preflight

REQUEST = r"(GET|HEAD|OPTIONS|POST|PUT|PATCH|DELETE|WS) /\S*"
WRITES = ("POST", "PUT", "PATCH", "DELETE")
Text = Annotated[str, Len(1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Login(Strict):
    """How a probe with an account gets the token that it sends as ``Authorization: Bearer``."""

    request: str
    """``POST /auth/login``."""
    body: dict[str, Any]
    """``{user}`` and ``{password}`` are filled in."""
    token: str
    """JSON path of the token in the answer."""
    base: str | None = None
    """Name of one of the environment's urls."""

    def __post_init__(self) -> None:
        check_request(self.request)


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe(Strict):
    """One check over HTTP."""

    id: Annotated[str, Len(3)]
    title: Text
    category: Category
    request: Text
    """Method and path: ``GET /health``; ``WS /path`` for a WebSocket. ``{name}`` is a captured value."""
    expect: Expect
    critical: bool = True
    scope: Scope = Scope.FULL
    contracts: tuple[str, ...] = ()
    base: str | None = None
    """Name of one of the environment's urls; none: base_url."""
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    """A mapping or list is sent as JSON, a text as it is."""
    send: str | None = None
    """Message for a WebSocket."""
    account: str | None = None
    """Smoke account that it is signed in as."""
    permits: tuple[str, ...] = ()
    """Every writing request that it makes, cleanup included; ``*`` stands for one segment of a path."""
    capture: dict[str, str] = field(default_factory=dict)
    """Name to JSON path: kept for later probes."""
    after: tuple[str, ...] = ()
    """Probes that must have passed before."""
    cleanup: str | None = None
    """Sent at the end of the run, whatever happened."""
    preflight: Preflight | None = None
    eventually: Eventually | None = None
    counter: Counter | None = None

    def __post_init__(self) -> None:
        check_id(self.id)
        allowed = [permit(text) for text in self.permits]
        for request in filter(None, (self.request, self.cleanup)):
            check_request(request)
            method, path = request.split(" ", 1)
            if method in WRITES and not any(each.covers(method, path) for each in allowed):
                raise ValueError(f"{request} changes state: name it in permits, if it may")
        if (self.send is not None) != self.request.startswith("WS "):
            raise ValueError("send goes with a WS request, and a WS request with send")
        if (self.preflight is not None) != self.request.startswith("OPTIONS "):
            raise ValueError("preflight goes with an OPTIONS request, and an OPTIONS request with preflight")


def check_request(text: str) -> None:
    """Raise ValueError unless ``text`` is a method and a path."""
    if not re.fullmatch(REQUEST, text):
        raise ValueError(f"request must be a method and a path, such as GET /health; got {text!r}")


def check_id(text: str) -> str:
    """Return ``text`` if it is a check id such as ``login.totp``; raises ValueError."""
    if not re.fullmatch(r"[a-z0-9]+([-_][a-z0-9]+)*(\.[a-z0-9]+([-_][a-z0-9]+)*)+", text):
        raise ValueError(f"a check id is dotted lower-case words such as login.totp; got {text!r}")
    return text


def permit(text: str) -> Permit:
    """Parse ``POST /api/v1/auth/login``; raises ValueError."""
    match = re.fullmatch(r"(POST|PUT|PATCH|DELETE) (/\S*)", text)
    if not match:
        raise ValueError(f"a permit is a writing method and a path, such as POST /login; got {text!r}")
    return Permit(method=match[1], path=match[2])


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecksFile(Strict):
    """checks.yaml: the probes of one suite."""

    probes: tuple[Probe, ...]
