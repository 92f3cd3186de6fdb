"""Writes the day of a change of password into suite.yaml, and nothing else there."""

from __future__ import annotations

import os
import re
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from smoke.config.source import read
from smoke.strict import Key

VALUE = re.compile(r"(\bpassword_set:\s*)(['\"]?)\d{4}-\d{2}-\d{2}\2")


class NotWrittenError(Exception):
    """The file is as it was; says why."""


def write_password_set(path: Path, root: Path, account: Key, day: date) -> None:
    """Set ``password_set`` of the account at ``account``; comments and layout stay. Raises NotWrittenError."""
    lines = read(path, root).lines
    text = path.read_text(encoding="utf-8")
    said, password = lines.get((*account, "password_set")), lines[*account, "password"]
    changed = _replaced(text, said, day) if said is not None else _inserted(text, password, day)
    if changed is None or yaml.safe_load(changed) != _wanted(text, account, day):
        raise NotWrittenError("its layout leaves no single line to change")
    _write(path, changed)


def _replaced(text: str, line: int, day: date) -> str | None:
    lines = text.splitlines(keepends=True)
    lines[line - 1], count = VALUE.subn(rf"\g<1>{day}", lines[line - 1])
    return "".join(lines) if count == 1 else None


def _inserted(text: str, after: int, day: date) -> str | None:
    lines = text.splitlines(keepends=True)
    found = re.match(r"(\s*)password:\s*[A-Z]", lines[after - 1])
    if found is None:
        return None
    if not lines[after - 1].endswith("\n"):
        lines[after - 1] += "\n"
    lines.insert(after, f"{found[1]}password_set: {day}\n")
    return "".join(lines)


def _wanted(text: str, account: Key, day: date) -> Any:
    data = yaml.safe_load(text)
    at = data
    for part in account:
        at = at[part]
    at["password_set"] = day
    return data


def _write(path: Path, text: str) -> None:
    path = path.resolve()
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".suite-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(temporary).chmod(path.stat().st_mode & 0o7777)
        Path(temporary).replace(path)
    except OSError as error:
        Path(temporary).unlink(missing_ok=True)
        raise NotWrittenError(error.strerror or str(error)) from error
