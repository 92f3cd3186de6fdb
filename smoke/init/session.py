"""One look at an application, with a browser, its guard and the ledger of its account."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from smoke.accounts.broker import Broker
from smoke.accounts.ledger import ledger_path
from smoke.accounts.opening import open_broker
from smoke.browser.find import find_browser
from smoke.init.exploring import explore
from smoke.init.ground import guard_for
from smoke.init.seen import Seen
from smoke.init.signing import Keys
from smoke.init.wanted import AccountWanted, Wanted
from smoke.running.window import opened
from smoke.secrets.secret import Scrubber, Secret
from smoke.settings import Settings
from smoke.storage.url import database_url
from smoke.target import origin_of

LEFT_S = 300.0
"""Longest that the account may be kept from others."""


@dataclass(frozen=True, slots=True)
class Look:
    """What came of it."""

    seen: Seen
    trouble: str
    """Why a login that was wanted is not known; empty: it is, or none was wanted."""
    scrub: Callable[[str], str]
    """Takes everything out of a text that was a secret."""


def look(wanted: Wanted, known: Mapping[str, str], settings: Settings, tell: Callable[[str], None]) -> Look:
    """Look at it; ``known`` are the secrets of its account, by variable.

    Raises BrowserMissing, NoStartPageError, and Playwright's Error where nothing answers.
    """
    scrubber = Scrubber(Secret(value) for value in known.values())
    choice = find_browser(settings.browser, settings.environ)
    with ExitStack() as stack:
        keys = None
        if wanted.account is not None:
            broker = stack.enter_context(_broker(wanted, wanted.account, known, settings))
            broker.tell = tell
            totp = wanted.account.totp
            keys = Keys(
                password=Secret(known[wanted.account.password]),
                totp=Secret(known[totp]) if totp else None,
                broker=broker,
                learn=scrubber.learn,
            )
        window = stack.enter_context(opened(guard_for(wanted), choice, scrubber.learn, scrubber.text))
        seen, trouble = explore(wanted, window, keys, tell)
    return Look(seen, scrubber.text(trouble), scrubber.text)


@contextmanager
def _broker(wanted: Wanted, account: AccountWanted, known: Mapping[str, str], settings: Settings) -> Iterator[Broker]:
    with open_broker(
        origin=origin_of(wanted.url),
        users=(account.user,),
        passwords={account.user: Secret(known[account.password])},
        run_id=f"init-{uuid.uuid4().hex[:8]}",
        left_s=LEFT_S,
        path=ledger_path(settings.environ),
        url=database_url(settings.environ),
    ) as broker:
        yield broker
