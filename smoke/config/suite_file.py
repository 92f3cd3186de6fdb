"""The shape of suite.yaml: environments, accounts and budgets of one product."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Annotated

from annotated_types import Ge, Gt, Le, Len

from smoke.addresses import check_open
from smoke.answers.page_rules import PageRules
from smoke.answers.shapes import Positive
from smoke.config.account import Account
from smoke.config.gates import Hooks, Restart, Steer
from smoke.config.login import Login
from smoke.restraint.rate import RateLimit
from smoke.safety import WRITES, Permit
from smoke.strict import Strict, Text, check_each

EMBEDDED = "embedded"
A_DESTRUCTIVE = "a destructive request is a writing method and a path, such as DELETE /api/v1/users/*"
A_TELEMETRY = "telemetry is a writing method and a path, such as PATCH /api/v1/telemetry"


class ExternalServices(StrEnum):
    """What stands behind an environment."""

    MOCK = "mock"
    STAGING = "staging"
    PRODUCTION = "production"


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment(Strict):
    """One deployment of a product."""

    base_url: Text
    """``embedded`` (or ``embedded:PRODUCT``) for the application that ships with the harness, an address that
    begins with http(s)://, or ``$NAME`` for the environment variable that holds one."""
    timeout_ms: Annotated[float, Ge(100), Le(120_000)]
    """Longest wait for one action in the browser or one request."""
    urls: dict[str, Text] = field(default_factory=dict)
    """Further addresses of the product, by name, written like base_url."""
    contract: str = "planned"
    """Which behaviour checks expect: they may be limited to some contracts. By default ``planned``."""
    external_services: ExternalServices = ExternalServices.STAGING
    """``mock`` also says that nobody else uses this deployment. By default ``staging``."""
    budgets: dict[str, Positive] = field(default_factory=dict)
    """Budgets that differ here from the suite's, by the same names."""
    ceilings: dict[str, Positive] = field(default_factory=dict)
    """Ceilings that differ here from the suite's, by the same names."""
    accounts: dict[str, Account] = field(default_factory=dict)
    """Accounts that differ here from the suite's or are only here, by the names that checks use; each is written
    whole."""
    rate_limits: dict[str, str] = field(default_factory=dict)
    """What it allows one client, by ``/path`` or ``METHOD /path`` (it, and all below), such as ``600/min``. What its
    answers advertise (RateLimit-Policy, X-RateLimit-Limit) need not be written."""
    rate_share: Annotated[float, Gt(0), Le(1)] = 0.1
    """Share of each limit that a run may use; by default a tenth."""
    controls: tuple[str, ...] = ("one.one.one.one:443", "dns.google:443")
    """``host:port`` of others than the target: where none of them can be reached either, a failure of the network is
    the runner's own. None listed: it is always the application's. By default two public resolvers."""

    steer: Steer | None = None
    """How its platform is asked for the canary; by default a balancer sends each session where it likes."""
    compare_with: str | None = None
    """Environment that serves the stable build, where gates compare a canary with it; by default none."""
    hooks: Hooks = field(default_factory=Hooks)
    """What acts for gates; by default they only say what to do."""

    def __post_init__(self) -> None:
        check_each(
            [
                (("base_url",), partial(_check_url, "base_url", self.base_url)),
                *((("urls", name), partial(_check_url, name, url)) for name, url in self.urls.items()),
                *((("controls", index), partial(_check_control, each)) for index, each in enumerate(self.controls)),
                *(
                    (("rate_limits", name), partial(_check_limit, name, each))
                    for name, each in self.rate_limits.items()
                ),
            ]
        )

    @property
    def limits(self) -> dict[str, RateLimit]:
        """The rate limits."""
        return {name: RateLimit.parse(text) for name, text in self.rate_limits.items()}


def _check_url(name: str, url: str) -> None:
    check_open(name, url)
    if not re.fullmatch(rf"{EMBEDDED}(:[a-z0-9-]+)?|https?://[^/\s]+\S*|\$[A-Z][A-Z0-9_]*", url):
        raise ValueError(f"{name} must be {EMBEDDED}, start with http:// or https://, or be $NAME; got {url!r}")


def _check_control(control: str) -> None:
    if not re.fullmatch(r"[^\s:/]+:\d{1,5}", control):
        raise ValueError(f"controls must be host:port; got {control!r}")


def _check_limit(name: str, text: str) -> None:
    if not re.fullmatch(r"([A-Z]+ )?/\S*", name):
        raise ValueError(f"rate_limits are by /path or METHOD /path; got {name!r}")
    RateLimit.parse(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteFile(Strict):
    """suite.yaml: environments, accounts and budgets of one product."""

    title: Text
    """Name of the product, for reports."""
    environments: Annotated[dict[str, Environment], Len(1)]
    """Deployments of the product, by the names that execution points use."""
    accounts: dict[str, Account] = field(default_factory=dict)
    """Smoke accounts, by the names that checks use."""
    budgets: dict[str, Positive] = field(default_factory=dict)
    """Largest good value of what a journey measures, by its name such as ``homepage.load_ms``, in its unit."""
    ceilings: dict[str, Positive] = field(default_factory=dict)
    """Above what a single sample fails, by the names of budgets; by default three times the budget, and 3 s more than
    it at least. Below, the median of three cold samples decides."""
    texts: dict[str, str] = field(default_factory=dict)
    """Inputs for journeys, such as a safe test prompt."""
    login: Login | None = None
    """How probes and ``smoke accounts`` sign in; needed as soon as a probe has an account."""
    destructive: tuple[str, ...] = ()
    """Requests that no check may ever make, whatever it permits, such as ``DELETE /api/v1/users/*``."""
    telemetry: tuple[str, ...] = ()
    """What its pages report of themselves, such as ``PATCH /api/v1/telemetry``: answered in its place, never sent."""
    analytics: tuple[str, ...] = ()
    """Hosts that count its visitors, besides those that are known: never reached."""
    page: PageRules = field(default_factory=PageRules)
    """What every first-party page keeps, whichever journey visits it."""
    restart: Restart | None = None
    """Where it tells since when its process runs; by default nobody can tell whether it was restarted."""

    def __post_init__(self) -> None:
        kinds = {"destructive": (self.destructive, A_DESTRUCTIVE), "telemetry": (self.telemetry, A_TELEMETRY)}
        check_each(
            ((name, index), partial(_check_write, text, kind))
            for name, (texts, kind) in kinds.items()
            for index, text in enumerate(texts)
        )

    def accounts_in(self, environment: str) -> dict[str, Account]:
        """Return the accounts of ``environment``: the suite's, with its own on top."""
        return {**self.accounts, **self.environments[environment].accounts}

    @property
    def destroys(self) -> tuple[Permit, ...]:
        """The destructive requests."""
        return tuple(Permit.parse(text) for text in self.destructive)

    @property
    def reports(self) -> tuple[Permit, ...]:
        """The telemetry."""
        return tuple(Permit.parse(text) for text in self.telemetry)


def _check_write(text: str, kind: str) -> None:
    try:
        Permit.parse(text)
    except ValueError:
        method, _, path = text.partition(" ")
        close = difflib.get_close_matches(method, WRITES, 1)
        meant = f"; did you mean '{close[0]} {path}'?" if close and close[0] != method else ""
        raise ValueError(f"{kind}; got {text!r}{meant}") from None
