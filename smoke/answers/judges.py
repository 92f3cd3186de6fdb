"""Who judges which field of what a probe expects, and how each says what is wrong. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from smoke.answers.exchange import Exchange
from smoke.model import Blame
from smoke.observation import Finding
from smoke.secrets.tokens import without_tokens

Judge = Callable[[Any, Exchange], Iterator[Finding]]
JUDGES: dict[str, Judge] = {}
EXCERPT = 200
"""Characters of a body that are shown."""


def expectation(name: str) -> Callable[[Judge], Judge]:
    """Register the judge of the field ``name`` of :class:`Expect`; it is not called where the field is None."""

    def register(judge: Judge) -> Judge:
        JUDGES[name] = judge
        return judge

    return register


def assertion(rule: str, exchange: Exchange) -> Finding:
    """Build the finding of an answer that arrived and is wrong."""
    request = exchange.request
    return Finding(rule=rule, blame=Blame.ASSERTION, evidence=(f"{request.method} {request.url}", excerpt(exchange)))


def excerpt(exchange: Exchange) -> str:
    """Say in one line what was answered: status, content type, and how the body begins, tokens masked."""
    kind = (exchange.header("content-type") or "no content type").partition(";")[0]
    body = without_tokens(" ".join(exchange.text[: 10 * EXCERPT].split()).encode()).decode()[:EXCERPT]
    later = f", Retry-After {wait}" if (wait := exchange.header("retry-after")) else ""
    return f"answered {exchange.status} {kind}{later}" + (f": {body}" if body else "")
