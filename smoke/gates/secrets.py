"""How a gate's decision may be told: without secrets, and no longer than hooks and pipelines can take it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from smoke.browser.server import server_secrets
from smoke.gates.decision import Decision, brief
from smoke.planning.plan import Plan
from smoke.secrets.firewall import scrubbed
from smoke.secrets.secret import Scrubber
from smoke.secrets.tokens import SPEAKING
from smoke.storage.url import database_secrets


def scrubber_of(environ: Mapping[str, str], named: Iterable[str] = ()) -> Scrubber:
    """Return what takes out what the variables ``named`` hold, and whatever else of ``environ`` looks like a secret."""
    scrubber = Scrubber((*database_secrets(environ), *server_secrets(environ)))
    for name in (*named, *filter(SPEAKING.search, environ)):
        scrubber.learn(environ.get(name, "").strip())
    return scrubber


def tellable(decision: Decision, plan: Plan, environ: Mapping[str, str]) -> Decision:
    """Return ``decision`` as it may leave: it quotes what the target answered, at any length, and be it our secrets."""
    accounts = {**plan.suite.about.accounts, **plan.environment.accounts}.values()
    named = (name for account in accounts for name in (account.password, account.totp) if name)
    return brief(scrubbed(decision, scrubber_of(environ, named)))
