"""Which of a probe's requests a finding speaks of."""

from __future__ import annotations

import asyncio

import pytest

from smoke.answers.exchange import Exchange, Request
from smoke.answers.judges import assertion
from smoke.model import Blame
from smoke.observation import Finding
from smoke.probing.failing import ProbeFailedError
from smoke.probing.overheard import MOST, Overheard, Said, meant


def asked(url: str, check_id: str = "shop.cart") -> Request:
    return Request(method="GET", url=url, check_id=check_id)


def answered(url: str, body: bytes, status: int = 200) -> Said:
    request = asked(url)
    return Said(request, Exchange(request=request, status=status, headers=(), body=body))


def lines(said: Said) -> tuple[str, ...]:
    assert said.exchange
    finding = assertion("it works", said.exchange)
    return (*finding.evidence, finding.rule)


LOGIN, CART, LATER = answered("/login", b"{}"), answered("/cart", b"[]"), answered("/cart", b"[1]")
LOST = Said(asked("/cart"), None)


def test_the_answer_that_is_quoted_is_meant() -> None:
    """Neither the login before it, nor a later attempt that was answered as it should be."""
    assert meant((LOGIN, CART, LATER), lines(CART)) is CART


def test_without_an_answer_the_request_that_had_none_is_meant() -> None:
    assert meant((LOGIN, LOST, LATER), ("GET /cart got no answer: connection refused",)) is LOST


def test_a_time_is_about_what_was_asked_last() -> None:
    assert meant((LOGIN, CART), ("shop.cart.total_ms (900) <= 100",)) is CART


def test_what_was_said_is_kept_for_each_check_and_only_lately() -> None:
    """What got no answer too, and it is raised all the same."""
    heard = Overheard()

    async def send(request: Request, _timeout_s: float) -> Exchange:
        if request.url == "/lost":
            raise ProbeFailedError(Finding(rule="GET /lost got no answer: refused", blame=Blame.TCP))
        return Exchange(request=request, status=200, headers=(), body=b"")

    async def converse() -> None:
        sent = heard.through(send)
        for number in range(MOST + 3):
            await sent(asked(f"/{number}"), 1.0)
        await sent(asked("/other", "shop.home"), 1.0)
        with pytest.raises(ProbeFailedError):
            await sent(asked("/lost"), 1.0)

    asyncio.run(converse())
    said = heard.of("shop.cart")
    assert [each.request.url for each in said] == [*(f"/{number}" for number in range(4, MOST + 3)), "/lost"]
    assert said[-1].exchange is None
    assert len(heard.of("shop.home")) == 1
    assert heard.of("shop.nothing") == ()
