"""One request to a service, within its time, with errors that say whether it is worth trying again, and when."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from urllib3 import BaseHTTPResponse, Timeout
from urllib3.exceptions import HTTPError, LocationValueError, SSLError

from smoke.brief import short
from smoke.channels.registry import ChannelError, Errand, RefusedError
from smoke.sinks._http import POOL

SHORTEST_S = 0.2
SPARE_S = 0.2
LONGEST_S = 10.0
LONGEST_WAIT_S = 900.0
"""No service puts a page off for longer, whatever it asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Whom a request goes to."""

    title: str
    """What people call it."""
    variables: str
    """Where its address and key stand: what to look at when it refuses them."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A good answer (2xx)."""

    status: int
    data: bytes

    def json(self) -> Any:
        """Return its body parsed; raises ChannelError where it is no JSON."""
        try:
            return json.loads(self.data)
        except ValueError:
            raise ChannelError(f"the answer is no JSON: {self.text}") from None

    @property
    def text(self) -> str:
        """Its body in one short line."""
        return short(self.data.decode(errors="replace"))


def request(
    method: str, url: str, headers: Mapping[str, str], errand: Errand, service: Service, body: object = None
) -> Reply:
    """Make one request, with ``body`` as JSON (bytes as they are); raises ChannelError.

    It does not follow redirects, which would carry the key elsewhere.
    """
    left = min(LONGEST_S, max(SHORTEST_S, errand.ends - SPARE_S - time.monotonic()))
    data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    content = {"Content-Type": "application/json"} if data is not None else {}
    try:
        answer = POOL.request(
            method, url, body=data, headers={**content, **headers}, timeout=Timeout(total=left), redirect=False
        )
    except SSLError as error:
        raise ChannelError(f"{service.title} could not be reached (TLS): {short(error)}") from None
    except LocationValueError:
        text = f"the address of {service.title} is not https://host…; look at {service.variables}"
        raise ChannelError(text) from None
    except HTTPError as error:
        raise ChannelError(f"{service.title} gave no answer ({type(error).__name__})") from None
    if 200 <= answer.status < 300:
        return Reply(answer.status, answer.data)
    raise _refusal(answer, service, errand.now)


def _refusal(answer: BaseHTTPResponse, service: Service, now: float) -> ChannelError:
    status, said = answer.status, short(answer.data.decode(errors="replace"))
    after = retry_after(answer.headers, now)
    match status:
        case 400 | 413 | 415 | 422:
            return RefusedError(f"{service.title} refused the message ({status}): {said}")
        case 408 | 425 | 429:
            text = f"asks us to wait ({status})"
        case 403 if after is not None:
            text = f"asks us to wait ({status})"
        case 401 | 403 | 404 | 410:
            text = f"refused us ({status}): {said}; look at {service.variables}"
        case status if 300 <= status < 400:
            text = f"redirects ({status}), and the key is not carried elsewhere; look at {service.variables}"
        case status if status >= 500:
            text = f"is in trouble ({status}): {said}"
        case _:
            text = f"answered {status}: {said}; look at {service.variables}"
    return ChannelError(f"{service.title} {text}", retry_after_s=after)


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Return the seconds that an answer asks us to wait, at most LONGEST_WAIT_S; None where it does not."""
    written = headers.get("Retry-After", "").strip()
    if not written and headers.get("X-RateLimit-Remaining") == "0":  # GitHub
        reset = headers.get("X-RateLimit-Reset", "")
        return _capped(float(reset) - now) if reset.isdigit() else None
    if written.isdigit():
        return _capped(float(written))
    try:
        return _capped(parsedate_to_datetime(written).timestamp() - now)
    except ValueError:
        return None


def _capped(seconds: float) -> float:
    return min(max(0.0, seconds), LONGEST_WAIT_S)
