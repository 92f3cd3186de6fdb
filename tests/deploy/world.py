"""smoke.yml as GitHub would run it: its own steps in fresh checkouts, a real branch, real receivers, and no GitHub."""

from __future__ import annotations

import fnmatch
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pytest_httpserver import HTTPServer

from smoke.config.load import load as load_suite
from smoke.demo.options import DemoOptions
from smoke.demo.process import DemoProcess, start
from smoke.history.runs import History
from smoke.planning.plan import Selection, plan
from tests.gates.test_release import project
from tests.support import receivers
from tests.support.github import Job, filled, load, run_job
from tests.support.receivers import WEBHOOK_PATH, Receiver
from tests.support.run_builder import a_result, a_run

ROOT = Path(__file__).parents[2]
WORKFLOW = load(ROOT / ".github/workflows/smoke.yml")
REGIONS = [each["region"] for each in WORKFLOW["jobs"]["smoke"]["strategy"]["matrix"]["include"]]
BRANCH = "smoke-history/betterprompts"
TOKEN = "ghs-canary-2f9b7c"
BEAT = "beat-canary-51e0"
RULES = ("smoke_test_failure", "regions_failing")
PROGRAMS = ("bash", "git", "make", "mkdir", "touch")
MAKEFILE = ".venv/.run-ready:\n\t@touch $@\n"
SHIM = f'#!/bin/bash\nPYTHONPATH={ROOT} exec {sys.executable} -m smoke "$@"\n'


@dataclass(frozen=True)
class Round:
    """One run of the workflow."""

    regions: Mapping[str, Job]
    publish: Job
    checkout: Path
    """Of publish, with what it left."""
    summary: str

    def verdicts(self) -> dict[str, str]:
        """The verdict of each region that was joined."""
        found = [json.loads(path.read_text()) for path in (self.checkout / "reports/places").glob("*/verdict.json")]
        return {each["region"]: each["verdict"] for each in found}

    def standings(self) -> dict[str, str]:
        """How each region stands by the status page."""
        (place,) = json.loads((self.checkout / "reports/status/status.json").read_text())["places"]
        return {each["region"]: each["state"] for each in place["regions"]}


