"""As much of GitHub Actions as our workflows use: expressions, jobs, and steps that run a shell."""

from __future__ import annotations

import re
import resource
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

PATH = re.compile(r"'[^']*'|\b(?:needs|steps|inputs|jobs|github|matrix|secrets|vars|env|runner)(?:\.[\w*-]+)+")
STATUS = re.compile(r"\b(always|cancelled|success|failure)\(\)")


def evaluate(expression: str, context: Mapping[str, Any]) -> Any:
    """Return what ``expression``, without its braces, comes to; what is not there is an empty string."""

    def place(found: re.Match[str]) -> str:
        return found[0] if found[0].startswith("'") else f"_at({found[0]!r})"

    source = PATH.sub(place, " ".join(expression.split())).replace("&&", " and ").replace("||", " or ")
    source = re.sub(r"!(?!=)", " not ", source)
    functions = {
        "_at": lambda path: _at(context, path.split(".")),
        "contains": lambda where, what: what in where,
        "always": lambda: True,
        "cancelled": lambda: False,
        "success": lambda: not context.get("failed", False),
        "format": lambda text, *values: text.format(*values),
        "hashFiles": lambda *_: "hash",
    }
    return eval(source.strip(), {"__builtins__": {}}, functions)


def filled(text: str, context: Mapping[str, Any]) -> str:
    """Return ``text`` with each ``${{ … }}`` replaced by what it comes to."""
    return re.sub(r"\$\{\{(.*?)\}\}", lambda found: str(evaluate(found[1], context)), text, flags=re.DOTALL)


def _at(value: Any, path: list[str]) -> Any:
    for number, name in enumerate(path):
        if name == "*":
            return [_at(each, path[number + 1 :]) for each in value.values()]
        value = value.get(name, "") if isinstance(value, Mapping) else ""
    return value


@dataclass(frozen=True)
class Ran:
    """A shell step that ran."""

    code: int
    outputs: dict[str, str]
    log: str


def run_step(step: Mapping[str, Any], context: Mapping[str, Any], environ: Mapping[str, str], folder: Path) -> Ran:
    """Run the shell of ``step`` as the runner does, with files of its own in ``folder``."""
    output = folder / "step-output"
    output.write_text("")
    script = folder / "step.sh"
    script.write_text(step["run"], encoding="utf-8")
    env = {name: filled(str(value), context) for name, value in step.get("env", {}).items()}
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
        cwd=filled(step["working-directory"], context) if "working-directory" in step else folder,
        env={**environ, **env, "GITHUB_OUTPUT": str(output)},
        capture_output=True,
        text=True,
        check=False,
    )
    said = (line.split("=", 1) for line in output.read_text(encoding="utf-8").splitlines())
    return Ran(done.returncode, dict(said), done.stdout + done.stderr)


Action = Callable[[Mapping[str, str], Path], Mapping[str, str]]
"""Stands for an action: gets what is handed to it, and the checkout; returns its outputs, and raises where it fails."""


@dataclass(frozen=True)
class Job:
    """A job that ended."""

    result: str
    """``success``, ``failure`` or ``skipped``, as jobs that need it see it."""
    outputs: dict[str, str]
    steps: dict[str, Ran]
    """What was run, by name, in order."""
    seconds: dict[str, float]
    """What each step took, and in ``cpu`` what all its processes computed."""
    cpu: dict[str, float]

    @property
    def log(self) -> str:
        return "".join(f"--- {name}\n{ran.log}" for name, ran in self.steps.items())


def run_job(
    job: Mapping[str, Any],
    context: Mapping[str, Any],
    environ: Mapping[str, str],
    folder: Path,
    actions: Mapping[str, Action],
) -> Job:
    """Run the steps of ``job`` in the checkout ``folder`` as the runner does; ``actions`` stand for those it uses."""
    state: dict[str, Any] = {**context, "steps": {}, "failed": False}
    if not is_met(job.get("if", "success()"), state):
        return Job("skipped", {}, {}, {}, {})
    ran: dict[str, Ran] = {}
    seconds: dict[str, float] = {}
    cpu: dict[str, float] = {}
    variables = {name: filled(str(value), state) for name, value in job.get("env", {}).items()}
    state["env"] = {**context.get("env", {}), **variables}
    for step in job["steps"]:
        name = step.get("name") or step["uses"].partition("@")[0]
        if not is_met(step.get("if", "success()"), state):
            state["steps"][step.get("id", name)] = {"outcome": "skipped", "outputs": {}}
            continue
        began, computed = time.monotonic(), _computed()
        if "run" in step:
            ran[name] = run_step(step, state, {**environ, **state["env"]}, folder)
        else:
            ran[name] = _use(step, state, folder, actions)
        seconds[name], cpu[name] = time.monotonic() - began, _computed() - computed
        failed = ran[name].code != 0
        state["steps"][step.get("id", name)] = {
            "outcome": "failure" if failed else "success",
            "outputs": ran[name].outputs,
        }
        state["failed"] |= failed and not step.get("continue-on-error", False)
    outputs = {name: filled(value, state) for name, value in job.get("outputs", {}).items()}
    return Job("failure" if state["failed"] else "success", outputs, ran, seconds, cpu)


def _computed() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def is_met(condition: str, context: Mapping[str, Any]) -> bool:
    """Tell whether a job or step runs, by its condition; one that asks for no status wants success."""
    condition = condition.strip().removeprefix("${{").removesuffix("}}")
    met = bool(evaluate(condition, context))
    return met and (STATUS.search(condition) is not None or not context.get("failed", False))


def _use(step: Mapping[str, Any], state: Mapping[str, Any], folder: Path, actions: Mapping[str, Action]) -> Ran:
    given = {name: filled(str(value), state) for name, value in step.get("with", {}).items()}
    try:
        outputs = actions[step["uses"].partition("@")[0]](given, folder)
    except OSError as error:
        return Ran(1, {}, str(error))
    return Ran(0, dict(outputs), "")


def load(path: Path) -> dict[str, Any]:
    """Read a workflow or an action; its ``on`` is a key like any other."""
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {("on" if key is True else key): value for key, value in document.items()}
