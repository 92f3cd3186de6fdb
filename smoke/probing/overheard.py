"""What probes said and heard lately, whether an answer came or not."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from smoke.answers.exchange import Exchange, Request
from smoke.answers.judges import excerpt
from smoke.probing.failing import ProbeFailedError
from smoke.probing.sending import Send

MOST = 6
"""Requests of one check; those after them are the ones that are kept."""


@dataclass(frozen=True, slots=True)
class Said:
    """A request, with its answer if there was one."""

    request: Request
    exchange: Exchange | None


@dataclass(slots=True)
class Overheard:
    """The last requests of each check."""

    _said: defaultdict[str, deque[Said]] = field(default_factory=lambda: defaultdict(lambda: deque(maxlen=MOST)))

    def through(self, send: Send) -> Send:
        """Return what sends by ``send`` and takes note of it."""

        async def sent(request: Request, timeout_s: float) -> Exchange:
            try:
                exchange = await send(request, timeout_s)
            except ProbeFailedError:
                self._said[request.check_id].append(Said(request, None))
                raise
            self._said[request.check_id].append(Said(exchange.request, exchange))
            return exchange

        return sent

    def of(self, check_id: str) -> tuple[Said, ...]:
        """Return what a check said last, in the order of time."""
        return tuple(self._said.get(check_id, ()))


def meant(said: Sequence[Said], told: Sequence[str]) -> Said:
    """Return what the lines of findings speak of, of at least one: the answer that they quote, else what had none."""
    quoted = [each for each in said if each.exchange is not None and excerpt(each.exchange) in told]
    unanswered = [each for each in said if each.exchange is None]
    named = [each for each in said if any(line.startswith(_asked(each)) for line in told)]
    return (quoted or unanswered or named or said)[-1]


def _asked(said: Said) -> str:
    return f"{said.request.method} {said.request.url}"
