"""The deployment that a run talks to: its address, its accounts, and the embedded application behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from smoke.config.problems import ConfigError, Problem
from smoke.config.schema import EMBEDDED, ExternalServices
from smoke.plan import Plan
from smoke.secret import Secret
from smoke.settings import Settings


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
    contract: str
    timeout_ms: float
    texts: Mapping[str, str]
    budgets: Mapping[str, float]
    accounts: Mapping[str, Credentials] = field(default_factory=dict)
    shared: bool = True
    """Others use it too, so its counters may move without us."""

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc}"

    def owns(self, url: str) -> bool:
        """Tell whether ``url`` is first-party."""
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.netloc}" == self.origin

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """Every secret of every account."""
        found = [(account.password, account.totp) for account in self.accounts.values()]
        return tuple(secret for pair in found for secret in pair if secret is not None)


@contextmanager
def open_target(plan: Plan, settings: Settings) -> Iterator[Target]:
    """Yield the target of ``plan``, starting the embedded application where that is the target.

    Raises ConfigError with every secret that a planned check needs and the environment lacks.
    """
    if settings.base_url is None and plan.environment.base_url == EMBEDDED:
        from smoke.demo.options import Contract, DemoOptions
        from smoke.demo.process import start

        with start(DemoOptions(contract=Contract(plan.environment.contract))) as demo:
            yield _target(plan, demo.base_urls[plan.suite.name], {**settings.environ, **demo.environ})
    else:
        yield _target(plan, settings.base_url or plan.environment.base_url, settings.environ)


def _target(plan: Plan, base_url: str, environ: Mapping[str, str]) -> Target:
    if base_url == EMBEDDED:
        raise AssertionError("the embedded application has no address before it is started")
    return Target(
        base_url=base_url.rstrip("/"),
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
        account = plan.suite.about.accounts[name]
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
