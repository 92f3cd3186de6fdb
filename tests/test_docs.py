"""What the manuals say can be typed, followed and looked at."""

from __future__ import annotations

import argparse
import json
import re
import struct
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from benchmarks.failure_kinds import KINDS
from smoke import cli
from smoke.config.alerts.runbooks import anchors
from smoke.judging.hints import BY_BLAME, BY_WORDS
from smoke.model import Blame, Outcome

ROOT = Path(__file__).parents[1]
MANUALS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md")), ROOT / "reports" / "README.md"]
MANUALS += sorted((ROOT / "deploy").glob("*/README.md"))
PAGES = pytest.mark.parametrize(
    "page", MANUALS, ids=lambda page: page.name if page.parent in {ROOT, ROOT / "docs"} else page.parent.name
)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"```[a-z]*\n(.*?)```|`([^`\n]+)`", re.DOTALL)
TYPED = re.compile(r"(?:^\s*|[/;&|(]\s*|\$ )smoke[ ]([^`\n#|;&]*)")
MADE = re.compile(r"(?:^|[\s;&|(])make[ ]([a-z][a-z-]*)")
FAILURES = ROOT / "docs" / "failures.md"
LARGEST = 90_000
"""Bytes of a picture: with Pillow at hand, they are drawn smaller."""


@cache
def parser(command: str) -> argparse.ArgumentParser:
    (choices,) = (each.choices for each in cli._parser(command)._actions if isinstance(each.choices, dict))
    found = choices[command]
    assert isinstance(found, argparse.ArgumentParser)
    return found


def code(page: Path) -> Iterator[str]:
    """What is set as code; a line that is continued is one."""
    for block, words in CODE.findall(page.read_text(encoding="utf-8").replace("\\\n", " ")):
        yield from (block or words).splitlines()


def known(command: argparse.ArgumentParser, words: list[str]) -> argparse.ArgumentParser:
    """The parser of the action that the words name, if the command has such."""
    for each in command._subparsers._group_actions if command._subparsers else ():
        if isinstance(each.choices, dict) and words and words[0].rstrip(",") in each.choices:
            return each.choices[words[0].rstrip(",")]
    return command


def wrong(typed: str) -> str | None:
    """What the program would not understand of a command line; None: nothing."""
    name, *words = typed.split()
    if not re.fullmatch(r"[a-z]+", name):
        return None
    if name not in cli.COMMANDS:
        return f"smoke {name}"
    command = parser(name)
    own = words[: words.index("--")] if "--" in words else words
    options = re.findall(r"(?<![\w-])(--[a-z][a-z-]*)", " ".join(own))
    accepted = {*command._option_string_actions, *known(command, own)._option_string_actions}
    unknown = [option for option in options if option not in accepted]
    return f"smoke {name} {' '.join(unknown)}" if unknown else None


@PAGES
def test_every_link_leads_somewhere(page: Path) -> None:
    """To a file that is there, and to a heading in it."""
    lost = []
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if "://" in target or target.startswith("mailto:"):
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        if not file.exists() or (anchor and anchor not in anchors(file.read_text(encoding="utf-8"))):
            lost.append(target)
    assert lost == []


@PAGES
def test_every_command_can_be_typed(page: Path) -> None:
    """Its name, its action and its options are those of the program."""
    said = [wrong(typed) for line in code(page) for typed in TYPED.findall(line) if typed.strip()]
    assert [each for each in said if each] == []


@PAGES
def test_every_task_can_be_made(page: Path) -> None:
    """The Makefile has each that is named."""
    tasks = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {task for line in code(page) for task in MADE.findall(line)}
    assert named - tasks == set()


def test_an_unknown_option_would_be_seen() -> None:
    """The reading above is not blind."""
    assert wrong("run --no-such-option") == "smoke run --no-such-option"
    assert wrong("walk") == "smoke walk"
    assert wrong("alerts replay --rules new.yaml --since 30d") is None
    assert wrong("run -- --tracing on") is None


def test_every_picture_is_shown() -> None:
    """One that no page shows would grow old unseen."""
    shown = {(page.parent / target).resolve() for page in MANUALS for target in LINK.findall(page.read_text("utf-8"))}
    assert {*ROOT.glob("docs/**/*.png"), *ROOT.glob("docs/**/*.svg")} - shown == set()


@pytest.mark.parametrize("shape", ["Expect", "Probe"])
def test_the_tutorial_knows_every_key_of_a_probe(shape: str) -> None:
    """As code, in the sections that list them."""
    schema = json.loads((ROOT / "config/schema/checks.json").read_text(encoding="utf-8"))
    said = "\n".join(code(ROOT / "docs/new-suite.md"))
    assert [key for key in schema["$defs"][shape]["properties"] if not re.search(rf"\b{key}\b", said)] == []


def test_the_example_has_as_many_lines_as_are_told() -> None:
    """What docs/new-suite.md counts, in its own words."""
    project = ROOT / "tests/fifth_suite/project"
    files = [project / name for name in ("config/execution-points.yaml", "page_objects/page.py")]
    ours = [project / ".gitignore", project / "pytest.ini", *project.rglob("*.py"), *project.rglob("*.yaml")]
    every, copied = (sum(len(each.read_bytes().splitlines()) for each in some) for some in (ours, files))
    text = (ROOT / "docs/new-suite.md").read_text(encoding="utf-8")
    assert f"project) | wc -l\n{every}\n" in text
    assert f"The {copied} lines are copies; {every - copied} were written by hand." in text


@pytest.mark.parametrize("blame", Blame)
def test_every_kind_of_failure_is_shown(blame: Blame) -> None:
    """With what its page says first and next, and a picture of it that is quickly loaded."""
    rows = [line for line in FAILURES.read_text(encoding="utf-8").splitlines() if line.startswith(f"| {blame} |")]
    assert len(rows) == 1
    hints = [BY_BLAME[blame], *(fitted for whose, _, fitted in BY_WORDS if whose is blame)]
    assert any(each in rows[0] for each in hints)
    assert ("It failed" in rows[0]) == (blame.outcome is Outcome.FAIL)
    picture = FAILURES.parent / f"images/failures/{blame}.png"
    assert f"({picture.relative_to(FAILURES.parent)})" in rows[0]
    data = picture.read_bytes()
    assert struct.unpack(">II", data[16:24]) == (1000, 800)
    assert len(data) < LARGEST


def test_every_kind_of_failure_can_be_drawn_again() -> None:
    assert set(KINDS) == set(Blame)
