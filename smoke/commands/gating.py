"""What ``smoke gate`` does at one point: decide, act, record and tell."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TextIO

from smoke.commands.options import read
from smoke.config.problems import ConfigError, both
from smoke.spans import seconds

if TYPE_CHECKING:
    from smoke.gates.acting import Acted
    from smoke.gates.checking import Checked
    from smoke.gates.completing import Completing
    from smoke.gates.decision import Decision
    from smoke.planning.plan import Plan
    from smoke.settings import Settings


@dataclass(frozen=True, slots=True)
class Gated:
    """A gate that decided, and what was done about it."""

    decision: Decision
    acted: Acted
    document: dict[str, object]


def decide(settings: Settings, given: argparse.Namespace) -> Gated:
    """Gate a point and act on it; raises ConfigError."""
    from smoke.config.monitoring import monitoring
    from smoke.gates.gate import Gate, Question
    from smoke.running.planning import plan_of

    # The run of the checks reads the second, too: minutes later, when the build is live.
    planned, _ = both(lambda: plan_of(settings), lambda: monitoring(settings.root))
    wait_s = read("--build-wait", seconds, given.build_wait)
    _allow(planned, wait_s)
    completing = _completing(planned, settings, given)
    witness = completing.witness if completing else None
    gate = Gate(Question(plan=planned, settings=settings, build_wait_s=wait_s, say=say, witness=witness))
    decision = gate.decide()
    if completing is None:
        return _told(decision, planned, settings, given, gate.checked)
    found = _told(completing.settled(decision, gate.checked), planned, settings, given, gate.checked)
    return _listed(found, completing, settings, given)


def _completing(planned: Plan, settings: Settings, given: argparse.Namespace) -> Completing | None:
    """Return what judges the checklist; None: nobody asked for it."""
    if not given.checklist and not given.new_endpoints:
        return None
    from smoke.gates.completing import Completing

    if wrong := [path for path in given.new_endpoints if not re.fullmatch(r"/[^\s#]*", path)]:
        text = f"is a path that begins with /, such as /reranker/health; got {', '.join(map(repr, wrong))}"
        raise ConfigError.of_option("--new-endpoints", text)
    return Completing(planned, settings, tuple(given.new_endpoints))


def _listed(gated: Gated, completing: Completing, settings: Settings, given: argparse.Namespace) -> Gated:
    """Tell people the checklist, and return what was decided with it."""
    from smoke.gates import outputs
    from smoke.gates.checklist_printed import as_json, as_lines, as_markdown
    from smoke.history.opening import history_store

    not_acting = "a dry run records nothing" if given.dry_run else None
    seen = completing.told(gated.decision, history_store(settings), not_acting=not_acting)
    tried(lambda: outputs.append(settings.environ.get("GITHUB_STEP_SUMMARY"), as_markdown(seen)))
    for line in as_lines(seen):
        print(line, file=sys.stderr if given.json else sys.stdout, flush=True)
    return replace(gated, document={**gated.document, "checklist": as_json(seen)})


def _told(
    decision: Decision, planned: Plan, settings: Settings, given: argparse.Namespace, checked: Checked | None
) -> Gated:
    """Act, record and tell people; nothing that fails here makes the decision a better one."""
    from smoke.gates import outputs
    from smoke.gates.acting import act, means_of, would_act
    from smoke.gates.recording import record_gate
    from smoke.gates.secrets import tellable

    decision = tellable(decision, planned, settings.environ)
    means = means_of(planned, settings)
    told = outputs.payload(decision, means.suite, means.environment, means.build)
    acted = would_act(decision, means) if given.dry_run else act(decision, means, told)
    summary = outputs.summary(decision, acted, told) + outputs.explained(_pages(settings, checked))
    tried(lambda: outputs.append(settings.environ.get("GITHUB_STEP_SUMMARY"), summary))
    if not given.dry_run:
        tried(lambda: record_gate(decision, means, settings.reports))
    _print(decision, acted, sys.stderr if given.json else sys.stdout)
    return Gated(decision, acted, outputs.document(told, acted, verdict_path(settings)))


def _pages(settings: Settings, checked: Checked | None) -> list[str]:
    """Return the pages that the run of the checks left about those that were bad."""
    from smoke.bundle.bad import FOLDER
    from smoke.bundle.writing import PAGE, standings

    run_id = checked.run_id if checked else None
    found = standings(settings.reports / FOLDER)
    return [settings.shown(folder / PAGE) for folder, each in found if each.run_id == run_id]


def verdict_path(settings: Settings) -> str:
    """Return where the run of the checks left its verdict, as a person types it."""
    return settings.shown(settings.reports / "verdict.json")


def tried(work: Callable[[], object]) -> None:
    """Do ``work``; what goes wrong with it is said, and changes nothing."""
    try:
        work()
    except Exception as error:  # noqa: BLE001 - whatever could not be written, the decision stands and is printed
        say(f"{type(error).__name__}: {error}")


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


def say(text: str) -> None:
    """Say it beside what the command prints for programs."""
    print(text, file=sys.stderr, flush=True)
