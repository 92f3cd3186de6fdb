"""The deployment that a run talks to: its address, its accounts, and the embedded application behind it."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import lru_cache
from urllib.parse import urlsplit

from smoke.addresses import check_open, is_here
from smoke.config.problems import ConfigError, Problem
from smoke.config.suite_file import EMBEDDED, ExternalServices
from smoke.planning.plan import Plan
from smoke.secrets.secret import Secret, unmaskable
from smoke.secrets.totp import key_of
from smoke.settings import Settings

MAIN = "base_url"
SET_IT = "set it in the environment or in .env"


DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}


@lru_cache(maxsize=256)
def origin_of(url: str) -> str:
    """Return scheme, host and port of ``url`` as browsers write them (RFC 6454, WHATWG URL)."""
    parts = urlsplit(url)
    host, port = _host_of(parts.hostname or ""), parts.port
    shown = "" if port is None or port == DEFAULT_PORTS.get(parts.scheme) else f":{port}"
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{shown}"


def _host_of(host: str) -> str:
    """Return ``host`` in lower case, an international one in ASCII, and 127.1 as 127.0.0.1."""
    if host[-1:].isdigit() and ":" not in host:
        with contextlib.suppress(OSError):
            return socket.inet_ntoa(socket.inet_aton(host))
    try:
        return host.encode("idna").decode() if host else host
    except UnicodeError:
        return host


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
    ceilings: Mapping[str, float] = field(default_factory=dict)
    accounts: Mapping[str, Credentials] = field(default_factory=dict)
    shared: bool = True
    """Others use it too, so its counters may move without us."""
    lost: Callable[[], str | None] = lambda: None
    """Says how the target ended, where it is our own and did: nothing that was seen of it counts then."""

    def owns(self, url: str) -> bool:
        """Tell whether ``url`` is first-party."""
        return origin_of(url) in {origin_of(each) for each in (self.base_url, *self.urls.values())}

    def is_at(self, host: str, port: object) -> bool:
        """Tell whether one of its addresses is ``host`` (a name or an IP address) at ``port``."""
        for url in (self.base_url, *self.urls.values()):
            parts = urlsplit(origin_of(url))
            asked = _host_of(host)
            names = {parts.hostname, *(("127.0.0.1", "::1") if parts.hostname == "localhost" else ())}
            if asked in names and str(port) == str(parts.port or DEFAULT_PORTS.get(parts.scheme)):
                return True
        return False

    @property
    def own_ports(self) -> tuple[int, ...]:
        """The ports of this machine's loopback that it is at, which nobody else reaches."""
        found = (urlsplit(url) for url in (self.base_url, *self.urls.values()) if is_here(url))
        return tuple(dict.fromkeys(parts.port or DEFAULT_PORTS[parts.scheme] for parts in found))

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
        yield _target(plan, addresses(written, settings.environ), settings.environ)
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
        yield replace(_target(plan, addresses(served, environ), environ), lost=lambda: demo.ended)


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


def addresses(written: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str]:
    """Return the addresses by name, ``$NAME`` looked up; raises ConfigError with every variable that is not set."""
    problems = [
        Problem.of_variable(url[1:], f"is not set; it holds the address {name!r} of the target: {SET_IT}")
        for name, url in written.items()
        if url.startswith("$") and not environ.get(url[1:])
    ]
    for name, url in written.items():
        try:
            check_open(f"the address {name!r} of the target", environ.get(url[1:], "") if url.startswith("$") else url)
        except ValueError as error:
            problems.append(Problem.of_variable(url[1:] if url.startswith("$") else name, str(error)))
    if problems:
        raise ConfigError(problems)
    return {name: (environ[url[1:]] if url.startswith("$") else url).rstrip("/") for name, url in written.items()}


def _target(plan: Plan, urls: dict[str, str], environ: Mapping[str, str]) -> Target:
    base_url = urls.pop(MAIN)
    return Target(
        base_url=base_url,
        urls=urls,
        contract=plan.environment.contract,
        timeout_ms=plan.environment.timeout_ms,
        texts=plan.suite.about.texts,
        budgets=plan.budgets,
        ceilings=plan.ceilings,
        accounts=accounts_of(plan, environ),
        shared=plan.environment.external_services is not ExternalServices.MOCK,
    )


def accounts_of(plan: Plan, environ: Mapping[str, str]) -> dict[str, Credentials]:
    """Return the accounts of the checks by name; raises ConfigError with every variable that is not set, or wrong."""
    needed = {check.account: check for check in plan.checks if check.account}
    problems: dict[str, Problem] = {}
    accounts = {}
    for name, check in needed.items():
        account = plan.suite.about.accounts_in(plan.environment_name)[name]
        for variable in filter(None, (account.password, account.totp)):
            if not environ.get(variable):
                text = f"is not set; {check.id} signs in as {account.user}: {SET_IT}"
                problems[variable] = Problem.of_variable(variable, text)
            elif wrong := unmaskable(environ[variable]):
                problems[variable] = Problem.of_variable(variable, f"{wrong}: give {account.user} another one")
        if account.totp and (wrong := _wrong_totp(environ.get(account.totp))):
            text = f"{wrong}; copy it again where {account.user} set its authenticator up, without otpauth://"
            problems[account.totp] = Problem.of_variable(account.totp, text)
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


def _wrong_totp(text: str | None) -> str | None:
    """Say what is wrong with a TOTP secret that is set; never what it is."""
    try:
        if text:
            key_of(Secret(text))
    except ValueError as error:
        return str(error)
    return None
