"""What a fault of a journey is, and the register of those that are implied by what the journey was seen to do. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from smoke.answers.exchange import DESTINATION, Exchange, Request
from smoke.answers.shapes import CookieExpect
from smoke.model import Blame, Check
from smoke.proof.element import Used
from smoke.proof.fault import Act
from smoke.restraint import permission
from smoke.safety import READS


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What a journey did in the clean run."""

    check: Check
    exchanges: tuple[Exchange, ...]
    """Everything that its pages and its own client asked, with the answers."""
    clicked: frozenset[str] = frozenset()
    """What it clicked, as HTML names it: ``BUTTON``, ``A``."""
    owns: Callable[[str], bool]
    """Tells whether an address is first-party."""
    used: tuple[Used, ...] = ()
    """The elements that it used."""
    looks_at_title: bool = False
    sockets: bool = False
    """Whether its pages open WebSockets."""
    budgets: Mapping[str, float] = field(default_factory=dict)
    """The strictest that a page of it is measured by, such as ``lcp_ms``."""
    build: str | None = None
    """What the target showed as its build, where that is looked at."""
    guarded: Mapping[str, CookieExpect] = field(default_factory=dict)
    """Cookies of which somebody says how they must be."""
    signs: Mapping[str, str] = field(default_factory=dict)
    """Addresses of the requests that sign its account in, by how suite.yaml writes them; empty without an account."""

    def documents(self) -> tuple[Exchange, ...]:
        """Return the first-party pages that it visited, redirects included."""
        return tuple(each for each in self.exchanges if self.is_document(each.request))

    def is_document(self, request: Request) -> bool:
        """Tell whether ``request`` asks for a first-party page."""
        return destination(request) == "document" and self.owns(request.url)

    def calls(self) -> tuple[Exchange, ...]:
        """Return what it asked of first-party APIs, by its pages or by itself, but for signing in."""
        return tuple(
            each
            for each in self.exchanges
            if destination(each.request) in CALLS and self.owns(each.request.url) and not self.signs_in(each.request)
        )

    def signs_in(self, request: Request) -> bool:
        """Tell whether ``request`` signs the account in."""
        return (request.method, bare(request.url)) in {
            (written.partition(" ")[0], address) for written, address in self.signs.items()
        }


CALLS = ("empty", "")
"""Destinations of a page's fetch and XMLHttpRequest, and of a journey's own client."""


def destination(request: Request) -> str:
    """Return what ``request`` is for."""
    return request.header(DESTINATION) or ""


def bare(url: str) -> str:
    """Return ``url`` without query and fragment."""
    return url.partition("?")[0].partition("#")[0]


def signs_out(request: Request) -> bool:
    """Tell whether ``request`` signs an account out."""
    return request.method not in READS and permission.signs_out(urlsplit(request.url).path)


def unchanged(good: Exchange, _number: int) -> Exchange:
    """Answer as it was."""
    return good


def anything(_request: Request) -> bool:
    """Be about every request."""
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class JourneyFault:
    """One defect, as a journey meets it."""

    name: str
    blames: frozenset[Blame]
    """Whoever may rightly be blamed; empty: the journey must stay green, or FLAKY."""
    about: Callable[[Request], bool] = anything
    """Tells whether the answer to a request is faulty."""
    act: Act = unchanged
    """Makes the faulty answer; the number says which faulty one it is, from 1."""
    script: str = ""
    """Run in every page before its own scripts; no Content-Security-Policy stands in its way."""
    flaky: bool = False
    """The next attempt must get through."""
    timed: bool = False
    """Budgets must break for it; other cases are run without, since so many at once are not fast."""


Implied = Callable[[Recorded], Iterator[JourneyFault]]
IMPLIED: list[Implied] = []


def implied(faults: Implied) -> Implied:
    """Register faults that journeys promise to catch."""
    IMPLIED.append(faults)
    return faults


def faults_of(recorded: Recorded) -> tuple[JourneyFault, ...]:
    """Return every fault that a journey promises to catch, by what it was seen to do; each name once."""
    import smoke.proof.catalogue  # noqa: F401 - registers its faults

    found: dict[str, JourneyFault] = {}
    for each in IMPLIED:
        found |= {fault.name: fault for fault in each(recorded)}
    return tuple(found.values())
