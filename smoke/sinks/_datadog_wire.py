"""How we ask Datadog, and the only module that knows how its client fails; importing it costs a quarter of a second.

The client's defaults are not ours: it neither retries nor gives up, waits as long as a server asks it to (its
time-out does not count that), follows redirects with the key in hand, and lets urllib3's exceptions through. So its
own retries are off, and ours fit every wait and every attempt into the time there is.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from datadog_api_client import ApiClient, Configuration
from datadog_api_client.exceptions import ApiException, OpenApiException
from urllib3.exceptions import ConnectTimeoutError, HTTPError
from urllib3.util import Retry

from smoke.brief import short
from smoke.sinks.registry import RefusedError, SinkError, TooLargeError

CONNECT_SHARE = 0.4
"""Of the time that is left, to connect; the rest is for the answer."""
RETRIES = 3
SHORTEST_ATTEMPT_S = 0.2
"""With less time than this there is no further attempt."""
Answer = tuple[Any, int, Mapping[str, str]]
"""What was answered, as plain JSON; the status; the headers."""
Ask = Callable[[], Answer]
"""Makes a request; raises what the client raises."""
RETRIED = frozenset({408, 429, 500, 502, 503, 504})
UNTOUCHED = frozenset({429})
"""Of these it is known that nothing was stored: what must not be made twice is asked again after these only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why an attempt delivered nothing."""

    text: str
    error: type[SinkError] = SinkError
    worth_retrying: bool = False
    asked_wait_s: float | None = None
    """What X-Ratelimit-Reset asks for; Datadog sends no Retry-After."""


def client_of(host: str, keys: Mapping[str, str]) -> ApiClient:
    """Return a client that neither retries nor follows; ``keys`` by the names of the description."""
    return ApiClient(
        Configuration(  # type: ignore[no-untyped-call]
            host=host, api_key=dict(keys), retry_policy=Retry(total=False), return_http_data_only=False
        )
    )


def plainly(
    client: ApiClient, method: str, path: str, body: object = None, query: Mapping[str, str | int] | None = None
) -> Answer:
    """Ask in plain JSON: what we keep at Datadog is compared and shown as it stands there."""
    settled = client.configuration
    keys = {"DD-API-KEY": settled.api_key["apiKeyAuth"], "DD-APPLICATION-KEY": settled.api_key["appKeyAuth"]}
    answer = client.rest_client.request(
        method,
        f"{settled.host}{path}",
        query_params=list((query or {}).items()),
        headers={**client.default_headers, "Accept": "application/json", **keys},
        body=body,
        request_timeout=settled.request_timeout,
    )
    return json.loads(answer.data or b"null"), answer.status, answer.headers


@dataclass(frozen=True, slots=True)
class Wire:
    """Asks one Datadog, again where that helps and time is left."""

    client: ApiClient
    host: str
    key_name: str
    ends: float
    good: frozenset[int] = frozenset({202})
    """Statuses by which Datadog says that it has done it."""

    def send(self, ask: Ask, retried: frozenset[int] = RETRIED) -> Any:
        """Make the request ``ask`` until it is taken, and return its answer; raises SinkError.

        ``retried``: statuses after which it is made again.
        """
        trouble: Trouble | None = None
        for retry in range(RETRIES + 1):
            left = max(SHORTEST_ATTEMPT_S, self.ends - time.monotonic())
            self.client.configuration.request_timeout = (left * CONNECT_SHARE, left * (1 - CONNECT_SHARE))
            said = self._attempt(ask, retried)
            if not isinstance(said, Trouble):
                return said
            trouble = said
            wait = 0.1 * 2**retry if trouble.asked_wait_s is None else trouble.asked_wait_s
            if not trouble.worth_retrying or time.monotonic() + wait + SHORTEST_ATTEMPT_S > self.ends:
                break
            threading.Event().wait(wait)
        assert trouble is not None
        raise trouble.error(trouble.text)

    def _attempt(self, ask: Ask, retried: frozenset[int]) -> Any:
        host = self.host
        try:
            answer, status, _headers = ask()
        except ApiException as error:
            return _refusal(error, host, self.key_name, retried)
        except ConnectTimeoutError as error:  # also a refused connection
            return Trouble(text=f"{host} could not be reached ({type(error).__name__}).", worth_retrying=True)
        except HTTPError as error:
            # Not tried again now: a server that fell silent may have stored the request.
            return Trouble(text=f"{host} gave no answer ({type(error).__name__}).")
        except (OpenApiException, ValueError):
            return Trouble(text=f"{host} did not answer like Datadog; is a proxy or a sign-in page between us and it?")
        return self._believed(answer, status)

    def _believed(self, answer: Any, status: int) -> Any:
        if status not in self.good:
            usual = " or ".join(map(str, sorted(self.good)))
            text = f"{self.host} answered {status} where Datadog answers {usual}; is a proxy between us and it?"
            return Trouble(text=text)
        if errors := isinstance(answer, dict) and answer.get("errors"):
            return Trouble(text=f"Datadog took the payload with errors: {short(errors)}")
        return answer


def _refusal(error: ApiException, host: str, key_name: str, retried: frozenset[int]) -> Trouble:
    status = int(error.status or 0)
    reset = _reset(error)
    if status == 429 and reset is not None:
        text = f"{host} limits our rate (429) and asks to wait {reset:g} s, more than there is left."
    elif status in RETRIED:
        still = ", still so after every retry that there was time for" if status in retried else ""
        text = f"{host} is in trouble ({status}){still}."
    elif status in {401, 403}:
        text = f"{host} refused the key ({status}): check {key_name}, and that it belongs to this site."
    elif status == 0:
        text = f"{host} could not be reached (TLS): {short(error.reason)}"
    elif 300 <= status < 400:
        text = f"{host} redirects ({status}); the key is not carried elsewhere: set DD_SITE or SMOKE_DATADOG_URL."
    else:
        text = f"{host} refused the payload ({status}): {short(error.body)}"
    kind = {400: RefusedError, 422: RefusedError, 413: TooLargeError}.get(status, SinkError)
    return Trouble(text=text, error=kind, worth_retrying=status in retried, asked_wait_s=reset)


def _reset(error: ApiException) -> float | None:
    headers = {name.lower(): str(value).strip() for name, value in (error.headers or {}).items()}
    reset = headers.get("x-ratelimit-reset", "")
    return float(reset) if reset.isascii() and reset.isdigit() else None
