"""A server elsewhere that starts the browser in our place: its address, and what it says when it does not. Pure."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator, Mapping
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from smoke.addresses import parts_of
from smoke.secrets.secret import Secret, unmaskable

VARIABLE = "SMOKE_BROWSER_WS"
SCHEMES = ("ws", "wss")
WANTED = "is ws://HOST:PORT/PATH or wss://HOST/PATH, the address of a Playwright server (playwright run-server)"
NAMED = r"(?i)(token|passw(or)?d|secret|key)$"
LONG = 20
"""What is as long as that is a token, whatever it is made of."""
VERSIONS = r"(?s)server version: v(?P<server>[\d.]+).*client version: v(?P<client>[\d.]+)"
REFUSED = r"\b(?P<status>[345]\d\d [A-Z][A-Za-z -]*)"
ADDRESS = r"\b(?:wss?|https?)://\S+"
LONGEST = 160


def browser_server(environ: Mapping[str, str]) -> Secret | None:
    """Return the address that SMOKE_BROWSER_WS names, None where it names none; raises ValueError without it."""
    text = environ.get(VARIABLE, "").strip()
    if not text:
        return None
    parts = parts_of(text, *SCHEMES)
    if parts is None or re.search(r"\s", text):
        raise ValueError(f"{WANTED}; to start a browser here, leave it out")
    for each in _named(parts):
        if wrong := unmaskable(each):
            raise ValueError(f"holds a password or token that {wrong}")
    return Secret(text)


def server_secrets(environ: Mapping[str, str]) -> tuple[Secret, ...]:
    """Return what must not be printed of SMOKE_BROWSER_WS: all of it, and each part that may be a token.

    Raises ValueError.
    """
    from smoke.secrets.tokens import is_random  # here, as every command loads this module

    address = browser_server(environ)
    if address is None:
        return ()
    parts = urlsplit(address.reveal())
    plain = parts._replace(query="", fragment="").geturl()
    unnamed = (*parts.path.split("/"), *(value for _, value in _said(parts)))
    guessed = (each for each in unnamed if is_random(each) or len(each) >= LONG)
    found = (address.reveal(), *([plain] if parts.path.strip("/") else []), *_named(parts), *guessed)
    return tuple(Secret(each) for each in dict.fromkeys(found))


def _named(parts: SplitResult) -> Iterator[str]:
    """Yield what is a secret by its place in an address, or by its name there."""
    if user := parts.password or parts.username:
        yield from (user, unquote(user))
    yield from (value for name, value in _said(parts) if re.search(NAMED, name))


def _said(parts: SplitResult) -> Iterator[tuple[str, str]]:
    """Yield the parameters of an address; those, too, that vendors have written as one parameter in JSON."""
    for name, value in parse_qsl(parts.query):
        yield name, value
        if value.startswith("{"):
            with contextlib.suppress(ValueError):
                yield from _texts(name, json.loads(value))


def _texts(name: str, value: object) -> Iterator[tuple[str, str]]:
    match value:
        case str():
            yield name, value
        case dict():
            for inner, each in value.items():
                yield from _texts(inner, each)
        case list():
            for each in value:
                yield from _texts(name, each)


def unserved(name: str, said: str, patience_s: float) -> str:
    """Say in one sentence, with the way out, why a server gave us no browser ``name``.

    ``said`` is the message of Playwright's error; nothing of the address is repeated.
    """
    reason, remedy = _reason(name, said, patience_s)
    return f"{VARIABLE}: the browser server {reason}; {remedy}"


def unlike(name: str, found: str) -> str:
    """Say the same where it gave us the browser ``found``."""
    return f"{VARIABLE}: the browser server runs {found}, not {name}; name one that does, or say --browser {found}"


def _reason(name: str, said: str, patience_s: float) -> tuple[str, str]:
    """Return what the server does, and what to do about it."""
    first = re.sub(ADDRESS, "", said.partition("\n")[0])
    if versions := re.search(VERSIONS, said):
        theirs, ours = versions["server"], versions["client"]
        remedy = f"let it run Playwright {ours} (npx playwright@{ours} run-server), or install {theirs} here"
        return f"has Playwright {theirs}, and this is Playwright {ours}", remedy
    if "xecutable doesn't exist" in said:
        remedy = f"run `playwright install {name}` there, or ask for another by --browser"
        return f"has no {name} of its Playwright", remedy
    if re.search("Timeout|not done within", first):
        remedy = "see whether it is reached from here, and whether it has a browser free"
        return f"gave no browser within {patience_s:g} s", remedy
    if "WebSocket error" in first and (refused := re.search(REFUSED, first)):
        remedy = "see whether path and token of the address are right, and how many sessions it allows"
        return f"refuses us ({refused['status'].strip()})", remedy
    reason = " ".join(first.replace("BrowserType.connect:", "").replace("WebSocket error:", "").split())
    remedy = "see whether it runs, and whether this machine may reach it"
    return f"is not reached, or ends the session ({reason[:LONGEST]})", remedy
