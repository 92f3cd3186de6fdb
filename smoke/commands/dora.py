"""``smoke dora [mark-failed|import]``."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from smoke.commands import options
from smoke.config.problems import ConfigError, Problem
from smoke.options import OPTIONS
from smoke.settings import Settings
from smoke.spans import some

if TYPE_CHECKING:
    from smoke.dora.deployment import Deployment
    from smoke.history.deployments import Deployments

SINCE = "30d"
FILE = "dora_metrics.json"
POINT = "post-production"
USED = ("suite", "env", "reports")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the sub-commands; without one the four keys are printed."""
    parser.add_argument("--since", default=SINCE, metavar="TIME", help=f"how far back (default: {SINCE})")
    parser.add_argument("--json", action="store_true", help=f"print {FILE} on stdout, all else on stderr")
    parser.set_defaults(call=partial(_with_history, _print))
    actions = parser.add_subparsers(metavar="ACTION")
    mark = actions.add_parser("mark-failed", help="say that a deployment failed after its gates had passed")
    mark.add_argument(
        "build", metavar="BUILD", help="id of the build, as its gate was told; its latest deployment is meant"
    )
    mark.add_argument("--reason", required=True, metavar="TEXT", help="why it failed, such as: hotfix")
    mark.set_defaults(call=partial(_with_history, _mark))
    import_ = actions.add_parser(
        "import", help="add the deployments of a deployment_history.jsonl; those that are there stay as they are"
    )
    import_.add_argument("file", metavar="FILE", help="the file to read")
    import_.set_defaults(call=partial(_with_history, _import))
    for option in (each for each in OPTIONS if each.name in USED):
        text = f"{option.help} ({option.variable})"
        parser.add_argument(option.flag, metavar=option.metavar, help=text)
        for action in (mark, import_):
            # Suppressed, or it would forget what stands before the action.
            action.add_argument(option.flag, metavar=option.metavar, help=text, default=argparse.SUPPRESS)


@dataclass(frozen=True, slots=True)
class _Past:
    """The deployments of one environment of a suite."""

    settings: Settings
    suite: str
    environment: str
    store: Deployments

    def every(self) -> tuple[Deployment, ...]:
        return self.store.between(self.suite, self.environment, 0.0, float("inf"))

    def kept(self, *deployments: Deployment) -> None:
        """Keep them, and write the file of all; raises HistoryError and OSError."""
        from smoke.gates.recording import write_history

        self.store.save(*deployments)
        write_history(self.settings.reports, self.every())


Work = Callable[[_Past, argparse.Namespace], int]


def _with_history(work: Work, given: argparse.Namespace) -> int:
    """Do ``work``; 3 where the history cannot be read or written."""
    from smoke.history.deployments import Deployments
    from smoke.history.errors import HistoryError
    from smoke.history.opening import history_store
    from smoke.running.planning import plan_of

    settings = options.settings_of(given, POINT)
    planned = plan_of(settings)
    past = _Past(settings, planned.suite.name, planned.environment_name, Deployments(history_store(settings)))
    try:
        return work(past, given)
    except HistoryError as error:
        print(f"INCONCLUSIVE: {error}", file=sys.stderr)
        return 3


def _print(past: _Past, given: argparse.Namespace) -> int:
    from smoke.dora.document import metrics_json
    from smoke.dora.metrics import four_keys
    from smoke.dora.printed import as_lines

    now = time.time()
    keys = four_keys(past.every(), now - options.read("--since", some, given.since), now)
    text = metrics_json(keys) + "\n"
    reports = past.settings.reports
    reports.mkdir(parents=True, exist_ok=True)
    (reports / FILE).write_text(text, encoding="utf-8")
    print(text if given.json else "".join(f"{line}\n" for line in as_lines(keys, past.suite, past.environment)), end="")
    return 0


def _mark(past: _Past, given: argparse.Namespace) -> int:
    from smoke.dora.deployment import marked_failed

    known = past.every()
    try:
        marked = marked_failed(known, given.build, given.reason, time.time())
    except KeyError:
        builds = ", ".join(dict.fromkeys(each.build for each in reversed(known) if not each.is_rollback)) or "none"
        text = f"{given.build} was never deployed to {past.environment} of {past.suite}; known, newest first: {builds}"
        raise ConfigError.of_option("BUILD", text) from None
    past.kept(*(new for old, new in zip(known, marked, strict=True) if new != old))
    print(f"{given.build} in {past.environment} of {past.suite} failed: {given.reason}")
    return 0


def _import(past: _Past, given: argparse.Namespace) -> int:
    from smoke.dora.deployment import is_known

    try:
        text = Path(given.file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError.of_option("FILE", f"{given.file}: {error}") from None
    problems: list[Problem] = []
    found = list(_read(text, past, given.file, problems))
    new: list[Deployment] = []
    for each in found:
        there = past.store.between(each.suite, each.environment, each.at - 1, each.at + 1)
        if not is_known(each, (*there, *new)):
            new.append(each)
    past.kept(*new)
    print(f"{given.file}: {len(new)} added, {len(found) - len(new)} already there", file=sys.stderr)
    if problems:
        raise ConfigError(problems)
    return 0


def _read(text: str, past: _Past, file: str, problems: list[Problem]) -> Iterator[Deployment]:
    """Yield the deployments of good lines, and note what is wrong with the others."""
    from smoke.dora.lines import from_line

    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            try:
                yield from_line(line, past.suite, past.environment)
            except ValueError as error:
                problems.append(Problem(file, number, "", f"{error}; it was left out"))
