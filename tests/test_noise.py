from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from smoke.config.noise import NoiseEntry
from smoke.judging.noise import accept, judge_signals
from smoke.model import Blame
from smoke.observation import Finding, SignalKind
from tests.support.judging import a_signal

LAST_DAY = date(2026, 12, 31)
NEXT_DAY = date(2027, 1, 1)


def an_entry(**changes: Any) -> NoiseEntry:
    return NoiseEntry(
        **{
            "kind": SignalKind.CONSOLE,
            "matches": r"cookie .* blocked",
            "reason": "vendor ticket WEB-41",
            "owner": "web-team",
            "until": LAST_DAY,
            **changes,
        }
    )


COOKIE = a_signal("third-party cookie will be blocked")


def test_an_accepted_signal_says_why() -> None:
    """What an entry accepts carries its reason, its owner and its end date."""
    (signal,) = accept([COOKIE], [an_entry()], LAST_DAY, "planned")
    assert signal.accepted_by == "vendor ticket WEB-41 (web-team, until 2026-12-31)"


def test_an_accepted_signal_is_no_finding() -> None:
    """Accepted noise does not fail a journey."""
    accepted = accept([COOKIE], [an_entry()], LAST_DAY, "planned")
    assert judge_signals("home.load", accepted, [an_entry()], LAST_DAY, "planned") == ()


def test_an_entry_is_over_on_the_day_after_its_last() -> None:
    """The end date is the last day on which noise is accepted, and the next day it is not."""
    entry = an_entry()
    assert accept([COOKIE], [entry], LAST_DAY, "planned")[0].accepted_by
    assert accept([COOKIE], [entry], NEXT_DAY, "planned") == (COOKIE,)


def test_an_expired_entry_is_told() -> None:
    """A signal that an entry used to accept fails the journey and names that entry and its owner."""
    assert judge_signals("home.load", [COOKIE], [an_entry()], NEXT_DAY, "planned") == (
        Finding(
            rule="home.load.console_errors (1) == 0: third-party cookie will be blocked",
            blame=Blame.JS_ERROR,
            evidence=("noise entry 'cookie .* blocked' of web-team ended on 2026-12-31 and no longer accepts this",),
            cause="the pages' scripts fail: third-party cookie will be blocked",
        ),
    )


def test_an_entry_in_force_is_not_called_expired() -> None:
    """On its last day an entry is not mentioned as one that ended."""
    (finding,) = judge_signals("home.load", [COOKIE], [an_entry()], LAST_DAY, "planned")
    assert finding.evidence == ()


def test_an_expired_entry_that_never_matched_is_not_told() -> None:
    """Nobody is sent after an entry that has nothing to do with the signal."""
    (finding,) = judge_signals("home.load", [a_signal("boom")], [an_entry()], NEXT_DAY, "planned")
    assert finding.evidence == ()


@pytest.mark.parametrize(
    ("contracts", "contract", "accepted"),
    [((), "planned", True), (("as-built",), "as-built", True), (("as-built",), "planned", False)],
)
def test_an_entry_may_be_limited_to_contracts(contracts: tuple[str, ...], contract: str, accepted: bool) -> None:
    """Noise of one contract is not accepted under another."""
    (signal,) = accept([COOKIE], [an_entry(contracts=contracts)], LAST_DAY, contract)
    assert bool(signal.accepted_by) is accepted


def test_an_expired_entry_of_another_contract_is_not_told() -> None:
    """An entry that would not apply here anyway is no explanation."""
    entry = an_entry(contracts=("as-built",))
    (finding,) = judge_signals("home.load", [COOKIE], [entry], NEXT_DAY, "planned")
    assert finding.evidence == ()


@pytest.mark.parametrize("kind", [SignalKind.PAGE_ERROR, SignalKind.REQUEST])
def test_an_entry_accepts_only_its_own_kind(kind: SignalKind) -> None:
    """An exception is not accepted because a console message of the same text is."""
    signal = a_signal(COOKIE.text, kind)
    assert accept([signal], [an_entry()], LAST_DAY, "planned") == (signal,)


