"""``smoke history availability|prune|export|import|merge|pull|push``."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from smoke.commands import options
from smoke.commands.options import read_if_said
from smoke.config.problems import ConfigError, Problem
from smoke.options import OPTIONS
from smoke.settings import find_root
from smoke.spans import seconds, some
from smoke.storage.keep import USUAL, keep_s

if TYPE_CHECKING:
    from smoke.carrying.carrier import Carrier
    from smoke.storage.store import Store

STDIN = "-"
Work = Callable[["Store", argparse.Namespace], int]


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the sub-commands."""
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    available = actions.add_parser("availability", help="print how much of a time the target was up, as an interval")
    available.add_argument("--since", metavar="TIME", default="7d", help="how far back (default: 7d)")
    available.add_argument("--json", action="store_true", help="print it as JSON on stdout")
    available.set_defaults(call=partial(_with_store, _availability))
    for option in OPTIONS:
        if option.name in {"suite", "env"}:
            text = f"only this {'suite' if option.name == 'suite' else 'environment'} (default: all that are scheduled)"
            available.add_argument(option.flag, metavar=option.metavar, help=text)
    prune = actions.add_parser("prune", help="forget what is older than --keep")
    prune.add_argument(
        "--keep", metavar="TIME", help=f"age from which runs are forgotten (default: {USUAL}) (SMOKE_HISTORY_KEEP)"
    )
    prune.set_defaults(call=partial(_with_store, _prune))
    export = actions.add_parser("export", help="write the runs as lines of JSON")
    export.add_argument("file", nargs="?", metavar="FILE", help="file to write (default: stdout)")
    export.add_argument(
        "--since", metavar="TIME", help="only runs that ended within this time, such as 30d (default: all)"
    )
    export.set_defaults(call=partial(_with_store, _export))
    import_ = actions.add_parser("import", help="add the runs of an export; those that are there stay as they are")
    import_.add_argument("file", nargs="?", default=STDIN, metavar="FILE", help="file to read (default: stdin)")
    import_.set_defaults(call=partial(_with_store, _import))
    merge = actions.add_parser("merge", help="add the runs of other histories, files history.db or exports")
    merge.add_argument("file", nargs="+", metavar="FILE", help="history.db of another machine, or an export")
    merge.set_defaults(call=partial(_with_store, _merge))
    pull = actions.add_parser(
        "pull", help="add the runs of a branch of git, and take the last good evidence from there"
    )
    pull.set_defaults(call=partial(_with_store, _pull))
    push = actions.add_parser(
        "push", help="put the history on a branch of git, as one new commit; what is there is added first"
    )
    push.set_defaults(call=partial(_with_store, _push))
    for action in (pull, push):
        action.add_argument(
            "branch", metavar="BRANCH", help="branch that holds nothing else, such as smoke-history/NAME"
        )
        action.add_argument(
            "--remote", default="origin", metavar="NAME", help="remote of git that has the branch (default: origin)"
        )
    for action in (available, prune, export, import_, merge, pull, push):
        options.add_some(action, "reports")


def _with_store(work: Work, given: argparse.Namespace) -> int:
    from smoke.history.errors import HistoryError
    from smoke.history.opening import history_store

    given.settings = settings = options.settings_of(given, "local")
    given.kept_s = keep_s(settings.environ)
    try:
        return work(history_store(settings), given)
    except HistoryError as error:
        print(f"INCONCLUSIVE: {error}", file=sys.stderr)
        return 3


def _availability(store: Store, given: argparse.Namespace) -> int:
    from smoke.availability.gathering import Expectations, availability
    from smoke.availability.printed import as_json, lines

    expected, now = Expectations.of(find_root(Path.cwd())), time.time()
    since = now - options.read("--since", some, given.since)
    places = expected.chosen(given.suite, given.env)
    found = [availability(store, expected, place, since, now) for place in places]
    print(as_json(found) if given.json else "\n\n".join("\n".join(lines(each)) for each in found))
    return 0


def _prune(store: Store, given: argparse.Namespace) -> int:
    from smoke.history.pruning import prune

    keep = read_if_said("--keep", some, given.keep) or given.kept_s or seconds(USUAL)
    done = prune(store, time.time() - keep)
    print(f"{_runs(done.runs)} forgotten")
    return 0


def _export(store: Store, given: argparse.Namespace) -> int:
    from smoke.history.carrying import exported
    from smoke.history.lines import OF_RUN

    since = read_if_said("--since", some, given.since)
    lines = exported(store, time.time() - since if since else 0.0)
    if given.file is None:
        for line in lines:
            print(line)
        return 0
    path = Path(given.file)
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("w", encoding="utf-8") as file:
            count = sum(line.startswith(OF_RUN) for line in lines if file.write(f"{line}\n"))
        part.replace(path)
    except OSError as error:
        raise _unusable(given.file, error) from None
    print(f"{_runs(count)} written to {path}", file=sys.stderr)
    return 0


def _import(store: Store, given: argparse.Namespace) -> int:
    return _all_told([_added(store, given.file)])


def _merge(store: Store, given: argparse.Namespace) -> int:
    missing = [Problem.of_option("FILE", f"no file {file}") for file in given.file if not Path(file).is_file()]
    if missing:
        raise ConfigError(missing)
    return _all_told([_added(store, file) for file in given.file])


def _pull(store: Store, given: argparse.Namespace) -> int:
    pulled = _carrier(store, given).pull(time.time())
    told = f"{_runs(pulled.new)} taken in" if pulled.commit else "is not there yet: its first push makes it"
    print(f"{given.branch}: {told}", file=sys.stderr)
    return 0


def _push(store: Store, given: argparse.Namespace) -> int:
    new = _carrier(store, given).push(time.time())
    print(f"{given.branch}: {_runs(new)} put there", file=sys.stderr)
    return 0


def _carrier(store: Store, given: argparse.Namespace) -> Carrier:
    from smoke.carrying.carrier import Carrier
    from smoke.carrying.git import Branch

    at = given.settings
    branch = Branch(name=given.branch, remote=given.remote, folder=at.root, environ=at.environ)
    if (why := branch.misnamed) is not None:
        raise ConfigError.of_option("BRANCH", why)
    return Carrier(branch=branch, store=store, reports=at.reports, keep_s=given.kept_s or seconds(USUAL))


def _added(store: Store, file: str) -> list[Problem]:
    """Add the runs of one file, say how many those are, and return what is wrong with its other lines."""
    from smoke.history.carrying import imported, merged_file
    from smoke.storage.sqlite import is_database

    try:
        if file == STDIN:
            result = imported(store, sys.stdin.buffer)
        elif is_database(Path(file)):
            result = merged_file(store, Path(file))
        else:
            with Path(file).open("rb") as lines:
                result = imported(store, lines)
    except OSError as error:
        raise _unusable(file, error) from None
    print(f"{file}: {_runs(result.new)} added, {result.known} already there", file=sys.stderr)
    return [Problem(file, bad.number, "", f"{bad.why}; it was left out") for bad in result.bad]


def _all_told(problems: list[list[Problem]]) -> int:
    if found := [problem for some in problems for problem in some]:
        raise ConfigError(found)
    return 0


def _unusable(file: str, error: OSError) -> ConfigError:
    return ConfigError.of_option("FILE", f"{file}: {error.strerror}")


def _runs(count: int) -> str:
    return f"{count} run{'s' * (count != 1)}"
