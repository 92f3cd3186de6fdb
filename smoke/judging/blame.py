"""Whose fault a failure is, decided from its evidence. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from smoke.judging.causes import BROWSER_GONE, broken, stopped_by, unreachable
from smoke.judging.edge import edge_rule
from smoke.judging.waits import Wait, kept_waiting
from smoke.model import Blame
from smoke.observation import Finding

NETWORK_ERRORS = (
    (
        re.compile(r"ERR_NAME_NOT_RESOLVED|ERR_DNS_|getaddrinfo|Name or service not known|No address associated"),
        Blame.DNS,
    ),
    (re.compile(r"ERR_CERT_|ERR_SSL_|CERTIFICATE_VERIFY_FAILED|\bcertificate\b|\bTLS\b|\bSSL\b"), Blame.TLS),
    (re.compile(r"ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED|ERR_PROXY_"), Blame.RUNNER_OFFLINE),
    (
        re.compile(
            r"ERR_CONNECTION_|ERR_EMPTY_RESPONSE|ERR_ADDRESS_UNREACHABLE|ERR_SOCKET|ERR_TIMED_OUT|ERR_TUNNEL"
            r"|ERR_INCOMPLETE_CHUNKED|ERR_CONTENT_LENGTH|ERR_HTTP2|ERR_QUIC|ECONNRE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH"
            r"|ERR_SOCKS_|Socks5 proxy rejected"
            r"|socket hang up|Connection refused|disconnected without|reset by peer"
        ),
        Blame.TCP,
    ),
)
NEVER_LEFT = re.compile(
    r"ERR_NAME_NOT_RESOLVED|ERR_CONNECTION_REFUSED|ERR_CONNECTION_TIMED_OUT|ERR_ADDRESS_UNREACHABLE|ERR_CERT_|ERR_SSL_"
    r"|ERR_INTERNET_DISCONNECTED|ERR_PROXY_CONNECTION|getaddrinfo|Connection refused|All connection attempts failed"
    r"|ERR_SOCKS_CONNECTION|Socks5 proxy rejected"
    r"|CERTIFICATE_VERIFY_FAILED|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH| (resolves|connects) within "
)
"""What a request ends with that nobody was there to take: not a byte of it was sent."""
NO_ANSWER = re.compile(r"(goto|reload|wait_for_url|expect_navigation|APIRequestContext\.\w+): Timeout")
NO_BROWSER = re.compile(
    r"^BrowserType\.|Executable doesn't exist|Target (page, context or browser|closed)|Browser has been closed"
    r"|(Target|Page) crashed|[Cc]onnection closed"
)
SAID_BY_OTHERS = re.compile(r"https?://\S+|\"[^\"]*\"|'[^']*'|(?<=evaluate: ).*|(?<=wait_for_function: ).*")
"""Addresses, and words of pages and journeys, in what Playwright says."""
DETAIL = re.compile(r"Actual value|Expected|Received|Error|Locator|waiting for")
DETAILS = 4
LONGEST = 400
ADDRESS = re.compile(r"\bat ((?:https?|wss?)://\S+)|→ [A-Z]+ (https?://\S+)")
"""Where a message of Chromium, or the call log of a request that the journey itself made, says what was asked."""
ANSWERS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """An exception that ended a journey, as far as blame needs it."""

    type_name: str
    message: str
    """First line says what, further lines are the call log."""
    is_assertion: bool
    """An AssertionError: the journey looked, and saw something else."""
    is_playwright: bool
    """Raised by the browser automation, not by the journey's own code."""
    where: str | None = None
    """File and line of the journey, or of the page object, that it came from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BadAnswer:
    """A first-party document or API answer that was bad, as evidence."""

    method: str
    path: str
    status: int
    is_document: bool
    edge: str | None = None
    """The service that gave it in place of the application."""
    to_journey: bool = False
    """The journey's own code asked, and went on with what came."""
    retry_after: str | None = None
    """What it says of when to come back (RFC 9110, 10.2.3)."""

    def __str__(self) -> str:
        later = f", Retry-After {self.retry_after}" if self.retry_after else ""
        return f"{self.method} {self.path} answered {self.status}{later}"


class AccountError(Exception):
    """The smoke account was refused, locked or limited: nothing can be said about the application."""


class DeadlineExceeded(BaseException):
    """A check took longer than it may. Not an Exception: a journey cannot swallow it by accident."""


def network_blame(message: str) -> Blame | None:
    """Recognise a network failure in an error text of Chromium, Node or Python."""
    for pattern, blame in NETWORK_ERRORS:
        if pattern.search(message):
            return blame
    return None