@pytest.mark.parametrize(
    ("kind", "text", "rule", "blame"),
    [
        (SignalKind.CONSOLE, "boom", "console_errors", Blame.JS_ERROR),
        (SignalKind.PAGE_ERROR, "boom", "page_errors", Blame.JS_ERROR),
        (SignalKind.REQUEST, "GET /cart 503", "failed_requests", Blame.APP_5XX),
        (SignalKind.REQUEST, "GET /cart 404", "failed_requests", Blame.APP_4XX),
        (SignalKind.REQUEST, "GET /cart net::ERR_NAME_NOT_RESOLVED", "failed_requests", Blame.DNS),
        (SignalKind.REQUEST, "GET /cart net::ERR_CONNECTION_RESET", "failed_requests", Blame.TCP),
        (SignalKind.REQUEST, "GET /cart net::ERR_UNHEARD_OF", "failed_requests", Blame.TCP),
        (SignalKind.REQUEST, "GET /cart net::ERR_INTERNET_DISCONNECTED", "failed_requests", Blame.RUNNER_OFFLINE),
        (SignalKind.REQUEST, "GET /cart net::ERR_BLOCKED_BY_ORB", "failed_requests", Blame.ASSERTION),
        (SignalKind.REQUEST, "GET /cart.js csp", "failed_requests", Blame.ASSERTION),
    ],
)
def test_every_kind_of_signal_has_its_rule_and_blame(kind: SignalKind, text: str, rule: str, blame: Blame) -> None:
    """An unaccepted signal of any kind is a finding that says how many there were, what, and whose fault it is."""
    (found,) = judge_signals("home.load", [a_signal(text, kind)], [], LAST_DAY, "planned")
    assert (found.rule, found.blame, found.evidence) == (f"home.load.{rule} (1) == 0: {text}", blame, ())


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("GET /cart?id=7 503", "GET /cart answers 503"),
        ("GET /cart 404", None),
        ("GET /cart net::ERR_NAME_NOT_RESOLVED", "the host api.example does not resolve"),
        ("GET /cart net::ERR_CONNECTION_RESET", "the connection to api.example:8000 fails"),
    ],
)
def test_what_other_checks_fall_to_as_well_is_named(text: str, cause: str | None) -> None:
    """A host, a port or a broken path is named in the words in which other checks name it."""
    signal = a_signal(text, SignalKind.REQUEST, origin="http://api.example:8000")
    (found,) = judge_signals("home.load", [signal], [], LAST_DAY, "planned")
    assert found.cause == cause


def test_the_same_error_on_several_pages_is_one_cause() -> None:
    """Three journeys that meet it say the same of it, wherever they were."""
    errors = [a_signal("TypeError: cart is null", SignalKind.PAGE_ERROR, where=where) for where in ("/", "/cart")]
    found = [judge_signals("a.b", [error], [], LAST_DAY, "planned")[0] for error in errors]
    assert {each.cause for each in found} == {"the pages' scripts fail: TypeError: cart is null"}


def test_a_thousand_signals_make_one_bounded_finding() -> None:
    """A page that shouts is told with a count and five more examples, each with its place."""
    signals = [a_signal(f"boom {number}", where="/cart") for number in range(1000)]
    (finding,) = judge_signals("home.load", signals, [], LAST_DAY, "planned")
    assert finding.rule == "home.load.console_errors (1000) == 0: boom 0"
    assert finding.evidence == tuple(f"on /cart: boom {number}" for number in range(1, 6))


def test_kinds_are_told_apart() -> None:
    """A journey with a console error and a failed request has two findings."""
    signals = [a_signal("GET /cart 500", SignalKind.REQUEST), a_signal("boom")]
    rules = [finding.rule for finding in judge_signals("home.load", signals, [], LAST_DAY, "planned")]
    assert rules == ["home.load.console_errors (1) == 0: boom", "home.load.failed_requests (1) == 0: GET /cart 500"]


def test_what_counts_against_the_application_is_told_of_several() -> None:
    """A request that this runner's network lost does not hide the one that was answered with an error."""
    texts = ("GET /a net::ERR_INTERNET_DISCONNECTED", "GET /b 503", "GET /c net::ERR_INTERNET_DISCONNECTED")
    signals = [a_signal(text, SignalKind.REQUEST) for text in texts]
    (found,) = judge_signals("home.load", signals, [], LAST_DAY, "planned")
    assert (found.rule, found.blame) == ("home.load.failed_requests (3) == 0: GET /b 503", Blame.APP_5XX)
    assert found.evidence == (f"on /: {texts[0]}", f"on /: {texts[2]}")
