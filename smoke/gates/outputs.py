"""A decision for programs and people: JSON, GitHub step outputs, a Markdown summary. Pure but for the writing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from smoke.gates.acting import Acted, Deed
from smoke.gates.advice import next_step
from smoke.gates.decision import Decision
from smoke.gates.markdown import plain
from smoke.model import Outcome

FILE = "gate.json"
OF_ONE_RUN = ("verdict.json", "attempts")
MARKS = {
    Outcome.PASS: "✅",
    Outcome.FLAKY: "⚠️",
    Outcome.FAIL: "❌",
    Outcome.INCONCLUSIVE: "❓",
    Outcome.NOT_RUN: "❓",
}


def payload(decision: Decision, suite: str, environment: str, build: str | None) -> dict[str, object]:
    """Return ``decision`` as hooks and pipelines get it."""
    return {
        "schema": 1,
        "suite": suite,
        "environment": environment,
        "execution_point": decision.point,
        "expected_build": build,
        "passed": decision.passed,
        "outcome": decision.outcome,
        "failed_category": decision.failed_category,
        "action": decision.action,
        "severity": decision.severity,
        "reason": decision.reason,
        "parts": [{"name": part.name, "outcome": part.outcome, "reason": part.sentence} for part in decision.parts],
    }


def document(told: Mapping[str, object], acted: Acted, verdict: str) -> dict[str, object]:
    """Return gate.json: the payload, what became of the action, and where the verdict of the checks lies."""
    return {**told, "acted": {"deed": acted.deed, "detail": acted.sentence}, "verdict_path": verdict}


def as_text(told: Mapping[str, object]) -> str:
    """Write ``told`` as gate.json has it."""
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def step_outputs(decision: Decision, acted: Acted, verdict: str) -> str:
    """Return the lines for $GITHUB_OUTPUT; none of them can begin another one."""
    return _lines(
        {
            "passed": "true" if decision.passed else "false",
            "outcome": decision.outcome,
            "failed-category": decision.failed_category or "",
            "action": decision.action,
            "acted": acted.deed,
            "reason": decision.reason,
            "verdict": verdict,
        }
    )


def verified_output(decision: Decision, verdict: str) -> str:
    """Return the lines for $GITHUB_OUTPUT that say what post-rollback decided, and where the first verdict is now.

    They have names of their own: a rollback that took must not make a release that was rolled back a passed one.
    """
    return _lines({"verified": "true" if decision.passed else "false", "verdict": verdict})


def _lines(values: Mapping[str, str]) -> str:
    return "".join(f"{name}={' '.join(value.split())}\n" for name, value in values.items())


def summary(decision: Decision, acted: Acted, told: Mapping[str, object]) -> str:
    """Return the Markdown that stands in a job summary: what is asked for, why, what was done, what to do next."""
    build = told["expected_build"]
    where = f"{plain(str(told['suite']))} in {plain(str(told['environment']))}"
    about = [f"**Build**: {plain(str(build)) if build else 'none was expected'}, {where}"]
    if decision.failed_category:
        about.append(f"**Failed category**: {decision.failed_category}")
    if decision.severity:
        about.append(f"**Severity**: {decision.severity}")
    if acted.deed is not Deed.NONE:
        about.append(f"**Hook**: {plain(acted.sentence)}")
    lines = [
        f"## {MARKS[decision.outcome]} {plain(decision.point)}: {decision.action} ({decision.outcome})",
        "",
        f"> {plain(decision.reason)}",
        "",
        *(f"- {line}" for line in (*about, f"**Next**: {next_step(decision, acted)}")),
        "",
        "| looked at | outcome | what was seen |",
        "|---|---|---|",
        *(f"| {part.name} | {part.outcome} | {plain(part.sentence)} |" for part in decision.parts),
        "",
        "",
    ]
    return "\n".join(lines)


def explained(pages: Sequence[str]) -> str:
    """Return the part of a job summary that names the ``pages`` about bad checks; empty where there is none."""
    listed = "".join(f"- `{page}`\n" for page in pages)
    return f"Among the reports, a page for each bad check:\n\n{listed}\n" if pages else ""


def forget(reports: Path) -> None:
    """Remove the gate.json of an earlier gate, which nobody shall take for this one's; raises OSError."""
    (reports / FILE).unlink(missing_ok=True)


def set_aside(reports: Path, point: str) -> Path:
    """Move verdict and evidence of the gate at ``point`` to a folder of their own, which is returned; raises OSError.

    The next run among the same reports would take their place.
    """
    folder = reports / point
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in OF_ONE_RUN:
        if (reports / name).exists():
            (reports / name).rename(folder / name)
    return folder


def write(reports: Path, told: Mapping[str, object]) -> Path:
    """Write gate.json among the reports, whole or not at all; raises OSError."""
    reports.mkdir(parents=True, exist_ok=True)
    path, draft = reports / FILE, reports / f".{FILE}"
    draft.write_text(as_text(told), encoding="utf-8")
    draft.replace(path)
    return path


def append(path: str | None, text: str) -> None:
    """Append to the file that a CI system named; nothing where it named none. Raises OSError."""
    if path:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(text)
