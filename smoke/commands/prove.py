"""``smoke prove``."""

from __future__ import annotations

import argparse
import re
import signal
from dataclasses import replace
from typing import TYPE_CHECKING

from smoke.commands import options
from smoke.config.problems import ConfigError, Problem
from smoke.model import Outcome
from smoke.proof.matrix import Result

if TYPE_CHECKING:
    from smoke.proof.clean import Clean
    from smoke.proof.matrix import Case, Matrix
    from smoke.proof.prove import Wanted
    from smoke.settings import Settings


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    options.add(parser)
    parser.add_argument("--all", action="store_true", help="prove every suite of the project, one after the other")
    parser.add_argument("--fault", action="append", default=[], metavar="NAME", help="only this fault, or kind")
    parser.add_argument("--shard", default="1/1", metavar="I/N", help="only the I-th of N parts of the faults")
    parser.set_defaults(call=call)


def call(given: argparse.Namespace, after: list[str]) -> int:
    """Prove, write the matrix, and return 1 if a fault was not caught as it must be, 3 if nothing could be proved."""
    from smoke.config.places import some_suites
    from smoke.config.schema import FlakyPolicy
    from smoke.judge import combine, exit_code
    from smoke.proof.prove import Wanted
    from smoke.proof.writing import place, write

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a cancelled job tidies up as after Ctrl-C
    settings = options.settings_of(given, "local")
    shard, shards = _shard(given.shard)
    if after:
        raise ConfigError([Problem("command line", 0, "--", "pytest arguments go to `smoke run`; remove them")])
    wanted = Wanted(faults=tuple(given.fault), shard=shard, shards=shards)
    place(settings.reports)
    names = some_suites(settings.root) if given.all else (settings.suite,)
    matrices = [_proved(replace(settings, suite=name), wanted) for name in names]
    found = [matrix for matrix in matrices if matrix is not None]
    if not (wanted.is_whole and not settings.check and not settings.category):
        print("a part only: nothing was written")
    elif found:
        print(f"proof: {settings.shown(write(found, settings.reports))}")
    verdict = combine(Outcome.INCONCLUSIVE if matrix is None else matrix.outcome for matrix in matrices)
    return exit_code(verdict, FlakyPolicy.ALLOW)


def _proved(settings: Settings, wanted: Wanted) -> Matrix | None:
    """Prove one suite and tell how it goes; None if its clean run was not clean."""
    from smoke.browser import BrowserMissing
    from smoke.proof.clean import NotCleanError
    from smoke.proof.prove import Telling, prove

    def began(clean: Clean, faults: int) -> None:
        asked = f"clean run PASS ({len(clean.results)} checks, {clean.requests} requests)"
        print(f"{settings.suite} in {clean.plan.environment_name}: {asked}; {faults} faults to try", flush=True)

    def done(case: Case) -> None:
        if case.result is not Result.CAUGHT:
            print(told(case), flush=True)

    try:
        matrix = prove(settings, wanted, Telling(began, done))
    except (NotCleanError, BrowserMissing) as error:
        print(f"{settings.suite}: INCONCLUSIVE, nothing can be proved: {error}")
        return None
    print(summary(matrix), flush=True)
    return matrix


def told(case: Case) -> str:
    """Say in a line what a bad case shows."""
    said = case.trouble or (
        f"{case.outcome} {case.blame}, {case.rule}" if case.blame else case.rule or "it stayed green"
    )
    wanted = f"; {' or '.join(case.expected)} is to blame" if case.result is Result.WRONG_BLAME else ""
    others = f"; also red: {', '.join(case.collateral)}" if case.collateral else ""
    return f"  {case.result}: {case.check_id}, {case.fault}: {said}{wanted}{others}"


def summary(matrix: Matrix) -> str:
    """Say in a line what a drill came to."""
    counts = [f"{matrix.count(each)} {each}" for each in Result]
    rate = "nothing was tried" if matrix.detection_rate is None else f"{100 * matrix.detection_rate:.4g} % detected"
    return f"  {len(matrix.cases)} faults: {', '.join(counts)}; {rate}, in {matrix.duration_s:.1f} s"


def _shard(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"([1-9]\d*)/([1-9]\d*)", text)
    if not found or int(found[1]) > int(found[2]):
        raise ConfigError([Problem("command line", 0, "--shard", f"is such as 1/4, the first of four; got {text!r}")])
    return int(found[1]), int(found[2])
