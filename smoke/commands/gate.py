"""``smoke gate POINT``."""

from __future__ import annotations

import argparse
import re
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TextIO

from smoke.commands import options
from smoke.config.problems import ConfigError, Problem, both
from smoke.config.spans import seconds
from smoke.settings import build_id

if TYPE_CHECKING:
    from smoke.gates.acting import Acted
    from smoke.gates.checking import Checked
    from smoke.gates.completing import Completing
    from smoke.gates.decision import Decision
    from smoke.planning.plan import Plan
    from smoke.settings import Settings

WAIT = "10m"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("point", metavar="POINT", help="execution point, such as canary-5 or post-production")
    parser.add_argument(
        "--build-wait", default=WAIT, metavar="TIME", help=f"wait so long for the build (default: {WAIT})"
    )
    parser.add_argument("--dry-run", action="store_true", help="decide, but only say what would be done")
    parser.add_argument("--then-verify", action="store_true", help="after a rollback, gate post-rollback too")
    parser.add_argument(
        "--previous-build", metavar="ID", help="what post-rollback expects (default: the last good one)"
    )
    parser.add_argument(
        "--checklist", action="store_true", help="tell whether the deployment is complete; unmet blocks"
    )
    parser.add_argument(
        "--new-endpoints",
        nargs="+",
        action="extend",
        default=[],
        metavar="PATH",
        help="of the checklist: what the build added",
    )
    options.add(parser)
    parser.add_argument("--json", action="store_true", help="print gate.json on stdout, all else on stderr")
    parser.set_defaults(call=call)


def call(given: argparse.Namespace, after: list[str]) -> int:
    """Gate, act and return what the decision exits with: 0 proceed, 1 block, roll back or escalate, 3 INCONCLUSIVE."""
    from smoke.gates import outputs
    from smoke.gates.acting import Deed
    from smoke.gates.advice import ending
    from smoke.model import Action

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if after:
        raise ConfigError([Problem("command line", 0, "--", "pytest arguments go to `smoke run`; remove them")])
    settings = options.settings_of(given, given.point)
    outputs.forget(settings.reports)
    previous = _previous(given, settings)
    told = settings.environ.get("GITHUB_OUTPUT")
    gated = _gated(settings, given)
    document = gated.document
    _tried(lambda: outputs.write(settings.reports, document))
    _tried(lambda: outputs.append(told, outputs.step_outputs(gated.decision, gated.acted, _verdict(settings))))
    if given.then_verify and gated.acted.deed is Deed.DONE and gated.decision.action is Action.ROLLBACK:
        _tried(lambda: outputs.set_aside(settings.reports, given.point))
        verified = _verified(settings, given, previous)
        verdict = settings.shown(settings.reports / given.point / "verdict.json")
        document = {**document, "verdict_path": verdict, "then_verify": verified.document}
        _tried(lambda: outputs.write(settings.reports, document))
        _tried(lambda: outputs.append(told, outputs.verified_output(verified.decision, verdict)))
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
        raise ConfigError([Problem("command line", 0, "--previous-build", str(error))]) from None
    return previous


def _verified(settings: Settings, given: argparse.Namespace, previous: str | None) -> _Gated:
    """Gate post-rollback; whatever keeps it from that leaves the rollback unproven, and the first decision as it is."""
    from smoke.gates import outputs
    from smoke.gates.acting import Acted, Deed, place_of
    from smoke.gates.advice import ROLLBACK_POINT
    from smoke.gates.decision import undecided
    from smoke.gates.recording import last_good
    from smoke.running.planning import plan_of

    verify = replace(settings, point=ROLLBACK_POINT)
    try:
        expected = previous or last_good(place_of(plan_of(verify), verify))
        if expected is None:
            raise LookupError("the history knows of no good build before: say --previous-build")
        _say(f"post-rollback: expecting {expected}")
        plain = argparse.Namespace(**{**vars(given), "checklist": False, "new_endpoints": []})
        return _gated(replace(verify, expect_build=expected), plain)
    except Exception as error:  # noqa: BLE001 - the rollback was run, and its gate must say so whatever comes after
        decision = undecided(ROLLBACK_POINT, f"the rollback is not proven: {error}")
    _say(f"{decision.outcome} {ROLLBACK_POINT}: {decision.reason}")
    told = outputs.payload(decision, settings.suite, settings.env or "", previous)
    acted = Acted(deed=Deed.NONE, sentence="nothing was looked at")
    return _Gated(decision, acted, outputs.document(told, acted, _verdict(settings)))


@dataclass(frozen=True, slots=True)
class _Gated:
    """A gate that decided, and what was done about it."""

    decision: Decision
    acted: Acted
    document: dict[str, object]


