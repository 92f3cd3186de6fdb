"""``smoke watch [POINT]``."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from contextlib import ExitStack

from smoke.commands import options
from smoke.commands.options import read_if_said
from smoke.options import whole
from smoke.spans import share, some

FOR_S = 300.0
MAX_ERROR_RATE = 0.01
LEAST = 100


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("point", nargs="?", default="local", metavar="POINT", help="execution point (default: local)")
    parser.add_argument(
        "--for", dest="duration", metavar="TIME", help="how long to watch (default: the execution point's, or 5m)"
    )
    parser.add_argument(
        "--max-error-rate", metavar="SHARE", help="highest share of errors (default: the execution point's, or 1%%)"
    )
    parser.add_argument("--min-samples", metavar="N", help=f"fewest requests to judge by (default: {LEAST})")
    options.add(parser)
    parser.add_argument("--json", action="store_true", help="print what was seen as JSON on stdout, all else on stderr")
    parser.set_defaults(call=call)


def call(given: argparse.Namespace) -> int:
    """Watch; 0: the error rate kept its limit, 1: it did not, 3: too little was seen."""
    from smoke.config.points import FlakyPolicy
    from smoke.gates.error_rate import RateTerms
    from smoke.gates.opening import open_sampler
    from smoke.gates.telling import Telling, document
    from smoke.gates.watching import Watching
    from smoke.judging.judge import SEVERITY, exit_code
    from smoke.model import Outcome
    from smoke.running.planning import plan_of

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    settings = options.settings_of(given, given.point)
    planned = plan_of(settings)
    monitoring = planned.point.monitoring
    duration_s = read_if_said("--for", some, given.duration)
    duration_s = duration_s or (monitoring.duration_s if monitoring else FOR_S)
    limit = read_if_said("--max-error-rate", share, given.max_error_rate)
    least = read_if_said("--min-samples", whole(1), given.min_samples)
    terms = RateTerms(
        max_error_rate=limit or (monitoring.max_error_rate if monitoring else MAX_ERROR_RATE),
        least=least or (monitoring.min_samples if monitoring else LEAST),
    )
    telling = Telling(sys.stderr if given.json else sys.stdout, duration_s)
    with ExitStack() as stack:
        sampler = stack.enter_context(open_sampler(planned, settings))
        watch = asyncio.run(Watching(sampler, terms, duration_s, telling.stands).watch())
    telling.ended(watch)
    outcome = watch.standing.outcome
    if settings.expect_build and (proof := watch.proof_of(settings.expect_build)).outcome is not Outcome.PASS:
        outcome = max(outcome, proof.outcome, key=SEVERITY.index)
        print(f"{proof.outcome:<12} {proof.sentence}", file=telling.file, flush=True)
    if given.json:
        print(json.dumps({**document(watch), "outcome": outcome, "builds": watch.builds}, indent=2))
    return exit_code(outcome, FlakyPolicy.BLOCK)
