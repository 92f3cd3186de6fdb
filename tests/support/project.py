"""A small project on disk, valid until a test breaks it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

from smoke.config.load import load
from smoke.config.problems import ConfigError
from smoke.config.suite import Suite

POINTS = Path(__file__).parents[2] / "config" / "execution-points.yaml"
FILES = {
    "config/execution-points.yaml": """\
        points:
          canary-5: &canary
            title: Canary
            phase: Production
            purpose: Validate the canary
            environment: canary
            scope: reduced
            categories: [api-health, critical-paths]
            target_s: 60
            timeout_s: 120
            flaky: block
            on_failure: {action: rollback}
          local:
            title: Local
            phase: Development
            purpose: See it work
            environment: local
            scope: full
            categories: [api-health, authentication, critical-paths]
            target_s: 30
            timeout_s: 120
            flaky: allow
            on_failure: {action: block}
        releases:
          standard:
            - {point: canary-5}
        """,
    "config/suites/shop/suite.yaml": """\
        title: Shop
        environments:
          local:
            base_url: embedded
            timeout_ms: 5000
            budgets:
              home.load_ms: 9000
          canary:
            base_url: https://canary.example.com
            timeout_ms: 2000
            contract: as-built
        accounts:
          basic:
            user: smoke@shop.example
            role: basic
            password: SHOP_PASSWORD
        budgets:
          home.load_ms: 3000
          home.ttfb_ms: 800
        """,
    "config/suites/shop/checks.yaml": """\
        probes:
          - id: health.root
            title: The service is healthy
            category: api-health
            scope: reduced
            request: GET /health
            expect:
              status: 200
          - id: health.cart
            title: The cart is healthy
            category: api-health
            contracts: [planned]
            request: GET /cart/health
            expect: {status: 200}
        """,
    "config/suites/shop/noise.yaml": """\
        noise:
          - kind: console
            matches: cookie .* blocked
            reason: vendor ticket WEB-41
            owner: web-team
            until: 2026-12-31
        """,
    "e2e/shop/test_home.py": '''\
        from smoke.running.checks import check


        @check("home.load", category="critical-paths", scope="reduced")
        def test_home() -> None:
            """The homepage loads."""


        @check("login.basic", category="authentication", account="basic", permits=["POST /login"])
        def test_login() -> None:
            """The basic account signs in."""
        ''',
    "e2e/shop/opened.py": """\
        def opened(page, journey) -> None:
            journey.measure_page(page, "home")
        """,
}


@dataclass(frozen=True, slots=True)
class Project:
    """The files below a root."""

    root: Path

    def write(self, file: str, text: str) -> None:
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")

    def replace(self, file: str, old: str, new: str) -> None:
        """Change one place of a file; a test that finds nothing to change is wrong."""
        path = self.root / file
        text = path.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def load(self) -> Suite:
        return load(self.root, "shop")

    def complaint(self) -> str:
        """What loading this project complains about, as a user sees it."""
        try:
            self.load()
        except ConfigError as error:
            return str(error)
        raise AssertionError("the project loads without a complaint")


def a_project(root: Path) -> Project:
    project = Project(root)
    for file, text in FILES.items():
        project.write(file, text)
    return project


def a_suite(root: Path, suite: str, checks: str = "", *, name: str = "shop", **journeys: str) -> Project:
    """A project with one suite and our own execution points; ``test_home`` is the file of journeys of that name."""
    project = Project(root)
    project.write("config/execution-points.yaml", POINTS.read_text(encoding="utf-8"))
    project.write(f"config/suites/{name}/suite.yaml", suite)
    if checks:
        project.write(f"config/suites/{name}/checks.yaml", checks)
    for file, text in journeys.items():
        project.write(f"e2e/{name}/{file}.py", text)
    return project
