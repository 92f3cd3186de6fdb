"""``smoke gate POINT``."""

from __future__ import annotations

import argparse
import signal
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from smoke.commands import gating, options
from smoke.config.problems import ConfigError
from smoke.options import build_id

if TYPE_CHECKING:
    from smoke.settings import Settings

WAIT = "10m"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("point", metavar="POINT", help="execution point, such as canary-5 or post-production")
    parser.add_argument(
        "--build-wait", default=WAIT, metavar="TIME", help=f"how long to wait for the build (default: {WAIT})"
    )
    parser.add_argument("--dry-run", action="store_true", help="decide, but only say what would be done")
    parser.add_argument("--then-verify", action="store_true", help="after a rollback, decide at post-rollback too")
    parser.add_argument(
        "--previous-build", metavar="ID", help="build that post-rollback expects (default: the last good one)"
    )
    parser.add_argument(
        "--checklist", action="store_true", help="also ask whether the deployment is complete; block if it is not"
    )
    parser.add_argument(
        "--new-endpoints",
        nargs="+",
        action="extend",
        default=[],
        metavar="PATH",
        help="paths that the build added, for --checklist",
    )
    options.add(parser)
    parser.add_argument("--json", action="store_true", help="print gate.json on stdout, all else on stderr")
    parser.set_defaults(call=call)


def call(given: argparse.Namespace) -> int:
    """Gate, act and return what the decision exits with: 0 proceed, 1 block, roll back or escalate, 3 INCONCLUSIVE."""
    from smoke.gates import outputs
    from smoke.gates.acting import Deed
    from smoke.gates.advice import ending
    from smoke.model import Action

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    settings = options.settings_of(given, given.point)
    outputs.forget(settings.reports)
    previous = _previous(given, settings)
    told = settings.environ.get("GITHUB_OUTPUT")
    gated = gating.decide(settings, given)
    document = gated.document
    gating.tried(lambda: outputs.write(settings.reports, document))
    gating.tried(
        lambda: outputs.append(told, outputs.step_outputs(gated.decision, gated.acted, gating.verdict_path(settings)))
    )
    if given.then_verify and gated.acted.deed is Deed.DONE and gated.decision.action is Action.ROLLBACK:
        gating.tried(lambda: outputs.set_aside(settings.reports, given.point))
        verified = _verified(settings, given, previous)
        verdict = settings.shown(settings.reports / given.point / "verdict.json")
        document = {**document, "verdict_path": verdict, "then_verify": verified.document}
        gating.tried(lambda: outputs.write(settings.reports, document))
        gating.tried(lambda: outputs.append(told, outputs.verified_output(verified.decision, verdict)))
        print(ending(gated.decision, verified.decision), file=sys.stderr if given.json else sys.stdout, flush=True)
    if given.json:
        print(outputs.as_text(document), end="")
    return gated.decision.exit_code


def _previous(given: argparse.Namespace, settings: Settings) -> str | None:
    """Return the build that --previous-build says, None where it says none; raises ConfigError."""
    if given.previous_build is None:
        return None
    try:
        previous = build_id(given.previous_build)
        if previous == settings.expect_build:
            raise ValueError(f"is the build before; got {previous!r}, which is the one of --expect-build")
    except ValueError as error:
        raise ConfigError.of_option("--previous-build", str(error)) from None
    return previous


def _verified(settings: Settings, given: argparse.Namespace, previous: str | None) -> gating.Gated:
    """Gate post-rollback; whatever keeps it from that leaves the rollback unproven, and the first decision as it is."""
    from smoke.gates import outputs
    from smoke.gates.acting import Acted, Deed, means_of
    from smoke.gates.advice import ROLLBACK_POINT
    from smoke.gates.decision import undecided
    from smoke.gates.recording import last_good
    from smoke.running.planning import plan_of

    verify = replace(settings, point=ROLLBACK_POINT)
    try:
        expected = previous or last_good(means_of(plan_of(verify), verify))
        if expected is None:
            raise LookupError("the history knows of no good build before: say --previous-build")
        gating.say(f"post-rollback: expecting {expected}")
        plain = argparse.Namespace(**{**vars(given), "checklist": False, "new_endpoints": []})
        return gating.decide(replace(verify, expect_build=expected), plain)
    except Exception as error:  # noqa: BLE001 - the rollback was run, and its gate must say so whatever comes after
        decision = undecided(ROLLBACK_POINT, f"the rollback is not proven: {error}")
    gating.say(f"{decision.outcome} {ROLLBACK_POINT}: {decision.reason}")
    told = outputs.payload(decision, settings.suite, settings.env or "", previous)
    acted = Acted(deed=Deed.NONE, sentence="nothing was looked at")
    return gating.Gated(decision, acted, outputs.document(told, acted, gating.verdict_path(settings)))
