"""``smoke accounts check|rotate|forgive``."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from datetime import UTC, datetime
from functools import partial

from smoke.commands import options
from smoke.settings import Settings

OWN_OPTIONS = ("suite", "env", "base_url")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the sub-commands."""
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    check = actions.add_parser("check", help="sign in as each account and say whether it is as declared")
    check.add_argument("name", nargs="*", metavar="NAME", help="name of an account (default: all of the environment)")
    check.add_argument("--json", action="store_true", help="print the findings as JSON on stdout")
    check.set_defaults(call=_check)
    rotate = actions.add_parser("rotate", help="change the password of an account, in the product and where it is kept")
    rotate.add_argument("name", metavar="NAME", help="name of an account that has rotation in suite.yaml")
    rotate.set_defaults(call=_rotate)
    forgive = actions.add_parser(
        "forgive", help="forget the refused logins of an account, so that it is tried again at once"
    )
    forgive.add_argument("name", metavar="NAME", help="name of an account, or the user that it signs in as")
    forgive.set_defaults(call=_forgive)
    for action in (check, rotate, forgive):
        options.add_some(action, *OWN_OPTIONS)


def _check(given: argparse.Namespace) -> int:
    from smoke.secrets.secret import Scrubber
    from smoke.target import open_target
    from smoke.upkeep.checking import look
    from smoke.upkeep.entrance import open_entrance
    from smoke.upkeep.planned import meant
    from smoke.upkeep.report import Looked, Report, exit_code, lines, to_json

    settings = _settings(given)
    wanted = meant(settings, given.name)
    wanted.require_whoami()
    today = datetime.now(UTC).date()
    with open_target(wanted.plan, settings) as target:
        scrubber = Scrubber(target.secrets)
        with open_entrance(wanted, target, settings, scrubber.learn) as entrance:
            entrance.broker.tell = partial(print, file=sys.stderr, flush=True)
            looked = tuple(
                Looked(name=name, user=account.user, found=look(wanted, entrance, account, today))
                for name, account in target.accounts.items()
            )
        report = Report(
            suite=wanted.plan.suite.name,
            environment=wanted.plan.environment_name,
            base_url=target.base_url,
            looked=looked,
        )
    text = to_json(report) if given.json else "\n".join(lines(report))
    print(scrubber.text(text))
    return exit_code(report.verdict)


def _rotate(given: argparse.Namespace) -> int:
    from smoke.upkeep.work import rotation_of

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a cancelled job rolls back, as after Ctrl-C
    say = partial(print, flush=True)
    with rotation_of(_settings(given), given.name, os.environ, say) as rotation:
        return rotation.rotate().exit_code


def _forgive(given: argparse.Namespace) -> int:
    from smoke.accounts.errors import LedgerError
    from smoke.upkeep.forgiving import forgive

    try:
        print(forgive(_settings(given), given.name))
    except LedgerError as error:
        print(f"INCONCLUSIVE: {error}", file=sys.stderr)
        return 3
    return 0


def _settings(given: argparse.Namespace) -> Settings:
    return options.settings_of(given, "local")
