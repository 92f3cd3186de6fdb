"""``smoke run [POINT]``."""

from __future__ import annotations

import argparse
import signal
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING

from smoke.commands import options
from smoke.config.problems import ConfigError
from smoke.options import OPTIONS, PART_OPTIONS

if TYPE_CHECKING:
    from smoke.judging.judged import Run
    from smoke.reporting.console import Console
    from smoke.running.launch import Begun
    from smoke.settings import Settings


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.usage = "smoke run [POINT] [options] [-- pytest arguments]"
    parser.add_argument("point", nargs="?", default="local", metavar="POINT", help="execution point (default: local)")
    options.add(parser, (*OPTIONS, *PART_OPTIONS))
    parser.add_argument("--json", action="store_true", help="print verdict.json on stdout, all else on stderr")
    parser.add_argument("--no-color", action="store_true", help="plain text (NO_COLOR)")
    parser.add_argument(
        "--pause-on-failure",
        action="store_true",
        help="with --headed: wait at a failure, with Playwright's inspector open; nothing is tried again",
    )
    parser.add_argument(
        "--watch", action="store_true", help="run again whenever a file of the suite changes, until Ctrl-C"
    )
    parser.set_defaults(call=call, takes_pytest_args=True)


def call(given: argparse.Namespace) -> int:
    """Run, report and return the exit code of the verdict."""
    from smoke.browser.choice import BrowserMissing
    from smoke.config.paths import journeys_of
    from smoke.running.launch import begin, begin_with_driver
    from smoke.running.reports import reports_folder

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a cancelled job ends like Ctrl-C: with a verdict
    settings = options.settings_of(given, given.point, (*OPTIONS, *PART_OPTIONS))
    if given.pause_on_failure and not settings.headed:
        text = "opens a window beside that of the browser: add --headed"
        raise ConfigError.of_option("--pause-on-failure", text)
    if given.pytest_args:
        from smoke.running.outputs import check_arguments

        check_arguments(given.pytest_args)
    if given.watch:
        from smoke.commands.run_again import keep_running

        return keep_running(given, settings)
    with ExitStack() as stack:
        stack.enter_context(reports_folder(settings.reports))
        # pytest's own options may be about the browser: its fixtures start one then, with a driver of their own.
        driven = journeys_of(settings.root, settings.suite).exists() and not given.pytest_args
        begun = (begin_with_driver if driven else begin)(settings, stack)
        from smoke.reporting.console import Console

        console = Console.open(stream=2 if given.json else 1, plain=given.no_color)
        try:
            run = _run(begun, settings, console, given)
        except BrowserMissing as error:
            console.line(f"INCONCLUSIVE: {error}")
            return 3
        except OSError as error:
            from smoke.running.broken import in_a_line

            if (line := in_a_line(error)) is None:
                raise
            console.line(f"INCONCLUSIVE: {line}")
            return 3
    from smoke.judging.judge import exit_code

    if given.json:
        from smoke.reporting.document import to_json

        sys.stdout.write(to_json(run) + "\n")
    return exit_code(run.verdict, begun.plan.point.flaky)


def _run(begun: Begun, settings: Settings, console: Console, given: argparse.Namespace) -> Run:
    from smoke.browser.choice import BrowserMissing
    from smoke.config.monitoring import monitoring
    from smoke.host.supervisor import allow
    from smoke.running.after import LONGEST_AFTERMATH_S, after, before, given_up, modules
    from smoke.running.concluding import conclude
    from smoke.running.opening import open_session
    from smoke.running.run import run_checks
    from smoke.running.watchdog import CLOSE_S, Limit, free_after

    with ExitStack() as stack:
        with console.progress(len(begun.plan.checks)) as progress:
            session = stack.enter_context(open_session(begun, settings, progress))
            session.broker.tell = console.line
            told = monitoring(settings.root)
            session.loads_last = modules(session.plan, told, settings)
            before(session, settings, console.line)
            limit = Limit(begun.plan.point.timeout_s, allow)
            if given.pause_on_failure:
                from smoke.running.pausing import pause_on_failure

                pause_on_failure(session, limit, console.line)
            try:
                run_checks(session, settings, given.pytest_args)
            except BrowserMissing:
                given_up(session, settings, console.line)
                raise
            free_after(CLOSE_S)
            allow(LONGEST_AFTERMATH_S)
        if session.launched:
            session.launched.begin_to_close()
        run = conclude(session, settings)
        left = after(run, session, told, settings, console.line)
        if (waited_s := session.broker.waits.total_s) >= 1:
            console.line(f"of its {run.duration_s:.1f} s, {waited_s:.1f} s waited for accounts")
        for text in session.shown.values():
            console.line(text)
        console.summary(run, left)
    return run
