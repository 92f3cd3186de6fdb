"""What sends the requests of probes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from smoke.answers.exchange import Exchange, Request

Send = Callable[[Request, float], Awaitable[Exchange]]
"""From a request, and the seconds that it may take, to its answer; raises ProbeFailedError."""
