"""Faults of cookies: not set, or without the attributes that keep them safe."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from smoke.answers.exchange import Exchange
from smoke.answers.shapes import CookieExpect, Secure
from smoke.config.probe import Probe
from smoke.proof.catalogue.answers import ASSERTION
from smoke.proof.fault import Act, Fault, implied_by


def cookie(name: str, change: Callable[[str], str | None]) -> Act:
    """Return what answers with the Set-Cookie of ``name`` changed; None: without it."""

    def act(good: Exchange, _number: int) -> Exchange:
        headers = []
        for key, value in good.headers:
            mine = key.lower() == "set-cookie" and value.partition("=")[0].strip() == name
            if (said := change(value) if mine else value) is not None:
                headers.append((key, said))
        return replace(good, headers=tuple(headers))

    return act


def without(attribute: str) -> Callable[[str], str]:
    """Return the change that takes one attribute away."""
    return lambda said: re.sub(rf"(?i)\s*;\s*{attribute}(=[^;]*)?(?=;|$)", "", said)


@implied_by("cookies")
def _cookies(expected: dict[str, CookieExpect], _probe: Probe) -> Iterator[Fault]:
    for name, rule in expected.items():
        yield _fault("cookie-missing", name, lambda _said: None)
        if rule.http_only:
            yield _fault("cookie-without-httponly", name, without("HttpOnly"))
        if rule.same_site is not None:
            yield _fault("cookie-without-samesite", name, without("SameSite"))
        if rule.secure is Secure.ALWAYS:
            yield _fault("cookie-without-secure", name, without("Secure"))


def _fault(kind: str, name: str, change: Callable[[str], str | None]) -> Fault:
    return Fault(name=f"{kind} {name}", act=cookie(name, change), blames=ASSERTION)
