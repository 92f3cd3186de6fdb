"""The shape of a probe in checks.yaml."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Annotated, Any
from urllib.parse import unquote

from annotated_types import Len

from smoke.answers.paths import check_path
from smoke.answers.shapes import Counter, Eventually, Expect, Preflight
from smoke.model import Category, Scope
from smoke.safety import READS, Permit
from smoke.strict import Strict, Text

REQUEST = r"(GET|HEAD|OPTIONS|POST|PUT|PATCH|DELETE|WS) /\S*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe(Strict):
    """One check over HTTP."""

    id: Annotated[str, Len(3)]
    """Dotted lower-case words such as ``health.root``; history hangs on it."""
    title: Text
    """What is verified, as a sentence for reports."""
    category: Category
    """Which part of a release it answers for."""
    request: Text
    """Method and path: ``GET /health``; ``WS /path`` for a WebSocket. The path is appended to the address.
    ``{name}`` is a captured value, ``{run}`` the id of the run, ``{origin}`` scheme, host and port of base_url."""
    expect: Expect
    """What the answer must be."""
    critical: bool = True
    """Whether its outcome decides the verdict; by default it does."""
    scope: Scope = Scope.FULL
    """``reduced`` also runs at points of reduced scope; by default ``full``."""
    contracts: tuple[str, ...] = ()
    """Runs only in environments with one of these contracts; none: in all."""
    base: str | None = None
    """Name of one of the environment's urls; by default base_url."""
    headers: dict[str, str] = field(default_factory=dict)
    """Request headers; ``{name}`` is filled in as in request."""
    body: Any = None
    """A mapping or list is sent as JSON, a text as it is; ``{name}`` is filled in as in request."""
    send: str | None = None
    """Message for a WebSocket; goes with a WS request."""
    account: str | None = None
    """Smoke account that it is signed in as; needs login in suite.yaml."""
    permits: tuple[str, ...] = ()
    """Every writing request that it makes, cleanup included; ``*`` stands for one segment of a path."""
    repeatable: bool = False
    """Whether these may be made again, after a failure or to measure them. By default what has written is not tried
    again."""
    capture: dict[str, str] = field(default_factory=dict)
    """Name to JSON path in the answer: kept for probes that come after it, and for its cleanup, as ``{name}``."""
    measure: dict[str, str] = field(default_factory=dict)
    """Name to JSON path of a number in the answer: kept as a measurement, such as ``queue_depth: depth``."""
    after: tuple[str, ...] = ()
    """Probes that must have passed before; otherwise this one is NOT_RUN."""
    cleanup: str | None = None
    """Method and path, such as ``DELETE /orders/{order}``: sent at the end of the run, whatever happened."""
    preflight: Preflight | None = None
    """Makes the request a CORS preflight; goes with an OPTIONS request."""
    eventually: Eventually | None = None
    """Asks again until all of expect holds; by default it is asked once."""
    counter: Counter | None = None
    """A number that must move, or stay, across the request."""
    proves: tuple[str, ...] = ()
    """Faults that it must catch beside those that expect implies, such as ``json-missing services.redis``:
    ``smoke prove`` tries them, too."""

    def __post_init__(self) -> None:
        check_id(self.id)
        for path in (*self.capture.values(), *self.measure.values()):
            check_path(path)
        for name in self.measure:
            if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
                raise ValueError(f"measure names a number in lower-case words such as queue_depth; got {name!r}")
        allowed = [Permit.parse(text) for text in self.permits]
        read = self.counter.read if self.counter else None
        for request in filter(None, (self.request, self.cleanup, read)):
            check_request(request)
            method, path = request.split(" ", 1)
            if method not in READS and not any(each.covers(method, path) for each in allowed):
                raise ValueError(f"{request} changes state: name it in permits, if it may")
        if self.repeatable and not self.permits:
            raise ValueError("repeatable goes with permits: what only reads is tried again anyway")
        if self.expect.p95_within_ms is not None and not self.only_reads:
            raise ValueError("p95_within_ms asks several times, so only for GET, HEAD and OPTIONS; use within_ms")
        if (self.send is not None) != self.request.startswith("WS "):
            raise ValueError("send goes with a WS request, and a WS request with send")
        if (self.preflight is not None) != self.request.startswith("OPTIONS "):
            raise ValueError("preflight goes with an OPTIONS request, and an OPTIONS request with preflight")

    @property
    def only_reads(self) -> bool:
        """Whether the request changes nothing (RFC 9110, 9.2.1)."""
        return self.request.partition(" ")[0] in READS

    @property
    def may_be_asked_again(self) -> bool:
        """Whether the request may be sent again, to measure it or after a failure."""
        return self.only_reads or self.repeatable


def close_to(name: str, known: Iterable[str]) -> str:
    """Tell the way out of an unknown ``{name}``: the one that was meant, or all that there are."""
    close = difflib.get_close_matches(name, known, 1)
    return (
        f"did you mean {{{close[0]}}}?" if close else f"it knows {', '.join(f'{{{each}}}' for each in sorted(known))}"
    )


def check_request(text: str) -> None:
    """Raise ValueError unless ``text`` is a method and a path that stays below the address it is appended to."""
    if not re.fullmatch(REQUEST, text):
        raise ValueError(f"request must be a method and a path, such as GET /health; got {text!r}")
    if {".", ".."} & {*unquote(text.partition("?")[0]).split("/")}:
        raise ValueError(f"a path has no . and no .. between its slashes; got {text!r}")


def check_id(text: str) -> str:
    """Return ``text`` if it is a check id such as ``login.totp``; raises ValueError."""
    if not re.fullmatch(r"[a-z0-9]+([-_][a-z0-9]+)*(\.[a-z0-9]+([-_][a-z0-9]+)*)+", text):
        raise ValueError(f"a check id is dotted lower-case words such as login.totp; got {text!r}")
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecksFile(Strict):
    """checks.yaml: the probes of one suite."""

    probes: tuple[Probe, ...]
    """They run side by side, each after those that it names."""
