"""What a gate must not tell anybody, whoever said it to the gate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from smoke.plan import Plan
from smoke.secret import Scrubber
from smoke.storage.url import database_secrets
from smoke.tokens import SPEAKING


def scrubber_of(environ: Mapping[str, str], named: Iterable[str] = ()) -> Scrubber:
    """Return what takes out what the variables ``named`` hold, and whatever else of ``environ`` looks like a secret."""
    scrubber = Scrubber(database_secrets(environ))
    for name in (*named, *filter(SPEAKING.search, environ)):
        scrubber.learn(environ.get(name, "").strip())
    return scrubber


def scrubber_for(plan: Plan, environ: Mapping[str, str]) -> Scrubber:
    """Return the same with the secrets of the accounts of ``plan``, which a target may repeat."""
    accounts = {**plan.suite.about.accounts, **plan.environment.accounts}.values()
    named = (name for account in accounts for name in (account.password, account.totp) if name)
    return scrubber_of(environ, named)
