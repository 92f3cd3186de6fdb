"""How the cookies that an answer sets are judged (RFC 6265bis). Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from smoke.answers.exchange import Exchange
from smoke.answers.judges import assertion, expectation
from smoke.answers.shapes import CookieExpect, Secure
from smoke.observation import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class CookieView:
    """A first-party cookie, as a browser holds it."""

    name: str
    http_only: bool
    secure: bool
    same_site: str


def cookies_set(exchange: Exchange) -> Iterator[CookieView]:
    """Yield the cookies that an answer sets; one that it takes back, by an empty value, is none."""
    for header, text in exchange.headers:
        pair, *said = (part.strip() for part in text.split(";"))
        name, _, value = pair.partition("=")
        if header.lower() != "set-cookie" or not value.strip('"'):
            continue
        attributes = {key.strip().lower(): word.strip() for key, _, word in (part.partition("=") for part in said)}
        yield CookieView(
            name=name.strip(),
            http_only="httponly" in attributes,
            secure="secure" in attributes,
            same_site=attributes.get("samesite", "").capitalize(),
        )


def broken_cookie(cookie: CookieView, expect: CookieExpect, *, over_https: bool) -> Iterator[str]:
    """Yield what a cookie breaks of ``expect``, each in one line."""
    if expect.http_only is not None and cookie.http_only != expect.http_only:
        yield f"HttpOnly ({cookie.http_only}) == {expect.http_only}"
    if expect.same_site is not None and cookie.same_site != expect.same_site:
        yield f"SameSite ({cookie.same_site or 'absent'}) == {expect.same_site}"
    secure = {Secure.ALWAYS: True, Secure.OVER_HTTPS: over_https, Secure.NEVER: False}[expect.secure]
    if secure and not cookie.secure:
        yield "Secure (False) == True"


@expectation("cookies")
def _cookies(expected: dict[str, CookieExpect], exchange: Exchange) -> Iterator[Finding]:
    found = {cookie.name: cookie for cookie in cookies_set(exchange)}
    for name, rule in expected.items():
        if name not in found:
            yield assertion(f"cookie {name} (absent) is set", exchange)
            continue
        for text in broken_cookie(found[name], rule, over_https=exchange.request.url.startswith("https://")):
            yield assertion(f"cookie {name}: {text}", exchange)
