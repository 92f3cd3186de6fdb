"""The command ``smoke``: parses the line, loads the one command that is asked for, returns its exit code."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
import traceback
from collections.abc import Sequence

from smoke import __version__
from smoke.commands.usage import Parser
from smoke.config.problems import ConfigError
from smoke.host.pipes import unbroken_pipes

COMMANDS = {
    "run": "run a suite at an execution point and say a verdict",
    "gate": "decide at an execution point what a release does: proceed, block, roll back or escalate",
    "watch": "watch the error rate of a target for a while, by probes that only read",
    "plan": "print the smoke runs of a release and the time they may take",
    "init": "write a first suite for an application: look at it, write, run, and say what is left",
    "record": "record what you do in a browser, and print it as a page object and a journey",
    "config": "check, show or describe the configuration",
    "alerts": "judge the alert rules, list incidents, or try other rules on the past",
    "monitors": "make the monitors of the alert rules, and the dashboards, in Datadog",
    "synthetics": "have a service run the probes of a suite from outside, too",
    "accounts": "check the smoke accounts, change the password of one, or forget its refused logins",
    "prove": "inject faults into answers on this machine, and show which checks catch them",
    "history": "print the availability, forget old runs, or carry the history from one place to another",
    "doctor": "say whether all that a run needs is here, and whether scheduled runs still come",
    "dora": "print the four DORA keys of the deployments that gates recorded, or say that one failed later",
    "report": "write the status page and the Allure report, or merge the parts of a run",
    "completion": "print what lets bash, zsh or fish complete commands, options, suites and checks",
    "demo": "serve the embedded application",
}
SUPERVISED = {"gate", "init", "prove", "run"}
"""Commands that start browsers: nothing of them may be left, however they end."""
ASKED_BY_SHELL = "_ARGCOMPLETE"
"""Set where a shell wants to know how a line may go on."""
EPILOG = """`smoke COMMAND --help` has the options of a command.

exit codes:
  0  PASS (or FLAKY where the execution point allows it)
  1  FAIL (or FLAKY where the execution point blocks on it)
  2  wrong usage or configuration
  3  INCONCLUSIVE: nothing can be said of the application"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code for the shell, whether or not its output is read to its end."""
    with unbroken_pipes():
        try:
            return _main(list(sys.argv[1:] if argv is None else argv))
        except KeyboardInterrupt:
            print("INCONCLUSIVE: interrupted", file=sys.stderr)
            return 3


def _main(arguments: list[str]) -> int:
    if ASKED_BY_SHELL in os.environ:
        from smoke.commands.completing import complete

        return complete(_parser)
    named = arguments[0] if arguments and arguments[0] in COMMANDS else None
    parser = _parser(named)
    before, after = _split(arguments)
    given = parser.parse_args(before, argparse.Namespace(pytest_args=after, takes_pytest_args=False))
    if not named:
        parser.print_help()
        return 2
    if named not in SUPERVISED:
        return _done(given)
    from smoke.host.supervisor import supervised

    return supervised(lambda: _done(given))


def _done(given: argparse.Namespace) -> int:
    try:
        if given.pytest_args and not given.takes_pytest_args:
            raise ConfigError.of_option("--", "pytest arguments go to `smoke run`; remove them")
        return int(given.call(given))
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    except Exception as error:  # noqa: BLE001 - Python's own exit code 1 would read as the application's fault
        traceback.print_exc()
        print(f"INCONCLUSIVE: the harness broke: {type(error).__name__}: {error}", file=sys.stderr)
        return 3


def _split(arguments: list[str]) -> tuple[list[str], list[str]]:
    """Part the line at ``--``: what follows is for pytest."""
    if "--" not in arguments:
        return arguments, []
    at = arguments.index("--")
    return arguments[:at], arguments[at + 1 :]


def _parser(named: str | None) -> Parser:
    parser = Parser(
        prog="smoke",
        description="Does the deployed application work for a real user right now?",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"smoke {__version__}")
    subparsers = parser.add_subparsers(metavar="COMMAND")
    for name, help_text in COMMANDS.items():
        command = subparsers.add_parser(name, help=help_text)
        if name == named:
            importlib.import_module(f"smoke.commands.{name}").configure(command)
    return parser


if __name__ == "__main__":
    sys.exit(main())
