"""Shell completion, as a shell asks for it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import pytest

from smoke import cli
from smoke.commands import completing
from tests.support.afresh import printed
from tests.support.project import a_project

pytest.importorskip("argcomplete")
ROOT = Path(__file__).parents[1]


@pytest.fixture
def shell(tmp_path: Path) -> dict[str, str]:
    """The environment of a shell in which ``smoke`` is this one."""
    program = tmp_path / "bin/smoke"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m smoke "$@"\n')
    program.chmod(0o755)
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    return {**os.environ, "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": path}


def completed(line: str, folder: Path, shell: dict[str, str]) -> set[str]:
    """Return what bash offers at the end of ``line``."""
    script = """
        eval "$(smoke completion bash)"
        COMP_LINE="$1" COMP_POINT=${#1} COMP_TYPE=9 COMP_WORDS=($1)
        _python_argcomplete smoke
        printf '%s\\n' "${COMPREPLY[@]}"
    """
    bash = ["bash", "-c", script, "bash", line]
    done = subprocess.run(bash, cwd=folder, env=shell, capture_output=True, text=True, timeout=60, check=True)
    return {each.strip() for each in done.stdout.splitlines() if each.strip()}


@pytest.mark.skipif(not shutil.which("bash"), reason="no bash here")
def test_bash_completes_whatever_a_project_has(tmp_path: Path, shell: dict[str, str]) -> None:
    """Commands, options, points, suites, environments, checks and branches of them, of the suite that is named."""
    root = tmp_path / "project"
    a_project(root)
    assert completed("smoke ru", root, shell) == {"run"}
    assert {"check", "rotate", "forgive"} <= completed("smoke accounts ", root, shell)
    assert completed("smoke run --pause", root, shell) == {"--pause-on-failure"}
    assert completed("smoke run can", root, shell) == {"canary-5"}
    assert completed("smoke run --suite ", root, shell) == {"shop"}
    assert completed("smoke run --suite shop --env ", root, shell) == {"local", "canary"}
    assert completed("smoke run --check lo", root, shell) == {"login", "login.basic"}


def test_a_title_stands_beside_each_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For zsh and fish, which show one."""
    monkeypatch.chdir(a_project(tmp_path).root)
    points = completing.COMPLETERS["point"](parsed_args=Namespace(suite="shop"))
    assert points == {"canary-5": "Canary", "local": "Local"}


@pytest.mark.skipif(not shutil.which("bash"), reason="no bash here")
def test_a_broken_project_completes_what_it_can(tmp_path: Path, shell: dict[str, str]) -> None:
    """Without a word about it in the line that is being typed."""
    root = tmp_path / "project"
    a_project(root).replace("config/suites/shop/suite.yaml", "title: Shop", "titel: Shop")
    assert completed("smoke run --check lo", root, shell) <= {"--check"}
    assert completed("smoke run --suite ", root, shell) == {"shop"}


@pytest.mark.parametrize(
    ("name", "sign"), [("bash", "complete "), ("zsh", "compdef"), ("fish", "complete --command smoke")]
)
def test_each_shell_has_its_script(name: str, sign: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Printed for the shell to read."""
    assert cli.main(["completion", name]) == 0
    assert sign in capsys.readouterr().out


def test_nobody_pays_for_it_who_does_not_ask() -> None:
    """``smoke --help`` loads none of it."""
    look = "import sys; from smoke import cli; cli.main([]); print('argcomplete' in sys.modules)"
    assert printed(look).endswith("False")