@dataclass
class World:
    """A repository, its artifacts and its secrets; runners come and go."""

    folder: Path
    path: str
    """Where the runners find programs."""
    check: str | None
    """Branch of checks that all regions are narrowed down to; None: all of the suite."""
    apps: tuple[DemoProcess, ...]
    slack: Receiver
    server: HTTPServer
    cache: Path | None = None
    """What the caches keep of a history; None: they are always cold."""
    runs: int = 0
    beats: list[str] = field(default_factory=list)

    @property
    def remote(self) -> Path:
        return self.folder / "remote.git"

    def git(self, *command: str) -> str:
        done = subprocess.run(["git", *command], cwd=self.remote, capture_output=True, text=True, check=True)
        return done.stdout

    def commit(self, message: str) -> str:
        """Make a commit of nothing on the remote, and return its name."""
        tree = self.git("hash-object", "-t", "tree", "-w", "/dev/null").strip()
        person = ["-c", "user.name=a", "-c", "user.email=a@b.example"]
        return self.git(*person, "commit-tree", "-m", message, tree).strip()

    def reschedule(self, regions: Sequence[str]) -> None:
        """Have the suite scheduled from other regions."""
        path = self.folder / "project/config/cron-schedule.yaml"
        ((schedule),) = yaml.safe_load(path.read_text())["schedules"]
        path.write_text(yaml.safe_dump({"schedules": [{**schedule, "regions": list(regions)}]}))

    def checkout(self, name: str) -> Path:
        folder = self.folder / name
        shutil.copytree(self.folder / "project", folder)
        subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
        subprocess.run(["git", "remote", "add", "origin", str(self.remote)], cwd=folder, check=True)
        return folder

    def round(self, *apps: DemoProcess | None, attempt: int = 1) -> Round:
        """Run the workflow: each region looks at one of ``apps``; None: its runner never came.

        A later ``attempt`` is the last run again: of regions that do not run again it finds what they left.
        """
        self.runs += attempt == 1
        looks = {region: app for region, app in zip(REGIONS, apps, strict=True) if app is not None}
        regions = {region: self._region(region, app, attempt) for region, app in looks.items()}
        summary = self.folder / f"summary-{self.runs}-{attempt}"
        needs = {"smoke": {"result": "success" if len(regions) == len(REGIONS) else "failure", "outputs": {}}}
        secrets = {
            "SMOKE_SLACK_ALERTS": self.server.url_for(WEBHOOK_PATH),
            "SMOKE_HEARTBEAT_URL": self.server.url_for(f"/{BEAT}"),
        }
        checkout = self.checkout(f"publish-{self.runs}-{attempt}")
        context = self._context(attempt, needs=needs, secrets=secrets)
        environ = self._environ(GITHUB_STEP_SUMMARY=str(summary))
        publish = run_job(WORKFLOW["jobs"]["publish"], context, environ, checkout, self._actions)
        return Round(regions, publish, checkout, summary.read_text() if summary.exists() else "")

    def _region(self, region: str, app: DemoProcess, attempt: int) -> Job:
        context = self._context(attempt, matrix={"region": region}, secrets=app.environ)
        narrowed = {"SMOKE_CHECK": self.check} if self.check else {}
        environ = self._environ(PRODUCTION_URL=app.base_urls["betterprompts"], **narrowed)
        checkout = self.checkout(f"{region}-{self.runs}-{attempt}")
        return run_job(WORKFLOW["jobs"]["smoke"], context, environ, checkout, self._actions)

    def _context(self, attempt: int, **more: Any) -> dict[str, Any]:
        github = {"run_id": str(self.runs), "run_attempt": str(attempt), "token": TOKEN}
        inputs: dict[str, str] = {}
        return {"github": github, "inputs": inputs, "env": self._of_all(github), **more}

    def _of_all(self, github: Mapping[str, str]) -> dict[str, str]:
        return {name: filled(str(value), {"github": github}) for name, value in WORKFLOW["env"].items()}

    def _environ(self, **more: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("SMOKE_", "GITHUB_"))}
        return {**kept, "SMOKE_RUNNER_BAND": "1000", "GITHUB_REPOSITORY": "shop/app", "PATH": self.path, **more}

    @property
    def _actions(self) -> dict[str, Any]:
        """What the actions do, with folders in the place of GitHub's stores."""
        return {
            "actions/checkout": lambda given, folder: {},
            "actions/setup-python": lambda given, folder: {"python-version": "3"},
            "actions/cache": lambda given, folder: {},
            "actions/cache/restore": lambda given, folder: self._cached(given, self.cache, folder),
            "actions/cache/save": lambda given, folder: self._cached(given, folder, self.cache),
            "actions/upload-artifact": self._upload,
            "actions/download-artifact": self._download,
        }

    def _cached(self, given: Mapping[str, str], source: Path | None, place: Path | None) -> Mapping[str, str]:
        if source is None or place is None:
            return {}
        for path in given["path"].split():
            (place / path).parent.mkdir(parents=True, exist_ok=True)
            if (source / path).is_dir():
                shutil.copytree(source / path, place / path, dirs_exist_ok=True)
            elif (source / path).is_file():
                shutil.copy(source / path, place / path)
        return {}

    def _artifacts(self) -> Path:
        return self.folder / "artifacts" / str(self.runs)

    def _upload(self, given: Mapping[str, str], folder: Path) -> Mapping[str, str]:
        place = self._artifacts() / given["name"]
        if place.exists():
            if given.get("overwrite") != "True":
                raise FileExistsError(f"an artifact named {given['name']} already exists")
            shutil.rmtree(place)
        wanted, *excluded = given["path"].split()
        left_out = {Path(each.removeprefix("!")).name for each in excluded}
        shutil.copytree(folder / wanted, place, ignore=lambda _, names: left_out & set(names))
        return {}

    def _download(self, given: Mapping[str, str], folder: Path) -> Mapping[str, str]:
        for place in self._artifacts().glob("*"):
            if fnmatch.fnmatch(place.name, given["pattern"]):
                shutil.copytree(place, folder / given["path"] / place.name)
        return {}

    def everything(self) -> bytes:
        """All that is public afterwards: what is on the remote, and all artifacts."""
        command = ["git", "cat-file", "--batch-all-objects", "--batch"]
        pushed = subprocess.run(command, cwd=self.remote, capture_output=True, check=True).stdout
        artifacts = (path for path in (self.folder / "artifacts").rglob("*") if path.is_file())
        return pushed + b"".join(path.read_bytes() for path in artifacts)

    def seed(self, ago_s: float) -> None:
        """Put on the branch that all regions were well so long ago."""
        checkout, at = self.checkout("seed"), time.time() - ago_s
        asked = Selection(checks=(self.check,) if self.check else ())
        checks = plan(load_suite(checkout, "betterprompts"), "scheduled", "production", asked).checks
        for region in REGIONS:
            run = a_run(
                *(a_result(check_id=check.id) for check in checks),
                run_id=f"seed-{region}",
                suite="betterprompts",
                environment="production",
                execution_point="scheduled",
                region=region,
                started=at - 9,
                finished=at,
            )
            History(checkout / "reports/history.db").record(run)
        self.smoke(checkout, "history", "push", BRANCH)

    def smoke(self, checkout: Path, *command: str) -> None:
        """Run the program somewhere; it must end well."""
        subprocess.run([".venv/bin/smoke", *command], cwd=checkout, env=self._environ(), check=True)


