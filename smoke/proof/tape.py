"""What a target answered in the clean run, to be answered again: the drill asks nobody."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace

from smoke.answers.exchange import Exchange, Request

Call = tuple[str, str, str]
"""Check, method and address."""


class NotOnTapeError(LookupError):
    """A request that the clean run did not make; names it."""


class Tape:
    """The answers of one clean run, in the order in which they came to each call."""

    def __init__(self, exchanges: Iterable[Exchange] = ()) -> None:
        self._answers: dict[Call, list[Exchange]] = defaultdict(list)
        for each in exchanges:
            self.record(each)

    def record(self, exchange: Exchange) -> None:
        """Keep one more answer."""
        self._answers[_call(exchange.request)].append(exchange)

    def amend(self, request: Request, headers: tuple[tuple[str, str], ...]) -> None:
        """Add ``headers`` to the last answer to ``request``, which came without them."""
        if answers := self._answers.get(_call(request)):
            answers[-1] = replace(answers[-1], headers=(*answers[-1].headers, *headers))

    def answer(self, request: Request, asked: Counter[Call]) -> Exchange:
        """Return the answer to ``request``, and count it in ``asked``; beyond the last one, the last again.

        A request that another check made in the clean run, as a login is, is answered as that one was.
        Raises NotOnTapeError.
        """
        call = _call(request)
        answers = self._answers.get(call) or self._of_anyone(request)
        if not answers:
            raise NotOnTapeError(f"{request.method} {request.url} of {request.check_id} was not asked in the clean run")
        number = asked[call]
        asked[call] += 1
        return replace(answers[min(number, len(answers) - 1)], request=request)

    def answer_near(self, request: Request, asked: Counter[Call]) -> Exchange:
        """Do the same, or answer as the same path was with another query; raises NotOnTapeError."""
        try:
            return self.answer(request, asked)
        except NotOnTapeError:
            near = next((call for call in self._answers if _alike(call, _call(request))), None)
            if near is None:
                raise
            return replace(self.answer(replace(request, url=near[2]), asked), request=request)

    def settle(self, check_id: str) -> None:
        """Keep only the last answer of each call of a check that asked until it was content."""
        for call in self._answers:
            if call[0] == check_id:
                del self._answers[call][:-1]

    def quickest(self, check_id: str) -> None:
        """Keep of each call of a check only the answer that took the least time."""
        for call, found in self._answers.items():
            if call[0] == check_id:
                found[:] = [min(found, key=lambda each: each.timing.total_ms)]

    def of(self, check_id: str) -> tuple[Exchange, ...]:
        """Return the answers that a check got."""
        return tuple(each for call, found in self._answers.items() if call[0] == check_id for each in found)

    def _of_anyone(self, request: Request) -> list[Exchange]:
        return next((found for call, found in self._answers.items() if call[1:] == _call(request)[1:]), [])


def _alike(one: Call, other: Call) -> bool:
    return one[:2] == other[:2] and one[2].partition("?")[0] == other[2].partition("?")[0]


def _call(request: Request) -> Call:
    return request.check_id, request.method, request.url
