"""Answers a browser in place of its target, and takes note of what the target itself answers."""

from __future__ import annotations

import asyncio
import base64
import contextlib
from typing import TYPE_CHECKING, Any, Protocol, assert_never

from smoke.answers.exchange import DESTINATION, Exchange, NoAnswer, NoAnswerError, Request
from smoke.model import Check
from smoke.running.detour import detour

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, CDPSession

DESTINATIONS = {
    "Document": "document", "Script": "script", "Stylesheet": "style", "Image": "image", "Font": "font",
    "Manifest": "manifest", "Media": "video",
}  # fmt: skip
REASONS = {
    NoAnswer.REFUSED: "ConnectionRefused",
    NoAnswer.RESET: "ConnectionReset",
    NoAnswer.NO_NAME: "NameNotResolved",
}
"""What Chromium is told (DevTools protocol, Network.ErrorReason); for the rest there is no word."""
OF_THE_WAY = frozenset({"content-encoding", "content-length", "transfer-encoding", "connection", "keep-alive"})
"""Headers of how a body travelled: what is kept of it is the body alone."""


class StandIn(Protocol):
    """Who answers one check in place of the target."""

    def answer(self, request: Request, asker: str) -> Exchange | None:
        """Return the answer to what the attempt called ``asker`` asks; None: the target may answer.

        A first byte that is late in it (``timing.first_byte_ms``) is waited for; in a browser, the rest of the body
        comes bit by bit until ``timing.total_ms``. Raises NoAnswerError.
        """


class Prepare(Protocol):
    """What a run does with each context beside what the journey sees, before it begins."""

    def __call__(self, context: BrowserContext, check: Check) -> None:
        """Prepare ``context`` for ``check``."""


def record(session: CDPSession, event: dict[str, Any], check_id: str, heard: Callable[[Exchange], None]) -> None:
    """Let an answer pass that ``event`` holds up, and tell it to ``heard``; what never came is not told."""
    from playwright.sync_api import Error

    paused = {"requestId": event["requestId"]}
    if "responseStatusCode" in event:
        body = b""
        with contextlib.suppress(Error):  # a redirect has none
            said = session.send("Fetch.getResponseBody", paused)
            body = base64.b64decode(said["body"]) if said["base64Encoded"] else said["body"].encode()
        headers = tuple((each["name"], each["value"]) for each in event.get("responseHeaders", ()))
        request = request_of(event, check_id)
        heard(Exchange(request=request, status=event["responseStatusCode"], headers=_kept(headers), body=body))
    session.send("Fetch.continueRequest", paused)


def perform(session: CDPSession, event: dict[str, Any], stand_in: StandIn, asker: str) -> None:
    """Answer the request that ``event`` holds up as ``stand_in`` does."""
    paused = {"requestId": event["requestId"]}
    try:
        answer = stand_in.answer(request_of(event, ""), asker)
    except NoAnswerError as error:
        _unanswered(session, paused, error.how)
        return
    if answer is None:
        session.send("Fetch.continueRequest", paused)
        return
    if answer.timing.first_byte_ms:
        session._sync(asyncio.sleep(answer.timing.first_byte_ms / 1000))
    if (trickles_ms := answer.timing.total_ms - (answer.timing.first_byte_ms or 0.0)) > 0:
        session.send("Fetch.continueRequest", {**paused, "url": detour().trickled(answer, trickles_ms / 1000)})
        return
    headers = [{"name": name, "value": value} for name, value in answer.headers]
    body = base64.b64encode(answer.body).decode()
    session.send(
        "Fetch.fulfillRequest", {**paused, "responseCode": answer.status, "responseHeaders": headers, "body": body}
    )


def _unanswered(session: CDPSession, paused: dict[str, Any], how: NoAnswer) -> None:
    match how:
        case NoAnswer.HANGS:
            pass
        case NoAnswer.TRUNCATED:
            session.send("Fetch.continueRequest", {**paused, "url": detour().truncated})
        case NoAnswer.BAD_CERTIFICATE:
            session.send("Fetch.continueRequest", {**paused, "url": detour().without_tls})
        case NoAnswer.REFUSED | NoAnswer.RESET | NoAnswer.NO_NAME:
            session.send("Fetch.failRequest", {**paused, "errorReason": REASONS[how]})
        case _:
            assert_never(how)


def request_of(event: dict[str, Any], check_id: str) -> Request:
    """Return what a page asks, with what it is for as its only header."""
    request, kind = event["request"], DESTINATIONS.get(event["resourceType"], "empty")
    body = request["postData"].encode() if "postData" in request else None
    return Request(
        method=request["method"], url=request["url"], headers=((DESTINATION, kind),), body=body, check_id=check_id
    )


def _kept(headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in headers if name.lower() not in OF_THE_WAY)


async def record_client(answer: Any, method: str, url: str, check_id: str) -> Exchange:
    """Return what the HTTP client of a journey got, as an exchange; ``answer`` is Playwright's."""
    headers = tuple((each["name"], each["value"]) for each in answer.headers_array)
    request = Request(method=method, url=url, check_id=check_id)
    return Exchange(request=request, status=answer.status, headers=_kept(headers), body=await answer.body())


async def perform_client(client: Any, method: str, url: str, stand_in: StandIn, asker: str) -> Any | None:
    """Return what the HTTP client of a journey shall get of ``stand_in``; None: the target may answer.

    Raises Playwright's own errors where no answer comes. Cookies are not kept: whatever they open is on the tape.
    """
    from playwright._impl._errors import Error
    from playwright._impl._errors import TimeoutError as NoAnswerInTime

    try:
        answer = stand_in.answer(Request(method=method, url=url), asker)
    except NoAnswerError as error:
        if error.how is NoAnswer.HANGS:
            raise NoAnswerInTime(f"APIRequestContext.fetch: Timeout exceeded.\n  - → {method} {url}") from error
        said = f"net::ERR_{SAID[error.how]} at {url}"
        raise Error(f"APIRequestContext.fetch: {said}\nCall log:\n  - → {method} {url}") from error
    if answer is None:
        return None
    await asyncio.sleep((answer.timing.first_byte_ms or 0.0) / 1000)
    return _response(client, answer)


SAID = {
    NoAnswer.REFUSED: "CONNECTION_REFUSED",
    NoAnswer.RESET: "CONNECTION_RESET",
    NoAnswer.NO_NAME: "NAME_NOT_RESOLVED",
    NoAnswer.BAD_CERTIFICATE: "CERT_DATE_INVALID",
    NoAnswer.TRUNCATED: "INCOMPLETE_CHUNKED_ENCODING",
}


def _response(client: Any, answer: Exchange) -> Any:
    from playwright._impl.fetch import APIResponse

    listed = [{"name": name, "value": value} for name, value in answer.headers]
    response = APIResponse(
        client,
        {"fetchUid": "", "url": answer.request.url, "status": answer.status, "statusText": "", "headers": listed},  # type: ignore[typeddict-item]
    )

    async def body() -> bytes:
        return answer.body

    response.body = body  # type: ignore[method-assign]
    return response
