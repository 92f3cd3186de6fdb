"""The image's own set-up, done line by line in a folder; only the packages of Debian are those of this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from smoke.demo.process import DemoProcess
from tests.deploy.conftest import DOCKERFILE, ROOT, copies
from tests.support.lambda_api import warm_sandbox

pytestmark = [pytest.mark.long, pytest.mark.browser]
PYTHON = "/usr/bin/python3"
NOBODY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs")


def instructions() -> list[tuple[str, str]]:
    """What the Dockerfile does, one after the other."""
    lines = [line for line in DOCKERFILE.read_text().replace("\\\n", " ").splitlines() if line[:1].isupper()]
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines)]


def copied(sources: str, task: Path) -> None:
    for source, place in copies():
        if source in sources.split():
            for found in ROOT.glob(source.rstrip("/")):
                if found.is_dir():
                    shutil.copytree(found, task / place, ignore=shutil.ignore_patterns("__pycache__"))
                else:
                    (task / place).mkdir(exist_ok=True)
                    shutil.copy2(found, task / place)


@pytest.fixture(scope="module")
def image() -> Iterator[Path]:
    """A folder with what the image has: task and venv. pytest's own keep others out."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield built(Path(name))


def built(folder: Path) -> Path:
    made = subprocess.run([PYTHON, "-m", "venv", folder / "venv"], capture_output=True, check=False)
    if made.returncode or not shutil.which("setpriv") or os.geteuid():
        pytest.skip("it takes root, setpriv, and a Python of the system with venv")
    (task := folder / "task").mkdir()
    environ = {"PATH": f"{folder / 'venv' / 'bin'}:{os.environ['PATH']}", "HOME": str(folder)}
    environ |= {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_", "HTTP"))}
    for word, rest in instructions():
        if word == "COPY":
            copied(rest, task)
        elif word == "RUN" and "apt-get" not in rest:
            done = subprocess.run(
                ["sh", "-ec", rest], cwd=task, env=environ, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_the_image_runs_all_checks(image: Path, demo: DemoProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    """With nothing but what is locked and copied, as a user who owns nothing of it."""
    demo.set_breaks()
    monkeypatch.delenv("PYTHONPATH", raising=False)
    (image / "tmp").mkdir()
    (image / "tmp").chmod(0o777)
    environ = {**demo.environ, "SMOKE_RUNNER_BAND": "1000"}
    python = str(image / "venv" / "bin" / "python")
    with warm_sandbox(image / "task", image, environ, within=NOBODY, python=python) as warm:
        reply = warm.invoke({"suite": "betterprompts", "environment": "local", "point": "local"})
    assert not reply.failed, reply.error
    assert (reply.body["verdict"], reply.body["reason"]) == ("PASS", "all 11 checks passed")