def never_left(message: str) -> bool:
    """Tell whether a request that ended with ``message`` cannot have been sent."""
    return NEVER_LEFT.search(message) is not None


def judge_failure(failure: Failure, answers: tuple[BadAnswer, ...], waits: tuple[Wait, ...] = ()) -> Finding:
    """Turn the exception of a journey into a finding, with bad or late answers of the application as its cause."""
    headline = one_line(failure.message)
    where = (f"at {failure.where}",) if failure.where else ()
    if failure.type_name == AccountError.__name__:
        return Finding(rule=headline, blame=Blame.ACCOUNT, evidence=where)
    if failure.type_name == DeadlineExceeded.__name__:
        return Finding(rule=headline, blame=Blame.SLOW, evidence=where)
    misled = any(answer.to_journey for answer in _server_errors(answers))
    if failure.is_playwright or failure.is_assertion or misled:
        blame = _blame(failure, answers)
        cause = _cause(failure, blame, answers)
        late = kept_waiting(failure.message, waits) if blame in {Blame.ASSERTION, Blame.SLOW} else ()
        evidence = (*where, *late, *_evidence(answers))
        return Finding(rule=headline, blame=Blame.SLOW if late else blame, evidence=evidence, cause=cause)
    return Finding(rule=f"{failure.type_name}: {headline}", blame=Blame.HARNESS, evidence=where)


def judge_edge(answers: tuple[BadAnswer, ...], failure: Finding | None) -> Finding | None:
    """Return the finding that an edge answered in place of the application, with what became of the journey.

    A challenge that came as a page (status 202), and that the browser passed, stopped nothing.
    """
    for answer in answers:
        if answer.edge and (failure or answer.status >= 400):
            rule = edge_rule(answer.edge, answer.status)
            evidence = (str(answer), *([failure.rule] if failure else []))
            return Finding(rule=rule, blame=Blame.EDGE_BLOCKED, evidence=evidence, cause=stopped_by(answer.edge))
    return None


def _blame(failure: Failure, answers: tuple[BadAnswer, ...]) -> Blame:
    # Further lines, and all of an assertion, may quote the page: its words are no evidence of ours.
    told = SAID_BY_OTHERS.sub("", failure.message.partition("\n")[0]) if failure.is_playwright else ""
    network = network_blame(told)
    if network is not None:
        return network
    if NO_BROWSER.search(told):
        return Blame.HARNESS
    servers = _server_errors(answers)
    documents = [answer for answer in answers if answer.is_document]
    for cause in (*servers, *documents):
        return blame_of_status(cause.status)
    return Blame.SLOW if NO_ANSWER.search(told) else Blame.ASSERTION


def _server_errors(answers: tuple[BadAnswer, ...]) -> list[BadAnswer]:
    return [answer for answer in answers if answer.status >= 500]


def _cause(failure: Failure, blame: Blame, answers: tuple[BadAnswer, ...]) -> str | None:
    match blame:
        case Blame.DNS | Blame.TCP | Blame.TLS:
            address = ADDRESS.search(failure.message)
            return unreachable(blame, address[1] or address[2]) if address else None
        case Blame.APP_5XX:
            first = _server_errors(answers)[0]
            return broken(first.method, first.path, first.status)
        case Blame.APP_4XX:
            first = next(answer for answer in answers if answer.is_document)
            return broken(first.method, first.path, first.status)
        case Blame.HARNESS:
            return BROWSER_GONE
        case _:
            return None


def _evidence(answers: tuple[BadAnswer, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(str, answers)))[:ANSWERS]


def limits_told(answers: tuple[BadAnswer, ...]) -> tuple[str, ...]:
    """Return the lines about answers that say when to come back."""
    return tuple(dict.fromkeys(str(answer) for answer in answers if answer.retry_after))[:ANSWERS]


def one_line(message: str) -> str:
    """Return what a Playwright or assertion message says first, with locator, expectation and actual value."""
    # The snapshot prints what was typed into password fields.
    lines = [line.strip() for line in message.partition("\nAria snapshot:")[0].splitlines() if line.strip()]
    if not lines:
        return "failed without a message"
    details = [line for line in (each.lstrip("- ") for each in lines[1:]) if DETAIL.match(line)]
    return "; ".join(list(dict.fromkeys([lines[0], *details]))[:DETAILS])[:LONGEST]


def blame_of_status(status: int) -> Blame:
    """Tell whose fault an unexpected status is."""
    return Blame.APP_5XX if status >= 500 else Blame.APP_4XX if status >= 400 else Blame.ASSERTION
