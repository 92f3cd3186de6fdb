"""Puts a browser's requests before the guard, by the cheapest way that nothing in a page can go around."""

from __future__ import annotations

import base64
import contextlib
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from smoke.restraint.marks import PRODUCT
from smoke.running.askers import Asker, name_in
from smoke.running.guard import Guard
from smoke.running.stand_in import perform, record
from smoke.target import origin_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, CDPSession, Route, WebSocketRoute

CAN_WRITE = ("Document", "XHR", "Fetch", "Ping", "Other", "CSPViolationReport")
"""Types of request that can carry another method than GET. What only reads, most of a page, is not held up."""
SILENCE = {
    "Script": ("text/javascript", "Cg=="),
    "Image": ("image/gif", "R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"),
}
"""What a page takes for good, by its type of request: a script that does nothing, a picture of one clear pixel."""


def watch_browser(guard: Guard, browser: Browser) -> str:
    """Hold up every request of ``browser`` that could write, in whatever page or worker, and judge it.

    By one DevTools session for the whole browser. Returns what the browser calls itself.
    """
    session = browser.new_browser_cdp_session()
    session.on("Fetch.requestPaused", lambda event: _judge(guard, session, event))
    session.send("Fetch.enable", {"patterns": list(_held_up(guard))})
    return str(session.send("Browser.getVersion")["userAgent"])


def _held_up(guard: Guard) -> Iterator[dict[str, str]]:
    if guard.stand_ins:
        yield {"urlPattern": "*"}
        return
    yield from ({"resourceType": kind} for kind in CAN_WRITE)
    yield from ({"urlPattern": f"*{host}*"} for host in guard.analytics)  # too wide: the guard looks closer
    if guard.heard:
        yield {"urlPattern": "*", "requestStage": "Response"}


def watch_context(guard: Guard, context: BrowserContext, asker: Asker) -> None:
    """Do the same for one context, in browsers without a DevTools session: every request waits."""
    # Playwright writes an attribute on the owner of a bound method, which frozen objects refuse.
    context.route(lambda _url: True, lambda route: _judge_route(guard, route, asker.check_id))


def watch_sockets(guard: Guard, context: BrowserContext, asker: Asker) -> None:
    """Judge each message that a page of ``context`` sends on a WebSocket to the target."""
    origins = {origin_of(url) for url in (guard.target.base_url, *guard.target.urls.values())}
    ours = "|".join(re.escape(origin.removeprefix("http")) for origin in sorted(origins))
    context.route_web_socket(
        re.compile(rf"^ws(?:{ours})(?:[/?]|$)"), lambda socket: _judge_socket(guard, socket, asker)
    )


def http_of(url: str) -> str:
    """Write the address of a WebSocket as that of its handshake (RFC 6455, 1.3)."""
    return re.sub("^ws", "http", url)


def _judge(guard: Guard, session: CDPSession, event: dict[str, Any]) -> None:
    from playwright.sync_api import Error

    request, paused = event["request"], {"requestId": event["requestId"]}
    method, url, agent = request["method"], request["url"], request["headers"].get("User-Agent", "")
    check_id = guard.check_of(agent, method, url)
    with contextlib.suppress(Error):  # the page that asked is gone
        if guard.heard and ("responseStatusCode" in event or "responseErrorReason" in event):
            record(session, event, check_id, guard.heard)
        elif guard.silences(method, url):
            session.send("Fetch.fulfillRequest", {**paused, **_silence(event)})
        elif not guard.allows(check_id, method, url):
            session.send("Fetch.failRequest", {**paused, "errorReason": "BlockedByClient"})
        elif (stand_in := guard.stand_ins.get(check_id)) is not None:
            perform(session, event, stand_in, name_in(agent))
        elif _is_from_home(guard, event["resourceType"], request):
            marked = {**request["headers"], **guard.marks(check_id)}
            session.send("Fetch.continueRequest", {**paused, "headers": _listed(marked)})
        else:
            session.send("Fetch.continueRequest", paused)


def _judge_route(guard: Guard, route: Route, check_id: str) -> None:
    request = route.request
    if guard.silences(request.method, request.url):
        kind, body = SILENCE.get(request.resource_type.capitalize(), SILENCE["Script"])
        route.fulfill(status=200, body=base64.b64decode(body), content_type=kind)
        return
    if not guard.allows(check_id, request.method, request.url):
        route.abort("blockedbyclient")
        return
    if not guard.target.owns(request.url):
        route.continue_()
        return
    headers = {**request.headers, "user-agent": f"{request.headers.get('user-agent', '')} {PRODUCT}"}
    seen = {"headers": request.headers, "url": request.url}
    kind = "Document" if request.resource_type == "document" else ""
    marks = guard.marks(check_id) if _is_from_home(guard, kind, seen) else {}
    route.continue_(headers={**headers, **marks})


def _judge_socket(guard: Guard, socket: WebSocketRoute, asker: Asker) -> None:
    server, handshake = socket.connect_to_server(), http_of(socket.url)

    def judge(message: str | bytes) -> None:
        if guard.allows(asker.check_id, "WS", handshake):
            server.send(message)

    socket.on_message(judge)


def _silence(event: dict[str, Any]) -> dict[str, Any]:
    """Return an answer that no page takes amiss."""
    origin = event["request"]["headers"].get("Origin", "*")
    said = {"Access-Control-Allow-Origin": origin, "Access-Control-Allow-Credentials": "true"}
    if (empty := SILENCE.get(event["resourceType"])) is None:
        return {"responseCode": 204, "responseHeaders": _listed(said)}
    said["Content-Type"], body = empty
    return {"responseCode": 200, "responseHeaders": _listed(said), "body": body}


def _listed(headers: dict[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers.items()]


def _is_from_home(guard: Guard, kind: str, request: dict[str, Any]) -> bool:
    """Tell whether a header of ours costs ``request`` no CORS preflight that it would not have had."""
    if not guard.target.owns(request["url"]):
        return False
    referer = request["headers"].get("Referer") or request["headers"].get("referer", "")
    return kind == "Document" or origin_of(referer) == origin_of(request["url"])
