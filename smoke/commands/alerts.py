"""``smoke alerts check|list|replay|ack|test|deliver``."""

from __future__ import annotations

import argparse
import getpass
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from smoke.commands import alert_channels, options
from smoke.config.problems import ConfigError, Problem
from smoke.settings import Settings
from smoke.spans import seconds, written
from smoke.storage.keep import VARIABLE, keep_s

if TYPE_CHECKING:
    from smoke.config.alerts.alerting import Alerting
    from smoke.storage.store import Store

Work = Callable[[Settings, "Store", "Alerting", argparse.Namespace], int]
OWN_OPTIONS = ("suite", "env", "reports")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the sub-commands."""
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    check = actions.add_parser(
        "check", help="judge the rules now, keep the incidents, and put the messages into the outbox"
    )
    check.set_defaults(call=partial(_with_store, _check))
    list_ = actions.add_parser("list", help="print the incidents that are open")
    list_.add_argument(
        "--since", metavar="TIME", default="0s", help="also those that were open in this time, such as 7d"
    )
    list_.set_defaults(call=partial(_with_store, _list))
    replay = actions.add_parser("replay", help="print what the rules would have told in the past")
    replay.add_argument("--rules", metavar="FILE", help="rules to compare with those of the project")
    replay.add_argument("--since", metavar="TIME", default="30d", help="how far back (default: 30d)")
    replay.set_defaults(call=partial(_with_store, _replay))
    ack = actions.add_parser(
        "ack", help="say that somebody looks after an incident: no more reminders, the escalation goes on"
    )
    ack.add_argument("incident", metavar="ID", help="id of the incident, or its beginning")
    ack.add_argument("--by", metavar="NAME", help="who looks after it (default: the user of this machine)")
    ack.set_defaults(call=partial(_with_store, _ack))
    alert_channels.configure(actions)
    for action in (check, list_, replay, ack):
        options.add_some(action, *OWN_OPTIONS)


def _with_store(work: Work, given: argparse.Namespace) -> int:
    from smoke.config.alerts.alerting import alerting
    from smoke.config.paths import RULES
    from smoke.history.errors import HistoryError
    from smoke.history.opening import history_store

    settings = options.settings_of(given, "local")
    if (alerts := alerting(settings.root)) is None:
        text = "is missing, so nobody is ever told: docs/new-suite.md has one to begin with (Have it watched)"
        raise ConfigError([Problem(RULES, 0, "", text)])
    try:
        return work(settings, history_store(settings), alerts, given)
    except HistoryError as error:
        print(f"INCONCLUSIVE: {error}", file=sys.stderr)
        return 3


def _check(settings: Settings, store: Store, alerts: Alerting, given: argparse.Namespace) -> int:
    from smoke.alerts.checking import check, places_of
    from smoke.alerts.printed import incident_line, notice_lines
    from smoke.channels.posting import posting
    from smoke.config.account_secrets import secrets_of
    from smoke.config.monitoring import monitoring
    from smoke.secrets.secret import Scrubber

    places = _wanted(places_of(settings.root, alerts.book), given)
    scrubber = Scrubber(secrets_of(settings.root, places, settings.environ))
    told = monitoring(settings.root)
    post = posting(told.channels, told.links.or_of_github(settings.environ), scrubber)
    done = check(store, alerts, settings.root, places, time.time(), post)
    for notice in done.notices:
        print("\n".join(notice_lines(notice)))
    still = [incident for incident in done.incidents if incident.closed is None]
    for line in _forgotten(settings, alerts):
        print(line, file=sys.stderr)
    print(f"{len(alerts.book.rules)} rules judged, {len(still)} open")
    for incident in still:
        print(f"  {incident_line(incident)}")
    return 0


def _forgotten(settings: Settings, alerts: Alerting) -> Iterator[str]:
    """Yield the rules whose window is longer than the past that is kept."""
    kept = keep_s(settings.environ)
    for rule in alerts.book.rules:
        if kept is not None and (rule.past.seconds or 0) > kept:
            yield f"{rule.name} looks back {rule.window}, and {VARIABLE} keeps {written(kept)}: it judges by that"


def _list(_settings: Settings, store: Store, _alerts: Alerting, given: argparse.Namespace) -> int:
    from smoke.alerts.checking import incidents
    from smoke.alerts.printed import incident_line

    now = time.time()
    found = incidents(store, now - options.read("--since", seconds, given.since), now + 1)
    for incident in found:
        print(incident_line(incident))
    if not found:
        print("no incident")
    return 0


def _replay(settings: Settings, store: Store, alerts: Alerting, given: argparse.Namespace) -> int:
    from smoke.alerts.checking import pasts_of, places_of
    from smoke.alerts.printed import difference_lines, replayed_lines
    from smoke.alerts.replay import compare, replay
    from smoke.config.alerts.alerting import alerting

    now = time.time()
    since = now - options.read("--since", seconds, given.since)
    books = [alerts.book]
    if given.rules is not None:
        other = alerting(settings.root, Path(given.rules).resolve())
        books += [other.book] if other else []
    found = []
    for book in books:
        places = _wanted(places_of(settings.root, book), given)
        pasts = pasts_of(store, alerts, settings.root, book, places, since=since, now=now)
        found.append(replay(book, pasts, since, now))
    lines = replayed_lines(found[0]) if len(found) == 1 else difference_lines(compare(*found))
    print("\n".join(lines))
    return 0


def _ack(_settings: Settings, store: Store, _alerts: Alerting, given: argparse.Namespace) -> int:
    from smoke.alerts.checking import acknowledge, incidents
    from smoke.alerts.printed import incident_line

    now = time.time()
    still = [each for each in incidents(store, now, now + 1) if each.closed is None]
    meant = [each for each in still if each.id.startswith(given.incident)]
    if len(meant) != 1:
        known = ", ".join(each.id for each in meant or still) or "none"
        what = "several open incidents begin" if meant else "no open incident begins"
        raise ConfigError.of_option("ID", f"{what} with {given.incident!r}; open: {known}")
    print(incident_line(acknowledge(store, meant[0], given.by or getpass.getuser(), now)))
    return 0


def _wanted(places: list[tuple[str, str]], given: argparse.Namespace) -> list[tuple[str, str]]:
    return [
        (suite, environment)
        for suite, environment in places
        if suite == (given.suite or suite) and environment == (given.env or environment)
    ]
