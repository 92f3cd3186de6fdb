"""Puts what a journey asks from Python before the guard: Playwright's HTTP clients, and connections of its own."""

from __future__ import annotations

import inspect
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from smoke.judging.blame import BadAnswer, never_left
from smoke.running.guard import Guard
from smoke.running.scope import BASES, listening
from smoke.running.stand_in import perform_client, record_client
from smoke.safety import READS

if TYPE_CHECKING:
    from smoke.running.listeners import Listeners

MOST_HOPS = 20
"""As many redirects as Playwright follows."""
SAME_METHOD = {307, 308}
"""Redirects that send the same request elsewhere (RFC 9110, 15.4); after others a write becomes a GET."""
BODY = ("data", "form", "multipart")
OURS = "smoke-"
"""What the names of our own threads begin with."""


@contextmanager
def guarded_clients(guard: Guard) -> Iterator[None]:
    """Judge what Python code of this process asks of the target meanwhile.

    An ``APIRequestContext``, wherever it comes from, raises PermissionError for what is stopped. Any other connection
    to the target raises it at once: what is asked there nobody could see.
    """
    from playwright._impl.fetch import APIRequest, APIRequestContext

    inner, new_context = APIRequestContext._inner_fetch, APIRequest.new_context
    names = inspect.signature(inner)

    async def asked(self: APIRequestContext, *args: Any, **kwargs: Any) -> Any:
        return await _ask(guard, inner, names.bind(self, *args, **kwargs).arguments)

    async def opened(self: APIRequest, base_url: str | None, *args: Any, **kwargs: Any) -> APIRequestContext:
        client = await new_context(self, base_url, *args, **kwargs)
        BASES[client] = base_url or ""
        return client

    APIRequestContext._inner_fetch = asked  # type: ignore[method-assign]
    APIRequest.new_context = opened  # type: ignore[method-assign]
    _listen()
    _watched.append(guard)
    try:
        yield
    finally:
        _watched.remove(guard)
        APIRequestContext._inner_fetch = inner  # type: ignore[method-assign]
        APIRequest.new_context = new_context  # type: ignore[method-assign]


async def _ask(guard: Guard, inner: Any, said: dict[str, Any]) -> Any:
    """Ask what was ``said`` to Playwright's client; each hop of a write is judged by itself."""
    request, most = said["request"], said["max_redirects"]
    url = urljoin(BASES.get(said["self"], ""), said["url"] or request.url)
    method = (said["method"] or (request.method if request else "GET")).upper()
    for hop in range((MOST_HOPS if most is None else most) + 1):
        said |= {"url": url, "method": method, "max_redirects": most if method in READS else 0}
        answer = await _hop(guard, inner, said)
        location = answer.headers.get("location")
        if method in READS or not location or not 300 <= answer.status < 400 or hop == most:
            break
        url = urljoin(url, location)
        said["params"] = None
        if answer.status not in SAME_METHOD:
            method = "GET"
            said |= dict.fromkeys(BODY)
    return answer


async def _hop(guard: Guard, inner: Any, said: dict[str, Any]) -> Any:
    """Send one request; raises PermissionError if it may not be sent."""
    method, url = said["method"], said["url"]
    if not guard.target.owns(url):
        return await inner(**said)
    listeners = listening(said["self"])
    check_id = listeners.asker.check_id if listeners else ""
    if not guard.allows(check_id, method, url):
        raise PermissionError(guard.refusal_of(check_id).rule)
    guard.seen(check_id, method, url)
    if listeners and (stand_in := guard.stand_ins.get(check_id)) is not None:
        staged = await perform_client(said["self"], method, url, stand_in, listeners.asker.name)
        if staged is not None:
            _note(listeners, method, url, staged)
            return staged
    headers = said["headers"] or (said["request"].headers if said["request"] else {})
    try:
        answer = await inner(**{**said, "headers": {**headers, **guard.marks(check_id)}})
    except Exception as error:
        if never_left(str(error)):
            guard.unsent(check_id, method, url)
        raise
    if listeners:
        _note(listeners, method, url, answer)
    if guard.heard:
        guard.heard(await record_client(answer, method, url, check_id))
    return answer


def _note(listeners: Listeners, method: str, url: str, answer: Any) -> None:
    listeners.heard(method, url, answer.status, answer.headers)
    if answer.status >= 500:
        path = urlsplit(url).path
        bad = BadAnswer(method=method, path=path, status=answer.status, is_document=False, to_journey=True)
        listeners.answers.append(bad)


_watched: list[Guard] = []


@cache
def _listen() -> None:
    sys.addaudithook(_on_event)  # once: it can never be taken away again


def _on_event(event: str, arguments: tuple[Any, ...]) -> None:
    if not _watched or event not in {"socket.connect", "socket.getaddrinfo"}:
        return
    if threading.current_thread().name.startswith(OURS):
        return
    where = arguments[1] if event == "socket.connect" else arguments[:2]
    if isinstance(where, tuple) and len(where) >= 2 and (guard := _watched[-1]).target.is_at(str(where[0]), where[1]):
        endpoint = f"{where[0]}:{where[1]}"
        here = listening()
        raise PermissionError(guard.refuse_connection(here.asker.check_id if here else "", endpoint))
