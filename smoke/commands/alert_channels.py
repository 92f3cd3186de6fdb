"""``smoke alerts test|deliver``."""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING

from smoke.commands import options
from smoke.config.problems import ConfigError, Problem
from smoke.settings import Settings
from smoke.spans import seconds

if TYPE_CHECKING:
    from smoke.channels.registry import Channel
    from smoke.config.monitoring import Monitoring

OWN_OPTIONS = ("env", "reports")
TEST_S = 20.0


def configure(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the sub-commands."""
    test = actions.add_parser("test", help="send a message that is marked as a test, and say what the service answered")
    test.add_argument("--channel", metavar="NAME", action="append", help="only this channel (default: all); repeatable")
    test.add_argument("--to", metavar="ADDRESS", help="whom to tell (default: whom alert-rules.yaml names)")
    test.set_defaults(call=_test)
    deliver = actions.add_parser("deliver", help="deliver the messages that wait in the outbox")
    deliver.add_argument("--for", metavar="TIME", default="30s", dest="longest", help="how long to try (default: 30s)")
    deliver.set_defaults(call=_deliver)
    for action in (test, deliver):
        options.add_some(action, *OWN_OPTIONS)


def _test(given: argparse.Namespace) -> int:
    from smoke.config.monitoring import monitoring

    settings = options.settings_of(given, "local")
    found = monitoring(settings.root)
    failed = 0
    for channel in _wanted(found, given.channel):
        for address in _addresses(channel, settings, given.to):
            failed += not _tested(channel, address, settings, found)
    return 3 if failed else 0


def _tested(channel: Channel, address: str, settings: Settings, found: Monitoring) -> bool:
    """Send a test, print what was answered, and tell whether it was taken."""
    from smoke.channels.message import a_test
    from smoke.channels.registry import ChannelError, Errand

    name = f"{channel.name} ({address})" if address else channel.name
    if (missing := channel.explain_disabled(settings.environ)) is not None:
        print(f"{name}: {missing}", file=sys.stderr)
        return False
    now = time.time()
    errand = Errand(environ=settings.environ, ends=time.monotonic() + TEST_S, now=now)
    links = found.links.or_of_github(settings.environ)
    try:
        answer = channel.send(a_test(channel.name, address, now, links), errand)
    except ChannelError as error:
        print(f"{name}: not delivered: {error}", file=sys.stderr)
        return False
    print(f"{name}: delivered; the service answered: {answer}")
    return True


def _wanted(found: Monitoring, names: list[str] | None) -> list[Channel]:
    from smoke.config.paths import MONITORING
    from smoke.known import unknown

    listed = [channel.name for channel in found.channels]
    if not listed:
        text = "lists no channel, so nobody is told: add one (see docs/alert-response-guide.md)"
        raise ConfigError([Problem(MONITORING, 0, "channels", text)])
    problems = [
        Problem.of_option("--channel", unknown("channel", name, listed)) for name in names or () if name not in listed
    ]
    if problems:
        raise ConfigError(problems)
    return [channel for channel in found.channels if channel.name in (names or listed)]


def _addresses(channel: Channel, settings: Settings, to: str | None) -> tuple[str, ...]:
    """Return to whom the test goes: of e-mail, to everybody whom the rules name, unless somebody else is said."""
    from smoke.config.alerts.alerting import alerting

    recipients = [to] if to else list(channel.options.serves)
    if to is None and (alerts := alerting(settings.root)) is not None:
        book = alerts.book
        recipients += [name for rule in book.rules for name in rule.notify]
        recipients += [name for role in book.roles.values() for name in role.notify]
    environment = settings.env or next(iter(channel.options.environments), "production")
    found = channel.addresses(recipients, environment)
    return tuple(address for address in found if "*" not in address)


def _deliver(given: argparse.Namespace) -> int:
    from smoke.channels.delivery import deliver
    from smoke.channels.emptying import Round
    from smoke.channels.told import lines_of
    from smoke.config.monitoring import monitoring
    from smoke.history.errors import HistoryError
    from smoke.history.opening import history_store
    from smoke.history.outbox import Outbox

    settings = options.settings_of(given, "local")
    longest = options.read("--for", seconds, given.longest)
    try:
        done = deliver(
            Round(
                channels=monitoring(settings.root).channels,
                outbox=Outbox(history_store(settings)),
                environ=settings.environ,
                deadline_s=longest,
            )
        )
    except HistoryError as error:
        print(f"INCONCLUSIVE: {error}", file=sys.stderr)
        return 3
    print("\n".join(lines_of(done)) or "nothing waits to be delivered")
    return 3 if any(each.waiting or each.refused for each in done) else 0