def _gated(settings: Settings, given: argparse.Namespace) -> _Gated:
    from smoke.config.monitoring import monitoring
    from smoke.gates.gate import Gate, Request
    from smoke.running.planning import plan_of

    # The run of the checks reads the second, too: minutes later, when the build is live.
    planned, _ = both(lambda: plan_of(settings), lambda: monitoring(settings.root))
    wait_s = _seconds(given.build_wait)
    _allow(planned, wait_s)
    completing = _completing(planned, settings, given)
    witness = completing.witness if completing else None
    gate = Gate(Request(plan=planned, settings=settings, build_wait_s=wait_s, say=_say, witness=witness))
    decision = gate.decide()
    if completing is None:
        return _told(decision, planned, settings, given, gate.checked)
    gated = _told(completing.settled(decision, gate.checked), planned, settings, given, gate.checked)
    return _listed(gated, completing, settings, given)


def _completing(planned: Plan, settings: Settings, given: argparse.Namespace) -> Completing | None:
    """Return what judges the checklist; None: nobody asked for it."""
    if not given.checklist and not given.new_endpoints:
        return None
    from smoke.gates.completing import Completing

    if wrong := [path for path in given.new_endpoints if not re.fullmatch(r"/[^\s#]*", path)]:
        text = f"is a path that begins with /, such as /reranker/health; got {', '.join(map(repr, wrong))}"
        raise ConfigError([Problem("command line", 0, "--new-endpoints", text)])
    return Completing(planned, settings, tuple(given.new_endpoints))


def _listed(gated: _Gated, completing: Completing, settings: Settings, given: argparse.Namespace) -> _Gated:
    """Tell people the checklist, and return what was decided with it."""
    from smoke.gates import outputs
    from smoke.gates.checklist_printed import as_json, as_lines, as_markdown
    from smoke.history.opening import history_store

    not_acting = "a dry run records nothing" if given.dry_run else None
    seen = completing.told(gated.decision, history_store(settings), not_acting=not_acting)
    _tried(lambda: outputs.append(settings.environ.get("GITHUB_STEP_SUMMARY"), as_markdown(seen)))
    for line in as_lines(seen):
        print(line, file=sys.stderr if given.json else sys.stdout, flush=True)
    return replace(gated, document={**gated.document, "checklist": as_json(seen)})


def _told(
    decision: Decision, planned: Plan, settings: Settings, given: argparse.Namespace, checked: Checked | None
) -> _Gated:
    """Act, record and tell people; nothing that fails here makes the decision a better one."""
    from smoke.gates import outputs
    from smoke.gates.acting import act, place_of, would_act
    from smoke.gates.recording import record_gate
    from smoke.gates.secrets import tellable

    decision = tellable(decision, planned, settings.environ)
    place = place_of(planned, settings)
    told = outputs.payload(decision, place.suite, place.environment, place.build)
    acted = would_act(decision, place) if given.dry_run else act(decision, place, told)
    summary = outputs.summary(decision, acted, told) + outputs.explained(_pages(settings, checked))
    _tried(lambda: outputs.append(settings.environ.get("GITHUB_STEP_SUMMARY"), summary))
    if not given.dry_run:
        _tried(lambda: record_gate(decision, place, settings.reports))
    _print(decision, acted, sys.stderr if given.json else sys.stdout)
    return _Gated(decision, acted, outputs.document(told, acted, _verdict(settings)))


def _pages(settings: Settings, checked: Checked | None) -> list[str]:
    """Return the pages that the run of the checks left about those that were bad."""
    from smoke.bundle.bad import FOLDER
    from smoke.bundle.writing import PAGE, standings

    run_id = checked.run_id if checked else None
    found = standings(settings.reports / FOLDER)
    return [settings.shown(folder / PAGE) for folder, each in found if each.run_id == run_id]


def _verdict(settings: Settings) -> str:
    return settings.shown(settings.reports / "verdict.json")


def _tried(work: Callable[[], object]) -> None:
    try:
        work()
    except Exception as error:  # noqa: BLE001 - whatever could not be written, the decision stands and is printed
        _say(f"{type(error).__name__}: {error}")


def _print(decision: Decision, acted: Acted, file: TextIO) -> None:
    from smoke.gates.acting import Deed
    from smoke.gates.advice import next_step

    for part in decision.parts:
        print(f"{part.outcome:<12} {part.name:<11} {part.sentence}", file=file)
    print(f"{decision.outcome} {decision.point}: {decision.action}: {decision.reason}", file=file)
    if acted.deed is not Deed.NONE:
        print(acted.sentence, file=file)
    print(f"next: {next_step(decision, acted)}", file=file, flush=True)


def _allow(planned: Plan, wait_s: float) -> None:
    from smoke.gates.checking import LATE_S
    from smoke.gates.completing import LONGEST_S
    from smoke.gates.gate import LOOK_S
    from smoke.host.supervisor import allow

    watched = planned.point.monitoring.duration_s if planned.point.monitoring else planned.point.target_s
    hooks = [
        each.timeout_s for each in (planned.environment.hooks.rollback, planned.environment.hooks.escalate) if each
    ]
    allow(LONGEST_S + wait_s + planned.point.timeout_s + LATE_S + 2 * LOOK_S + watched + max(hooks, default=0.0) + 60.0)


def _seconds(text: str) -> float:
    try:
        return seconds(text)
    except ValueError as error:
        raise ConfigError([Problem("command line", 0, "--build-wait", str(error))]) from None


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
