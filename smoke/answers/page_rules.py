"""The shape of ``page:`` in suite.yaml: what every first-party page keeps, whichever journey visits it."""

from __future__ import annotations

from dataclasses import dataclass, field

from smoke.answers.paths import check_path
from smoke.answers.shapes import CookieExpect, HeaderExpect, Positive
from smoke.known import unknown
from smoke.strict import Strict, check_ceilings, check_pattern

PAGE_BUDGETS = ("ttfb_ms", "fcp_ms", "lcp_ms", "cls", "dcl_ms", "load_ms")


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildSource(Strict):
    """Where the target shows which build answers."""

    header: str | None = None
    """Name of the response header."""
    meta: str | None = None
    """Name of the meta tag."""
    json: str | None = None
    """JSON path in the answers of APIs, such as ``build``."""

    def __post_init__(self) -> None:
        if self.header is None and self.meta is None and self.json is None:
            raise ValueError("says nothing: name a header, a meta tag, a JSON path, or several of them")
        if self.json is not None:
            check_path(self.json)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRules(Strict):
    """What every first-party page keeps."""

    headers: dict[str, HeaderExpect] = field(default_factory=dict)
    """Of every document, by name."""
    cookies: dict[str, CookieExpect] = field(default_factory=dict)
    """Of every first-party cookie that is set, by name."""
    build: BuildSource | None = None
    """Where the target shows its build; all that one journey sees must be the same."""
    never: tuple[str, ...] = ()
    """Regular expressions for what may not be read on any page."""
    budgets: dict[str, Positive] = field(default_factory=dict)
    """Largest good value of a page's own timings: ttfb_ms, fcp_ms, lcp_ms, cls, dcl_ms, load_ms."""
    ceilings: dict[str, Positive] = field(default_factory=dict)
    """Above what a single sample fails, by the names of budgets; by default three times the budget, and 3 s more than
    it at least. Below, the median of three cold loads decides."""

    def __post_init__(self) -> None:
        for pattern in self.never:
            check_pattern(pattern)
        for name in self.budgets:
            if name not in PAGE_BUDGETS:
                raise ValueError(unknown("timing", name, PAGE_BUDGETS))
        check_ceilings(self.ceilings, self.budgets)
