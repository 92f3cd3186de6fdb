"""One request to a service, within its time and with errors that say what to do."""

from __future__ import annotations

import time
from collections.abc import Mapping

from urllib3 import PoolManager, Timeout
from urllib3.exceptions import ConnectTimeoutError, HTTPError, LocationValueError, NameResolutionError, SSLError

from smoke.brief import short
from smoke.sinks.registry import RefusedError, SinkError, TooLargeError

SHORTEST_S = 0.2
SPARE_S = 0.3
"""Left of the time for all, so that we say what was wrong before the deadline says it for us."""
POOL = PoolManager(retries=False)


def request(
    method: str, url: str, body: bytes, headers: Mapping[str, str], *, whom: str, keys: str, ends: float
) -> bytes:
    """Make the request and return the body of its good answer (2xx); raises SinkError.

    ``whom`` is what people call the service, ``keys`` the variables to look at where it refuses them. It neither
    follows redirects, which would carry the key elsewhere, nor outlasts ``ends`` (monotonic seconds) by much.
    """
    left = max(SHORTEST_S, ends - SPARE_S - time.monotonic())
    timeout = Timeout(connect=left / 2, read=left / 2)
    try:
        answer = POOL.request(method, url, body=body, headers=dict(headers), timeout=timeout, redirect=False)
    except (ConnectTimeoutError, NameResolutionError) as error:
        raise SinkError(f"{whom} could not be reached ({type(error).__name__}).") from None
    except SSLError as error:
        raise SinkError(f"{whom} could not be reached (TLS): {short(error)}") from None
    except LocationValueError:
        raise SinkError(f"the address of {whom} is not http(s)://host…; look at {keys}.") from None
    except HTTPError as error:
        raise SinkError(f"{whom} gave no answer ({type(error).__name__}).") from None
    if 200 <= answer.status < 300:
        return answer.data
    raise _refusal(answer.status, short(answer.data.decode(errors="replace")), whom, keys)


def _refusal(status: int, said: str, whom: str, keys: str) -> SinkError:
    match status:
        case 400 | 422:
            return RefusedError(f"{whom} refused the payload ({status}): {said}")
        case 413:
            return TooLargeError(f"{whom} wants smaller payloads ({status}).")
        case 401 | 403:
            text = f"refused the key ({status}): look at {keys}."
        case 429:
            text = f"limits our rate ({status})."
        case status if 300 <= status < 400:
            text = f"redirects ({status}); the key is not carried elsewhere: look at {keys}."
        case status if status >= 500:
            text = f"is in trouble ({status}): {said}"
        case _:
            text = f"answered {status}: {said}; does {keys} lead elsewhere?"
    return SinkError(f"{whom} {text}")
