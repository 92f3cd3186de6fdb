from __future__ import annotations

import pytest

from smoke.judging.clues import CIRCLES, MOST, Hop, circles, clues, supported, traced
from smoke.model import Blame
from smoke.observation import Finding, Observation
from tests.support.judging import an_attempt


def a_hop(where: str, outcome: str, *, method: str = "GET", redirected: bool = False) -> Hop:
    return Hop(method=method, where=where, outcome=outcome, redirected=redirected)


def round_trip(length: int) -> tuple[Hop, ...]:
    return tuple(a_hop(f"/{number}", "302", redirected=number > 0) for number in range(length))


OPENED = (a_hop("/", "302"), a_hop("/login", "200", redirected=True))
SENT = (a_hop("/login", "303", method="POST"), a_hop("/home", "503", redirected=True))


@pytest.mark.parametrize(
    ("hops", "chain"),
    [
        ((), ()),
        (OPENED, ("GET / 302 -> /login 200",)),
        ((*OPENED, *SENT), ("POST /login 303 -> /home 503",)),
        ((*SENT, *OPENED), ("POST /login 303 -> /home 503",)),
        ((a_hop("/", "net::ERR_CONNECTION_RESET"), *OPENED), ("GET / net::ERR_CONNECTION_RESET",)),
        ((*OPENED, a_hop("/a", "200")), ("GET /a 200",)),
        ((a_hop("/seen", "200", redirected=True),), ("GET /seen 200",)),
        (round_trip(CIRCLES), ("GET /0 302 -> /1 302 -> /2 302 -> /3 302 -> /4 302",)),
        (round_trip(CIRCLES + 3), ("GET /0 302 -> /1 302 -> /6 302 -> /7 302",)),
    ],
)
def test_the_chain_of_the_document_that_failed_is_told(hops: tuple[Hop, ...], chain: tuple[str, ...]) -> None:
    """Redirects are one line, many of them by their ends; of several documents the one that failed, else the last."""
    assert clues(hops, ()) == chain


def test_a_page_that_redirects_in_circles_is_found_before_the_browser_gives_up() -> None:
    """Also in turn with another page; what is only opened often, or led to a few times, is no circle."""
    again = a_hop("/", "302", redirected=True)
    turns = (a_hop("/login", "302", redirected=True), again)
    (found,) = circles((a_hop("/", "302"), *turns * (CIRCLES - 1)))
    assert (found.rule, found.blame) == ("page / is shown, but redirects led back to it 4 times", Blame.ASSERTION)
    assert circles((a_hop("/", "302"), *turns * (CIRCLES - 2))) == ()
    assert circles((a_hop("/", "200"),) * 2 * CIRCLES) == ()


def test_the_last_console_errors_are_told() -> None:
    """Only errors, the last ones, cut to what fits; what repeats a bad answer is left out."""
    lines = ["error: old", "error: one", "log: fine", "error: Failed to load resource: 404", "error: " + "x" * 999]
    first, second = clues((), lines)
    assert first == "console error: one"
    assert second.startswith("console error: xxx")
    assert len(second) < 320


def test_the_first_finding_is_supported_and_only_with_news() -> None:
    """What a finding says already is not said again, and the others keep what they have."""
    first = Finding(rule="page_errors (1) == 0: boom", blame=Blame.JS_ERROR)
    second = Finding(rule="the title is right", blame=Blame.ASSERTION)
    found = supported((first, second), ("GET / 200", "console error: boom"))
    assert [finding.evidence for finding in found] == [("GET / 200",), ()]
    assert supported((), ("GET / 200",)) == ()


def test_a_finding_stays_short() -> None:
    """Clues take the place of further lines of the same kind, so that a person reads them at a glance."""
    long = Finding(rule="six requests failed", blame=Blame.APP_5XX, evidence=tuple("abcdef"))
    (found,) = supported((long,), ("GET / 503", "console error: x1", "console error: x2"))
    assert len(found.evidence) == MOST
    assert found.evidence[-3:] == ("GET / 503", "console error: x1", "console error: x2")


def test_every_bad_attempt_names_its_trace_once() -> None:
    """The first finding of each bad attempt leads to the target's logs; a good attempt needs no way there."""
    attempts = (an_attempt(Blame.TCP, Blame.SLOW), an_attempt(number=2))
    one, other = traced(Observation(check_id="a", attempts=attempts), "0af7").attempts
    assert [finding.evidence for finding in one.findings] == [("trace id 0af7",), ()]
    assert other == attempts[1]