@contextmanager
def world(
    folder: Path, server: HTTPServer, *, check: str | None = None, rules: Sequence[str] = RULES, node: bool = False
) -> Iterator[World]:
    """Make a world of two deployments of the product, and of whoever is told, with Node or without."""
    _project(folder / "project", check, rules)
    subprocess.run(["git", "init", "--quiet", "--bare", "remote.git"], cwd=folder, check=True)
    options = DemoOptions(suites=frozenset({"betterprompts"}))
    with start(options) as one, start(options) as other:
        path = os.environ["PATH"] if node else str(_programs(folder / "bin"))
        made = World(folder, path, check, (one, other), receivers.slack(server), server)

        def beat(request: Any) -> Any:
            made.beats.append(f"{request.path.removeprefix(f'/{BEAT}')} {request.get_data(as_text=True)}".strip())
            return receivers.answer(200, "OK")

        for path in (f"/{BEAT}", f"/{BEAT}/fail", f"/{BEAT}/start"):
            server.expect_request(path).respond_with_handler(beat)
        yield made


def _programs(folder: Path) -> Path:
    """Make a folder of what the steps need, and nothing else: there is no Node."""
    folder.mkdir()
    for name in PROGRAMS:
        (folder / name).symlink_to(str(shutil.which(name)))
    return folder


def _project(folder: Path, check: str | None, rules: Sequence[str]) -> None:
    project(folder)
    (folder / "escalate.py").unlink()
    for name in ("e2e/betterprompts", "page_objects/betterprompts"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "config/monitoring-integration.yaml", folder / "config")
    shutil.copytree(ROOT / "docs", folder / "docs", ignore=shutil.ignore_patterns("images"))
    book = yaml.safe_load((ROOT / "config/alert-rules.yaml").read_text(encoding="utf-8"))
    kept = ({**rule, "notify": ["slack:#alerts"]} for rule in book["rules"] if rule["name"] in rules)
    book["rules"] = [{name: value for name, value in rule.items() if name != "escalation"} for rule in kept]
    (folder / "config/alert-rules.yaml").write_text(yaml.safe_dump(book))
    schedules = yaml.safe_load((ROOT / "config/cron-schedule.yaml").read_text(encoding="utf-8"))["schedules"]
    (own,) = (each for each in schedules if each["suite"] == "betterprompts")
    narrowed = {**own, "checks": [check]} if check else own
    (folder / "config/cron-schedule.yaml").write_text(yaml.safe_dump({"schedules": [narrowed]}))
    (folder / "Makefile").write_text(MAKEFILE)
    program = folder / ".venv/bin/smoke"
    program.parent.mkdir(parents=True)
    program.write_text(SHIM)
    program.chmod(0o755)
