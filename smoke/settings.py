"""Where each setting of a run comes from: option, environment variable, .env, or its default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from smoke.browser.server import VARIABLE as SERVER
from smoke.browser.server import browser_server
from smoke.config.paths import SUITES, suites
from smoke.config.problems import ConfigError, Problem
from smoke.model import Category
from smoke.options import OPTIONS, Option
from smoke.planning.sharding import Shard
from smoke.storage.keep import VARIABLE as KEEP
from smoke.storage.keep import keep_s
from smoke.storage.url import VARIABLE as DATABASE
from smoke.storage.url import database_url


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one run, validated."""

    root: Path
    """Folder that holds config/, page_objects/ and e2e/."""
    point: str
    suite: str
    env: str | None
    base_url: str | None
    check: tuple[str, ...]
    category: tuple[Category, ...]
    region: str
    expect_build: str | None
    browser: str
    headed: bool
    slowmo: int
    workers: int | None
    runner_band: float
    reports: Path
    environ: Mapping[str, str] = field(repr=False)
    """The process environment laid over .env: where secrets are looked up."""
    origins: Mapping[str, str]
    """Where each setting came from."""
    shard: Shard | None = None
    """None: all that is planned."""
    part_of: str | None = None
    """Names the run that this one is a part of."""

    @property
    def part(self) -> str | None:
        """Which part of a run this is, in words; None: the whole."""
        words = (f"shard {self.shard}" if self.shard else "", f"of {self.part_of}" if self.part_of else "")
        return " ".join(filter(None, words)) or None

    @property
    def is_part(self) -> bool:
        """Whether it is left to ``smoke report merge`` to tell everyone what came of it."""
        return self.part is not None

    def shown(self, path: Path) -> str:
        """Write ``path`` the way a person in the project's folder would type it."""
        return str(path.relative_to(self.root)) if path.is_relative_to(self.root) else str(path)


def find_root(start: Path) -> Path:
    """Return the nearest folder at or above ``start`` with ``config/suites``; raises ConfigError."""
    for folder in (start, *start.parents):
        if (folder / SUITES).is_dir():
            return folder
    text = f"no {SUITES} at or above {start}; run inside a project, or begin one with `smoke init`"
    raise ConfigError.of_option("", text)


def resolve(
    given: Mapping[str, object],
    *,
    point: str,
    root: Path,
    environ: Mapping[str, str],
    options: tuple[Option, ...] = OPTIONS,
) -> Settings:
    """Settle ``options`` by precedence.

    ``given`` holds what the command line said, by option name; absent or None means not said.
    Raises ConfigError with every value that is wrong.
    """
    merged = {**_dotenv(root), **environ}
    values: dict[str, object] = {}
    origins: dict[str, str] = {}
    problems: list[Problem] = []
    for option in options:
        said = given.get(option.name)
        if said == "":  # a variable of a pipeline that is not set, and nobody's wish for the default
            problems.append(Problem.of_option(option.flag, "is empty; say what it is, or leave it out"))
            continue
        raw, origin = (said, option.flag) if said else _from_environment(option, merged, environ)
        if raw is None:
            values[option.name], origins[option.name] = () if option.repeat else option.default, "default"
            continue
        try:
            values[option.name], origins[option.name] = option.read(raw), origin
        except ValueError as error:
            named = Problem.of_option if said else Problem.of_variable
            problems.append(named(origin, str(error)))
    for variable, read in ((DATABASE, database_url), (KEEP, keep_s), (SERVER, browser_server)):
        try:
            read(merged)
        except ValueError as error:
            problems.append(Problem.of_variable(variable, str(error)))
    if values.get("headed") and merged.get(SERVER):
        text = f"shows nobody a browser that runs elsewhere: leave it out, or unset {SERVER}"
        named = Problem.of_option if given.get("headed") else Problem.of_variable
        problems.append(named(origins["headed"], text))
    if problems:
        raise ConfigError(problems)
    if origins["suite"] == "default" and len(only := suites(root)) == 1:
        values["suite"], origins["suite"] = only[0], f"the only suite in {SUITES}"
    reports = root / str(values.pop("reports"))
    return Settings(root=root, point=point, reports=reports, environ=merged, origins=origins, **values)  # type: ignore[arg-type]


def _dotenv(root: Path) -> dict[str, str]:
    path = root / ".env"
    if not path.exists():
        return {}
    from dotenv import dotenv_values

    return {key: value for key, value in dotenv_values(path).items() if value is not None}


def _from_environment(option: Option, merged: Mapping[str, str], environ: Mapping[str, str]) -> tuple[object, str]:
    raw = merged.get(option.variable)
    if not raw:
        return None, ""
    origin = option.variable + ("" if environ.get(option.variable) else " in .env")
    return (raw.split(",") if option.repeat else raw), origin
