"""As much of GitHub Actions as our workflows use: expressions, and the steps of a composite action that run a shell."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

PATH = re.compile(r"'[^']*'|\b(?:needs|steps|inputs|jobs)(?:\.[\w*-]+)+")
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


def load(path: Path) -> dict[str, Any]:
    """Read a workflow or an action; its ``on`` is a key like any other."""
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {("on" if key is True else key): value for key, value in document.items()}
