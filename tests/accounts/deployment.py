"""A project that watches a running deployment, and the program as its users start it there."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from textwrap import dedent, indent

import yaml

from tests.demo.client import BASIC, Demo
from tests.support import inside, warm

ROOT = Path(__file__).parents[2]
SUITE = "config/suites/shop/suite.yaml"
VARIABLE = "SHOP_BASIC_PASSWORD"
REQUEST = """\
  request: PUT /api/v1/auth/password
  body: {current_password: "{old}", new_password: "{new}"}
  store: dotenv
"""
LOGIN = """\
login:
  request: POST /api/v1/auth/login
  body: {email_or_username: "{user}", password: "{password}"}
  token: access_token
  second_factor:
    request: POST /api/v1/auth/mfa
    capture: {mfa_token: mfa_token}
    body: {mfa_token: "{mfa_token}", code: "{code}"}
  whoami: {request: GET /api/v1/auth/profile, user: email, role: role}
"""
CHECKS = """\
probes:
  - {id: health.root, title: Healthy, category: api-health, request: GET /health, expect: {status: 200}}
"""


def days_ago(days: int) -> str:
    return str(datetime.now(UTC).date() - timedelta(days=days))


@dataclass(frozen=True)
class Finished:
    """A command that ended."""

    code: int
    output: str
    """Both streams."""

    def line(self, start: str) -> str:
        """The one line that begins so, its columns a space apart."""
        found = [" ".join(line.split()) for line in self.output.splitlines()]
        return next(line for line in found if line.startswith(start))


@dataclass(frozen=True)
class Deployment:
    """The project's folder, and where the watched application answers."""

    root: Path
    base_url: str
    secrets: dict[str, str] = field(default_factory=dict)
    """What .env holds."""

    def declare(self, account: str, login: str = LOGIN) -> None:
        """Write a suite whose account ``basic`` is described by these keys."""
        suite = "title: Shop  # the one on the corner\n\nenvironments:\n"
        suite += f"  local: {{base_url: '{self.base_url}', timeout_ms: 5000}}\n\naccounts:\n  basic:\n"
        self.write(SUITE, suite + indent(dedent(account), "    ") + "\n" + login)

    def write(self, file: str, text: str) -> None:
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def text(self, file: str) -> str:
        return (self.root / file).read_text(encoding="utf-8")

    @property
    def environ(self) -> dict[str, str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("SMOKE_")}
        return {**clean, "PYTHONPATH": str(ROOT), "XDG_STATE_HOME": str(self.root / "state")}

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "smoke", "accounts", *arguments]

    def smoke(self, *arguments: str, **extra: str) -> Finished:
        """Run ``smoke accounts …`` to its end."""
        done = warm.smoke("accounts", *arguments, cwd=self.root, environ={**self.environ, **extra})
        return Finished(done.returncode, done.stdout + done.stderr)

    def told(self, *arguments: str, **extra: str) -> Finished:
        """Do the same in this process: for what it says."""
        done = inside.smoke("accounts", *arguments, cwd=self.root, environ={**self.environ, **extra})
        return Finished(done.returncode, done.stdout + done.stderr)

    def recoveries(self) -> list[Path]:
        return sorted((self.root / "state").rglob("rotations/*.json"))


def deployment(root: Path, base_url: str, **secrets: str) -> Deployment:
    """Make a project in ``root`` whose .env holds ``secrets``."""
    made = Deployment(root, base_url, secrets)
    point = {
        "title": "Local", "phase": "at the desk", "purpose": "to look", "environment": "local", "scope": "full",
        "categories": ["api-health", "authentication"], "target_s": 30, "timeout_s": 60, "flaky": "allow",
        "on_failure": {"action": "block"},
    }  # fmt: skip
    made.write("config/execution-points.yaml", yaml.safe_dump({"points": {"local": point}}))
    made.write("config/suites/shop/checks.yaml", CHECKS)
    made.write(".env", "# kept here\n" + "".join(f"{name}='{value}'\n" for name, value in secrets.items()))
    (root / ".env").chmod(0o600)
    return made


def signs_in(demo: Demo, password: str, account: str = BASIC) -> bool:
    """Whether the application accepts ``password`` now."""
    return demo.visitor().post("/api/v1/auth/login", demo.credentials(account, password)).status == 200
