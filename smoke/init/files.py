"""All files of a first suite, from what was wanted and what was seen. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from smoke.init import code
from smoke.init.probes import probes
from smoke.init.proposal import noise_entries, page_rules, written
from smoke.init.seen import Seen
from smoke.init.wanted import ENVIRONMENT, AccountWanted, Wanted
from smoke.safety import WRITES
from smoke.secrets.secret import MASK

LOAD_MS, TTFB_MS, SIGN_IN_MS = 5000, 2000, 10_000
PYTEST = "pytest.ini"
SILENCED = tuple(f"{method} " for method in WRITES if method != "WS")
ROOMY = 3
"""How many times longer than what was measured a budget is at least."""
POINTS = """\
# The moments at which smoke runs; a schedule and a release have others: see docs/new-suite.md of smoke-harness.
points:
  local:
    title: Local
    phase: Development
    purpose: See everything work at the desk
    environment: {environment}
    scope: full
    categories: [api-health, database, external-services, authentication, critical-paths]
    target_s: 60
    timeout_s: 180
    flaky: allow
    on_failure: {{action: block}}
"""
PAGE = """\
from typing import ClassVar, Self

from playwright.sync_api import Locator, expect
from playwright.sync_api import Page as BrowserPage


class Page:
    path: ClassVar[str]

    def __init__(self, page: BrowserPage, landmark: Locator) -> None:
        self.page = page
        self.landmark = landmark

    def open(self) -> Self:
        self.page.goto(f".{self.path}")
        return self.arrived()

    def arrived(self) -> Self:
        expect(self.landmark).to_be_visible()
        return self
"""


@dataclass(frozen=True, slots=True)
class File:
    """One file of a project."""

    path: str
    """Below the project's folder."""
    text: str


def suite_files(wanted: Wanted, seen: Seen, environment: str, today: date) -> tuple[File, ...]:
    """Return the files that are this suite's alone."""
    suite = wanted.suite
    config, pages, journeys = f"config/suites/{suite}", f"page_objects/{suite}", f"e2e/{suite}"
    found = [
        File(f"{config}/suite.yaml", _suite(wanted, seen, environment)),
        File(f"{config}/checks.yaml", _checks(seen)),
        File(f"{config}/noise.yaml", _noise(seen, today)),
        File(f"{pages}/__init__.py", f'"""Pages of {_docstring(wanted.title)}."""\n'),
        *(File(f"{pages}/{name}", text) for name, text in code.pages(suite, seen)),
        File(f"{journeys}/__init__.py", f'"""Journeys of {_docstring(wanted.title)}."""\n'),
        *(File(f"{journeys}/{name}", text) for name, text in code.journeys(suite, seen)),
    ]
    return tuple(found)


def scrubbed(file: File, scrub: Callable[[str], str]) -> File:
    """Return ``file`` without what ``scrub`` takes out of it; in a regular expression of noise.yaml that may be any."""
    text = scrub(file.text)
    return File(file.path, text.replace(MASK, ".+") if file.path.endswith("/noise.yaml") else text)


def project_files(wanted: Wanted) -> tuple[File, ...]:
    """Return the files that a project has once: whichever is there stays as it is."""
    account = wanted.account
    variables = [] if account is None else [account.password, *([account.totp] if account.totp else [])]
    return (
        File("config/execution-points.yaml", POINTS.format(environment=ENVIRONMENT)),
        File("page_objects/__init__.py", '"""One class per page or component: locators, then verbs."""\n'),
        File("page_objects/page.py", PAGE),
        File("e2e/__init__.py", '"""Journeys."""\n'),
        File(PYTEST, "[pytest]\npythonpath = .\n"),
        File(
            ".env.example", "".join(["# Copy to .env, and never commit that.\n", *(f"{each}=\n" for each in variables)])
        ),
        File(".gitignore", "reports/\n.env\n.venv/\n__pycache__/\n"),
    )


def todos(files: tuple[File, ...]) -> Iterator[str]:
    """Yield place and text of everything that a person has to say."""
    for file in files:
        for number, line in enumerate(file.text.splitlines(), 1):
            if "TODO" in line:
                yield f"{file.path}:{number}: {line.strip().lstrip('# ').removeprefix('TODO: ')}"


def _suite(wanted: Wanted, seen: Seen, environment: str) -> str:
    there: dict[str, Any] = {"base_url": wanted.url, **({"urls": wanted.urls} if wanted.urls else {})}
    about: dict[str, Any] = {
        "title": wanted.title,
        "environments": {environment: {**there, "timeout_ms": 10_000}},
    }
    if wanted.account is not None:
        about["accounts"] = {"smoke": _account(wanted.account)}
    about["budgets"] = _budgets(seen)
    text = written(about) + "\n" + written({"page": page_rules(seen.visits)})
    telemetry = [each for each in seen.stopped if each.startswith(SILENCED)]
    if telemetry:
        text += (
            "\n# TODO: its pages sent this unasked. It is answered in its place, unless a journey shall permit it.\n"
        )
        text += written({"telemetry": telemetry})
    return text


def _account(account: AccountWanted) -> dict[str, str]:
    said = {"user": account.user, "role": "smoke", "password": account.password}
    return {**said, "totp": account.totp} if account.totp else said


def _budgets(seen: Seen) -> dict[str, int]:
    measured = math.ceil((seen.start.load_ms or 0) * ROOMY / 1000) * 1000
    found = {"homepage.load_ms": max(LOAD_MS, measured), "homepage.ttfb_ms": TTFB_MS}
    return {**found, "login.sign_in_ms": SIGN_IN_MS} if seen.login is not None else found


def _checks(seen: Seen) -> str:
    return written({"probes": list(probes(seen.answers, seen.start.title))})


def _noise(seen: Seen, today: date) -> str:
    return written({"noise": noise_entries(seen.signals, today)})


def _docstring(title: str) -> str:
    return title.replace("\\", "").replace('"', "'")
