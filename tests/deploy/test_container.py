"""The Dockerfile, read: what a linter does not know of this project. Building it: test_image.py."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.support.deploy_tools import tool

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy" / "container"


@dataclass(frozen=True, slots=True)
class Step:
    """One instruction of a Dockerfile, on one line."""

    name: str
    text: str


@cache
def steps() -> tuple[Step, ...]:
    lines = [line for line in (FOLDER / "Dockerfile").read_text().splitlines() if not line.lstrip().startswith("#")]
    whole = "\n".join(lines).replace("\\\n", " ")
    return tuple(Step(*line.split(maxsplit=1)) for line in whole.splitlines() if line.strip())


def of(name: str) -> list[str]:
    return [step.text for step in steps() if step.name == name]


def last_stage() -> tuple[Step, ...]:
    start = max(index for index, step in enumerate(steps()) if step.name == "FROM")
    return steps()[start:]


def test_a_linter_finds_nothing() -> None:
    """Hadolint, with what it knows of shells too."""
    done = subprocess.run([tool("hadolint"), FOLDER / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("", 0)


def test_it_stands_on_one_release() -> None:
    """Each stage is begun from a release that is named to its point, or from another stage."""
    stages = {text.partition(" AS ")[2] for text in of("FROM")} - {""}
    bases = {text.partition(" ")[0] for text in of("FROM")} - stages
    assert [base for base in bases if not re.fullmatch(r"debian:\d+\.\d+-slim(@sha256:[0-9a-f]{64})?", base)] == []


def test_libraries_are_those_of_the_lock() -> None:
    """By their hashes, built by others; the project itself adds none."""
    (default,) = (text.partition("=")[2] for text in of("ARG"))
    assert (ROOT / "requirements" / f"{default}.lock").is_file()
    installs = [part for text in of("RUN") for part in text.split("&&") if " install " in part and "pip" in part]
    of_pip = [part for part in installs if "apt-get" not in part]
    assert len(of_pip) == 2
    assert "--require-hashes --only-binary :all: -r requirements.lock" in of_pip[0]
    assert "--no-deps --no-build-isolation ." in of_pip[1]


def test_it_is_run_by_nobody_of_importance() -> None:
    """By numbers, so that Kubernetes can tell that it is not root; nothing after it is done as another."""
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", of("USER")[-1])
    assert [step.name for step in last_stage() if step.name in {"USER", "RUN", "COPY"}][-1] == "USER"


def test_a_signal_reaches_the_run_and_nothing_is_left() -> None:
    """An init is the first process, no shell; SIGTERM ends a run with a verdict."""
    assert of("ENTRYPOINT") == ['["tini", "--", "smoke"]']
    assert of("STOPSIGNAL") == ["SIGTERM"]


def test_the_doctor_tells_its_health() -> None:
    """Docker knows 0 and 1 only."""
    (check,) = of("HEALTHCHECK")
    assert '["sh", "-c", "smoke doctor || exit 1"]' in check


def test_nothing_secret_is_put_into_it() -> None:
    """Neither as a variable nor as a file: they come when it is run."""
    named = re.findall(r"([A-Z][A-Z_]+)=", " ".join(of("ENV") + of("ARG")))
    assert [name for name in named if re.search(r"PASS|SECRET|TOKEN|KEY|URL", name)] == []
    assert of("ADD") == []


def test_only_what_is_named_goes_into_it() -> None:
    """All is left out at first; what is let in is there; and what is copied is let in."""
    lines = [
        line for line in (FOLDER / "Dockerfile.dockerignore").read_text().splitlines() if line[:1] not in {"", "#"}
    ]
    assert lines[0] == "*"
    let_in = [line[1:] for line in lines if line.startswith("!")]
    assert [name for name in let_in if not list(ROOT.glob(name))] == []
    sources = [source for text in of("COPY") if "--from=" not in text for source in text.split()[:-1]]
    tops = {name.split("/")[0] for name in let_in}
    assert [source for source in sources if source.split("/")[0] not in tops] == []


def test_nothing_has_to_be_written_beside_the_code() -> None:
    """It is compiled beforehand, and its folders of reports and state are those that are mounted."""
    assert any("compileall" in text for text in of("RUN"))
    environ = dict(each.split("=", 1) for each in " ".join(of("ENV")).split())
    assert environ["PYTHONDONTWRITEBYTECODE"] == "1"
    assert set(re.findall(r'"(/[a-z]+)"', of("VOLUME")[0])) == {environ["SMOKE_REPORTS"], environ["SMOKE_STATE"]}
    assert environ["HOME"] == "/tmp"
    assert environ["SMOKE_BROWSER_PATH"].endswith("headless-shell")
