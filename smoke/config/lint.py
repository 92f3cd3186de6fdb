"""Finds what must not stand in YAML that is committed: secrets, and people's addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from smoke.config.problems import Problem
from smoke.secrets.tokens import KEYS

SECRETS = (
    (re.compile(r"(?i:\b(password|secret|token|api_?key))\s*:\s*['\"]?(?=\S{8})(?=\S*\d)(?=\S*[a-z])\S+"), "a secret"),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]+"), "a JSON Web Token"),
    (re.compile(r"://[\w.%-]+:[^/\s@\\*{$<]+@"), "a password in an address"),
    *KEYS,
)
EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@([A-Za-z0-9-]+\.)+[A-Za-z]{2,}")
RESERVED = re.compile(r"(?i)(\.(example|invalid|test|localhost)|@example\.(com|net|org))$")
SMOKE_USER = re.compile(r"(?i)smoke")
PERMITTED_KEYS = re.compile(r"^\s*(-\s*)?(user|notify|owner|allow)\b")


def lint(path: Path, root: Path) -> Iterator[Problem]:
    """Yield every line of a YAML file that looks like a secret or names a person."""
    file = path.relative_to(root).as_posix()
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        if line.lstrip().startswith("#"):
            continue
        for pattern, what in SECRETS:
            if pattern.search(line):
                text = f"looks like {what}: keep it in the environment or .env, and name the variable here"
                yield Problem(file, number, "", text)
        for found in EMAIL.finditer(line):
            if not (RESERVED.search(found[0]) or SMOKE_USER.search(found[0]) or PERMITTED_KEYS.match(line)):
                yield Problem(file, number, "", f"names a person ({found[0]}): use a smoke account or a team's address")
