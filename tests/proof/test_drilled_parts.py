"""``smoke prove`` of a small suite: parts, figures, names, and who may write where."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import TypeAdapter
from pytest_httpserver import HTTPServer

from smoke.proof.matrix import Matrix
from smoke.proof.writing import read
from smoke.running.reports import reports_lock
from tests.support import warm
from tests.support.project import a_suite

CHECKS = """\
probes:
  - id: health.root
    title: Healthy
    category: api-health
    request: GET /health
    expect: {json: {status: {equals: ok}}}
    proves: [text-missing ok]
  - id: cart.read
    title: The cart is there
    category: critical-paths
    request: GET /cart
    expect: {contains: [Cart]}
"""


@dataclass(frozen=True)
class Project:
    """A project with one suite of two probes, and the server that it is about."""

    root: Path

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return warm.smoke("prove", *arguments, cwd=self.root)

    def proved(self, *arguments: str) -> tuple[int, str]:
        said = self.run(*arguments)
        return said.returncode, said.stdout + said.stderr

    @property
    def reports(self) -> Path:
        return self.root / "reports"


@pytest.fixture
def project(tmp_path: Path, httpserver: HTTPServer) -> Project:
    httpserver.expect_request("/health").respond_with_json({"status": "ok", "version": {"build": "7"}})
    httpserver.expect_request("/cart").respond_with_data("<h1>Cart</h1>", content_type="text/html")
    environment = f"{{base_url: '{httpserver.url_for('').rstrip('/')}', timeout_ms: 9000}}"
    a_suite(tmp_path, f"title: Shop\nenvironments: {{local: {environment}}}\n", CHECKS)
    return Project(tmp_path)


def asleep(project: Project) -> None:
    """Let the health check declare what it does not look at."""
    path = project.root / "config/suites/shop/checks.yaml"
    path.write_text(CHECKS.replace("text-missing ok", "json-missing version"))


def test_a_declared_fault_that_survives_fails_the_proof(project: Project) -> None:
    """Exit 1; nothing of what the check expects implies it."""
    assert project.proved("--fault", "text-missing ok")[0] == 0
    asleep(project)
    code, said = project.proved("--fault", "json-missing version")
    assert (code, "survived: health.root, json-missing version: it stayed green" in said) == (1, True), said


def test_a_drill_asks_no_more_than_a_clean_run_and_stands_on_one_page(project: Project, httpserver: HTTPServer) -> None:
    """However many faults it tries; each tenth of it is told."""
    code, said = project.proved()
    assert code == 0, said
    clean = re.search(r"clean run PASS \(2 checks, (\d+) requests\)", said)
    assert clean, said
    matrix = read(project.reports / "proof" / "shop.json")
    assert len(matrix.cases) >= 20
    assert (matrix.detection_rate, matrix.asked, len(httpserver.log)) == (1.0, int(clean[1]), int(clean[1]))
    assert len(re.findall(rf"^  (\d+) of {len(matrix.cases)} faults, 0 not caught", said, re.M)) >= 9, said
    page = (project.reports / "proof" / "index.html").read_text()
    assert all(f"<code>{check}</code>" in page for check in ("health.root", "cart.read"))
    assert not re.search(r"(src|href)=\"(?!#)", page), "nothing is asked for from elsewhere"
    assert "| shop |" in (project.reports / "proof" / "matrix.md").read_text()


def test_the_rate_goes_to_every_sink_with_its_category(project: Project) -> None:
    """A whole drill is told in metrics.jsonl; a part of one is not."""
    assert project.proved("--fault", "status-500")[0] == 0
    assert not (project.reports / "metrics.jsonl").exists()
    assert project.proved()[0] == 0
    told = [json.loads(line) for line in (project.reports / "metrics.jsonl").read_text().splitlines()]
    assert {(each["name"], each["value"]) for each in told} == {("smoke_test.proof.detection_rate", 1.0)}
    assert ["category:api-health", "env:local", "suite:shop"] in [each["tags"] for each in told]
    assert ["env:local", "suite:shop"] in [each["tags"] for each in told]


@pytest.mark.long
def test_a_part_of_a_proof_replaces_none(project: Project) -> None:
    """By check, by fault or kind of faults, and into parts that make up the whole: none of them is written."""
    whole, *parts = (
        project.proved("--fault", "json-missing", *part)[1] for part in ((), ("--shard", "1/2"), ("--shard", "2/2"))
    )
    assert faults(whole) == sum(map(faults, parts)) > 0
    assert "a part only: nothing was written" in whole
    assert not list(project.reports.rglob("proof/**/*.json"))


@pytest.mark.long
def test_parts_are_joined_to_one_matrix_or_not_at_all(project: Project) -> None:
    """Exit 3 where one is missing, and nothing that could be taken for the whole."""
    requests = 0
    for shard in ("1", "2"):
        code, said = project.proved("--reports", shard, "--shard", f"{shard}/2")
        assert (code, f"shop.{shard}-of-2.json" in said) == (0, True), said
        requests += sum(map(int, re.findall(r"(\d+) requests", said)))
    code, said = project.proved("--merge", "1")
    assert (code, "shop: INCONCLUSIVE, its parts make up no whole: missing: 2/2" in said) == (3, True)
    assert not (project.reports / "proof" / "shop.json").exists()
    code, said = project.proved("--merge", "1", "2")
    assert (code, " survived" in said and "0 survived" in said) == (0, True), said
    assert read(project.reports / "proof" / "shop.json").asked == requests > 0
    code, said = project.proved("--merge", str(project.reports / "proof"))
    assert (code, "holds no part of a drill" in said) == (2, True)


def test_json_is_all_that_is_on_stdout(project: Project) -> None:
    """One matrix a line."""
    done = project.run("--fault", "status-500", "--json")
    assert TypeAdapter(Matrix).validate_json(done.stdout).suite == "shop"
    assert "clean run PASS" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ("--fault", "statu-500"),
            "--fault: unknown fault 'statu-500'; did you mean 'status-500'",
        ),
        (("--check", "helth"), "--check: unknown check 'helth'; did you mean 'health'?"),
        (("--merge", ".", "--resume"), "--resume: has no meaning with --merge, which joins what was drilled before"),
        (("--merge", ".", "--check", "health"), "--check: has no meaning with --merge"),
        (("--clean", "5", "--fault", "status-500"), "--fault: is about faults, and --clean injects none"),
        (("--clean", "5", "--shard", "1/2"), "--shard: is about faults, and --clean injects none"),
        (("--seed", "4"), "--seed: is about clean repetitions; add --clean"),
    ],
)
def test_what_nobody_knows_is_told_before_anything_is_asked(
    project: Project, arguments: tuple[str, ...], told: str
) -> None:
    """Exit 2, with what was meant."""
    code, said = project.proved(*arguments)
    assert (code, told in said, "clean run" in said) == (2, True, False), said


def test_only_one_writes_to_a_folder(project: Project) -> None:
    """A drill waits for nobody, and says who is in its way; what a run left there stays."""
    project.reports.mkdir()
    (project.reports / "verdict.json").write_text("{}")
    with reports_lock(project.reports):
        code, said = project.proved("--fault", "status-500")
        assert (code, "another run writes to" in said) == (2, True)
    assert project.proved("--fault", "status-500")[0] == 0
    assert (project.reports / "verdict.json").exists()


def faults(said: str) -> int:
    found = re.search(r"(\d+) faults to try", said)
    assert found, said
    return int(found[1])
