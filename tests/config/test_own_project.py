"""The configuration that ships with the harness."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from smoke.commands.schemas import FILES, FOLDER, schemas, text
from smoke.config.load import load
from smoke.config.paths import suites
from smoke.config.project import examined

ROOT = Path(__file__).parents[2]
YAML_FILES = sorted((ROOT / "config").rglob("*.yaml"))
SCHEMAS = schemas()
FIRST_LINE = re.compile(r"# yaml-language-server: \$schema=(\S+)")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def schema_of(path: Path) -> Path:
    """The schema that the first line of ``path`` names."""
    with path.open(encoding="utf-8") as lines:
        match = FIRST_LINE.fullmatch(next(lines).strip())
    assert match, f"{name_of(path)} names its schema in its first line"
    return (path.parent / match[1]).resolve()


def plain(path: Path) -> Any:
    """The data of a YAML file as JSON knows it: dates are texts."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return json.loads(json.dumps(yaml.load(path.read_text(encoding="utf-8"), Loader=loader), default=str))


@pytest.mark.parametrize("root", [ROOT, ROOT / "tests/fifth_suite/project"], ids=lambda path: path.name)
def test_what_ships_is_free_of_problems(root: Path) -> None:
    """The project and the example of the manual pass `smoke config check`."""
    found = examined(root, date.min)
    assert (found.suites, found.problems) == (suites(root), ())


def test_the_default_suite_is_there() -> None:
    """BetterPrompts is loaded with every check whose id history and alerts hang on."""
    ids = {check.id for check in load(ROOT, "betterprompts").checks}
    assert ids >= {
        "homepage.load",
        "homepage.enhance",
        "enhance.page",
        "login.basic",
        "login.totp",
        "login.refused",
        "pages.protected",
        "health.root",
        "health.api",
        "health.status",
        "api.test",
    }


def test_every_point_leads_to_an_environment() -> None:
    """No execution point stops a release of the default suite because its environment is not there."""
    suite = load(ROOT, "betterprompts")
    assert {point.environment for point in suite.points.values()} <= set(suite.about.environments)


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_committed_schemas_are_current(name: str) -> None:
    """What an editor checks against is what the code accepts."""
    committed = (ROOT / FOLDER / f"{name}.json").read_text(encoding="utf-8")
    assert committed == text(SCHEMAS[name]), f"{FOLDER}/{name}.json is stale: run `smoke config schema`"


def test_no_schema_is_left_over() -> None:
    """A schema that nothing generates any more is removed."""
    assert {path.stem for path in (ROOT / FOLDER).glob("*.json")} == set(SCHEMAS)


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_schema_is_one(name: str) -> None:
    """Each generated document is valid JSON Schema, and says which version."""
    schema = SCHEMAS[name]
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize("name", FILES)
def test_an_editor_can_explain_every_key(name: str) -> None:
    """Each key of the YAML files has a description: what it means, and what holds without it."""
    schema = SCHEMAS[name]
    silent = [
        f"{shape.get('title')}.{key}"
        for shape in (schema, *schema["$defs"].values())
        for key, about in shape.get("properties", {}).items()
        if not about.get("description")
    ]
    assert silent == []


@pytest.mark.parametrize("path", YAML_FILES, ids=name_of)
def test_every_file_fits_the_schema_that_it_names(path: Path) -> None:
    """An editor that follows the first line of a file finds its schema, and no mistake in the file."""
    schema = json.loads(schema_of(path).read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    assert [f"{error.json_path}: {error.message}" for error in validator.iter_errors(plain(path))] == []


@pytest.mark.parametrize("path", YAML_FILES, ids=name_of)
def test_an_editor_sees_an_unknown_key(path: Path) -> None:
    """The schemas are as strict as the code: a key that nobody reads is an error in the editor too."""
    data = plain(path)
    assert isinstance(data, dict)
    schema = json.loads(schema_of(path).read_text(encoding="utf-8"))
    assert not jsonschema.Draft202012Validator(schema).is_valid({**data, "colour": "red"})
