"""What `smoke config check` finds in YAML that must not be committed."""

from __future__ import annotations

from pathlib import Path

import pytest

from smoke.config.lint import lint

FORBIDDEN = [
    ("password: hunter2hunter2", "a secret"),
    ("api_key: '0123456789abcdef'", "a secret"),
    ("url: https://bob:pass@shop.example/", "a password in an address"),
    ("key: AKIAABCDEFGHIJKLMNOP", "an AWS access key"),
    ("contact: ann.miller@gmail.com", "names a person"),
]
ALLOWED = [
    "password: SMOKE_TEST_PASSWORD",
    "token: access_token",
    "user: smoke-test-basic@betterprompts.com",
    "notify: [oncall@betterprompts.com]",
    "allow: [support@shop.example]",
    "# ask ann.miller@gmail.com",
    "origin: https://shop.example:8443/",
]


@pytest.mark.parametrize(("line", "what"), FORBIDDEN)
def test_secrets_and_people_are_found_with_their_line(line: str, what: str, tmp_path: Path) -> None:
    """A secret or a person's address in YAML is one problem that names the line."""
    (tmp_path / "suite.yaml").write_text(f"title: Shop\n{line}\n")
    (problem,) = lint(tmp_path / "suite.yaml", tmp_path)
    assert (problem.file, problem.line) == ("suite.yaml", 2)
    assert what in problem.text


@pytest.mark.parametrize("line", ALLOWED)
def test_names_of_variables_and_smoke_accounts_are_fine(line: str, tmp_path: Path) -> None:
    """Variable names, smoke accounts, reserved domains and teams' addresses are no problem."""
    (tmp_path / "suite.yaml").write_text(f"{line}\n")
    assert list(lint(tmp_path / "suite.yaml", tmp_path)) == []
