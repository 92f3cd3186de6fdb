"""``smoke prove``."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from smoke.commands import options, prove_clean
from smoke.config.problems import ConfigError, Problem
from smoke.model import Outcome
from smoke.planning.sharding import Shard

if TYPE_CHECKING:
    from smoke.commands.proving import Teller
    from smoke.proof.matrix import Matrix
    from smoke.proof.parts import Wanted
    from smoke.settings import Settings


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    options.add(parser)
    parser.add_argument("--all", action="store_true", help="every suite of the project, one after the other")
    parser.add_argument(
        "--fault", action="append", default=[], metavar="NAME", help="only this fault, or kind of fault; repeatable"
    )
    parser.add_argument(
        "--shard", default="1/1", metavar="I/N", help="only the I-th of N parts of the faults, which --merge joins"
    )
    parser.add_argument(
        "--merge", nargs="+", default=[], metavar="DIR", help="join the parts that --shard left below these folders"
    )
    parser.add_argument("--resume", action="store_true", help="go on where the last one was interrupted")
    parser.add_argument("--json", action="store_true", help="print each matrix on stdout in a line, all else on stderr")
    parser.add_argument("--no-color", action="store_true", help="plain text (NO_COLOR)")
    prove_clean.configure(parser)
    parser.set_defaults(call=call)


def call(given: argparse.Namespace) -> int:
    """Prove, write the matrix, and return 1 if a fault was not caught as it must be, 3 if nothing could be proved."""
    from smoke.commands.proving import Teller
    from smoke.config.points import FlakyPolicy
    from smoke.judging.judge import combine, exit_code
    from smoke.proof.writing import proof_folder
    from smoke.reporting.console import Console
    from smoke.running.reports import reports_lock

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a cancelled job ends like Ctrl-C: it can be resumed
    settings = options.settings_of(given, "local")
    wanted = _wanted(given)
    if given.clean is not None:
        with reports_lock(settings.reports):
            return prove_clean.call(given, settings)
    teller = Teller(Console.open(stream=2 if given.json else 1, plain=given.no_color))
    with reports_lock(settings.reports):
        proof_folder(settings.reports)
        try:
            if given.merge:
                matrices = _merged(given.merge, settings, teller)
            else:
                matrices = _proved(given, settings, wanted, teller)
        except KeyboardInterrupt:
            teller.interrupted()
            return 3
        found = [matrix for matrix in matrices if matrix is not None]
        _keep(found, settings, wanted, teller)
    if given.json:
        from smoke.proof.writing import to_json

        sys.stdout.writelines(f"{to_json(matrix)}\n" for matrix in found)
    verdict = combine(Outcome.INCONCLUSIVE if matrix is None else matrix.outcome for matrix in matrices)
    return exit_code(verdict, FlakyPolicy.ALLOW)


def _wanted(given: argparse.Namespace) -> Wanted:
    from smoke.proof.parts import Wanted

    if problems := [Problem.of_option(option, text) for option, text in _amiss(given)]:
        raise ConfigError(problems)
    return Wanted(faults=tuple(given.fault), shard=Shard.parse(given.shard))


def _amiss(given: argparse.Namespace) -> Iterator[tuple[str, str]]:
    """Yield each option that is wrong, or would be left out without a word, with what is wrong with it."""
    try:
        Shard.parse(given.shard)
    except ValueError as error:
        yield "--shard", str(error)
    if given.clean is not None:
        for option in _given(given, "fault", "shard", "merge", "resume", "json"):
            yield option, "is about faults, and --clean injects none; remove one of them"
        return
    for option in _given(given, "clean_journeys", "seed"):
        yield option, "is about clean repetitions; add --clean"
    if given.merge:
        for option in _given(given, "all", "fault", "shard", "resume", "check", "category"):
            yield option, "has no meaning with --merge, which joins what was drilled before; remove it"


def _given(given: argparse.Namespace, *names: str) -> Iterator[str]:
    """Yield the options that say something, of those with these ``names``."""
    for name in names:
        if getattr(given, name) not in (None, False, [], "1/1"):
            yield f"--{name.replace('_', '-')}"


def _proved(given: argparse.Namespace, settings: Settings, wanted: Wanted, teller: Teller) -> tuple[Matrix | None, ...]:
    """Prove one suite after the other; None for one whose clean run was not clean."""
    from smoke.config.paths import some_suites
    from smoke.proof import journal
    from smoke.proof.clean_writing import when
    from smoke.proof.kept_parts import part_of
    from smoke.proof.writing import last_proof

    names = some_suites(settings.root) if given.all else (settings.suite,)
    opens = journal.resumed if given.resume else journal.anew
    teller.suites = len(names)
    for name in names:
        part_of(name, wanted, settings.reports).unlink(missing_ok=True)
    matrices = tuple(teller.prove(replace(settings, suite=name), wanted, opens) for name in names)
    for name, matrix in zip(names, matrices, strict=True):
        if matrix is not None:
            journal.path_of(replace(settings, suite=name)).unlink(missing_ok=True)
        elif (last := last_proof(name, settings.reports)) is not None:
            teller.line(f"{name}: what the page shows of it is the drill of {when(last.finished)}")
    # Of several suites, those that know none of the faults are left out.
    return tuple(matrix for matrix in matrices if matrix is None or matrix.cases or len(names) == 1)


def _merged(folders: Iterable[str], settings: Settings, teller: Teller) -> tuple[Matrix | None, ...]:
    """Join the parts of each suite; None for one of which they make up no whole."""
    from smoke.config.paths import some_suites
    from smoke.proof.kept_parts import read_parts
    from smoke.proof.parts import NotJoinedError, joined

    matrices: list[Matrix | None] = []
    found = read_parts(map(Path, folders))
    if without := [name for name in some_suites(settings.root) if name not in found]:
        teller.line(f"no parts of {', '.join(without)}: not joined")
    for suite, parts in found.items():
        try:
            matrix = joined(parts)
        except NotJoinedError as error:
            teller.line(f"{suite}: INCONCLUSIVE, its parts make up no whole: {error}")
            matrices.append(None)
        else:
            teller.whole(matrix)
            matrices.append(matrix)
    return tuple(matrices)


def _keep(matrices: Sequence[Matrix], settings: Settings, wanted: Wanted, teller: Teller) -> None:
    """Write what was shown, as far as it is whole or one of the parts that make up a whole."""
    from smoke.proof.figures import send
    from smoke.proof.kept_parts import part_of, write_part
    from smoke.proof.parts import Part
    from smoke.proof.writing import write

    if settings.check or settings.category or wanted.faults:
        teller.line("a part only: nothing was written")
    elif wanted.is_whole and matrices:
        teller.line(f"proof: {settings.shown(write(matrices, settings.reports))}")
        for matrix in matrices:
            send(matrix, settings, teller.line)
    elif wanted.is_part:
        for matrix in matrices:
            path = part_of(matrix.suite, wanted, settings.reports)
            write_part(Part(shard=wanted.shard, matrix=matrix), path)
            teller.line(f"part: {settings.shown(path)}; `smoke prove --merge` joins them")
