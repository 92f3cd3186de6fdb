"""The deployment that a run talks to: its address, its accounts, and the embedded application behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from smoke.config.problems import ConfigError, Problem
from smoke.config.schema import EMBEDDED, ExternalServices
from smoke.plan import Plan
from smoke.secret import Secret
from smoke.settings import Settings

MAIN = "base_url"


def origin_of(url: str) -> str:
    """Return scheme, host and port of ``url`` (RFC 6454)."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """A smoke account with its secrets."""

    name: str
    user: str
    role: str
    password: Secret
    totp: Secret | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One deployment, ready to be looked at."""

    base_url: str
    urls: Mapping[str, str]
    """Further addresses, by name."""
    contract: str
    timeout_ms: float
    texts: Mapping[str, str]
    budgets: Mapping[str, float]
    accounts: Mapping[str, Credentials] = field(default_factory=dict)
    shared: bool = True
    """Others use it too, so its counters may move without us."""
    lost: Callable[[], str | None] = lambda: None
    """Says how the target ended, where it is our own and did: nothing that was seen of it counts then."""

    def owns(self, url: str) -> bool:
        """Tell whether ``url`` is first-party."""
        return origin_of(url) in {origin_of(each) for each in (self.base_url, *self.urls.values())}

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """Every secret of every account."""
        found = [(account.password, account.totp) for account in self.accounts.values()]
        return tuple(secret for pair in found for secret in pair if secret is not None)


@contextmanager
def open_target(plan: Plan, settings: Settings) -> Iterator[Target]:
    """Yield the target of ``plan``, starting the embedded application where that is the target.

    Raises ConfigError with every address and secret that a planned check needs and the environment lacks.
    """
    said = plan.environment
    written = {MAIN: settings.base_url or said.base_url, **said.urls}
    if not any(url.startswith(EMBEDDED) for url in written.values()):
        yield _target(plan, _addresses(written, settings.environ), settings.environ)
        return
    from smoke.demo.options import Contract, DemoOptions
    from smoke.demo.process import start

    contract = Contract(said.contract) if said.contract in set(Contract) else Contract.PLANNED
    with start(DemoOptions(contract=contract, suites=frozenset(_suites(plan.suite.name, written)))) as demo:
        served = {
            name: demo.base_urls[_product(plan.suite.name, name, url)] if url.startswith(EMBEDDED) else url
            for name, url in written.items()
        }
        environ = {**settings.environ, **demo.environ}
        yield replace(_target(plan, _addresses(served, environ), environ), lost=lambda: demo.ended)


def _suites(suite: str, written: Mapping[str, str]) -> Iterator[str]:
    """Yield the suites whose embedded products are at these addresses."""
    from smoke.demo.products import suite_of

    for name, url in written.items():
        if url.startswith(EMBEDDED):
            yield suite_of(_product(suite, name, url))


def _product(suite: str, name: str, url: str) -> str:
    """Return which of the embedded products ``embedded`` means for the address ``name``."""
    _, _, product = url.partition(":")
    return product or (suite if name == MAIN else f"{suite}-{name}")


def _addresses(written: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str]:
    problems = [
        Problem("environment", 0, url[1:], f"is not set; it holds the address {name!r} of the target")
        for name, url in written.items()
        if url.startswith("$") and not environ.get(url[1:])
    ]
    if problems:
        raise ConfigError(problems)
    return {name: (environ[url[1:]] if url.startswith("$") else url).rstrip("/") for name, url in written.items()}


def _target(plan: Plan, addresses: dict[str, str], environ: Mapping[str, str]) -> Target:
    base_url = addresses.pop(MAIN)
    return Target(
        base_url=base_url,
        urls=addresses,
        contract=plan.environment.contract,
        timeout_ms=plan.environment.timeout_ms,
        texts=plan.suite.about.texts,
        budgets=plan.budgets,
        accounts=_accounts(plan, environ),
        shared=plan.environment.external_services is not ExternalServices.MOCK,
    )


def _accounts(plan: Plan, environ: Mapping[str, str]) -> dict[str, Credentials]:
    needed = {check.account: check for check in plan.checks if check.account}
    problems: dict[str, Problem] = {}
    accounts = {}
    for name, check in needed.items():
        account = plan.suite.about.accounts_in(plan.environment_name)[name]
        for variable in filter(None, (account.password, account.totp)):
            if not environ.get(variable):
                text = f"is not set; {check.id} signs in as {account.user}: set it in the environment or in .env"
                problems[variable] = Problem("environment", 0, variable, text)
        if not problems:
            accounts[name] = Credentials(
                name=name,
                user=account.user,
                role=account.role,
                password=Secret(environ[account.password]),
                totp=Secret(environ[account.totp]) if account.totp else None,
            )
    if problems:
        raise ConfigError(problems.values())
    return accounts
