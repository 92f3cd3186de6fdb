"""Faults of the cookies that signing in sets, and signing out takes away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from smoke.answers.exchange import Exchange
from smoke.proof.catalogue.answers import ASSERTION
from smoke.proof.fault import Act
from smoke.proof.journey_fault import JourneyFault, Recorded, implied, signs_out


@implied
def _cookies(recorded: Recorded) -> Iterator[JourneyFault]:
    signed = [each for each in recorded.exchanges if recorded.signs_in(each.request)]
    for name, expect in recorded.guarded.items():
        if not any(_sets(each, name) for each in signed):
            continue
        yield JourneyFault(name=f"cookie-missing {name}", about=recorded.signs_in, act=_without(name), blames=ASSERTION)
        if expect.http_only:
            act = _with_attribute(name, "HttpOnly", "")
            yield JourneyFault(name=f"cookie-for-scripts {name}", about=recorded.signs_in, act=act, blames=ASSERTION)
        if expect.same_site in ("Lax", "Strict"):
            act = _with_attribute(name, "SameSite", "; SameSite=None; Secure")
            yield JourneyFault(name=f"cookie-for-others {name}", about=recorded.signs_in, act=act, blames=ASSERTION)
        if any(_sets(each, name) for each in recorded.exchanges if signs_out(each.request)):
            left = f"cookie-left-after-logout {name}"
            yield JourneyFault(name=left, about=signs_out, act=_without(name), blames=ASSERTION)


def _sets(good: Exchange, name: str) -> bool:
    return any(_is(header, name) for header in good.headers)


def _is(header: tuple[str, str], name: str) -> bool:
    return header[0].lower() == "set-cookie" and header[1].startswith(f"{name}=")


def _without(name: str) -> Act:
    def act(good: Exchange, _number: int) -> Exchange:
        return replace(good, headers=tuple(header for header in good.headers if not _is(header, name)))

    return act


def _with_attribute(name: str, attribute: str, other: str) -> Act:
    pattern = re.compile(rf";\s*{attribute}(=[^;]*)?", re.IGNORECASE)

    def act(good: Exchange, _number: int) -> Exchange:
        return replace(
            good,
            headers=tuple(
                (header[0], pattern.sub(other, header[1])) if _is(header, name) else header for header in good.headers
            ),
        )

    return act
