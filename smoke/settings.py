"""Where each setting of a run comes from: option, environment variable, .env, or its default."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from smoke.addresses import check_open, parts_of
from smoke.browser.server import VARIABLE as SERVER
from smoke.browser.server import browser_server
from smoke.config.paths import SUITES, suites
from smoke.config.problems import ConfigError, Problem
from smoke.model import Category
from smoke.planning.sharding import Shard
from smoke.storage.keep import VARIABLE as KEEP
from smoke.storage.keep import keep_s
from smoke.storage.url import VARIABLE as DATABASE
from smoke.storage.url import database_url


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One setting: on the command line ``--name``, in the environment ``SMOKE_NAME``."""

    name: str
    help: str
    default: object = None
    convert: Callable[[str], object] = str
    """Raises ValueError with what it wants."""
    metavar: str | None = None
    """None: a switch."""
    repeat: bool = False

    @property
    def flag(self) -> str:
        """The option as it is typed."""
        return "--" + self.name.replace("_", "-")

    @property
    def variable(self) -> str:
        """Its environment variable."""
        return "SMOKE_" + self.name.upper()


def _switch(text: str) -> bool:
    lowered = text.strip().lower()
    if lowered in {"1", "true", "yes", "on"}:
        return True
    if lowered in {"", "0", "false", "no", "off"}:
        return False
    raise ValueError(f"is true or false; got {text!r}")


def whole(least: int) -> Callable[[str], int]:
    """Return what reads a whole number from ``least``, or raises ValueError."""

    def converted(text: str) -> int:
        if not re.fullmatch(r"\d+", text.strip()) or int(text) < least:
            raise ValueError(f"is a whole number from {least}; got {text!r}")
        return int(text)

    return converted


def _url(text: str) -> str:
    check_open("it", text)
    if parts_of(text, "http", "https") is None:
        raise ValueError(f"starts with http:// or https://; got {text!r}")
    return text.rstrip("/")


def _category(text: str) -> Category:
    try:
        return Category(text)
    except ValueError:
        raise ValueError(f"is one of {', '.join(Category)}; got {text!r}") from None


def _browser(text: str) -> str:
    if text not in {"chromium", "firefox", "webkit"}:
        raise ValueError(f"is chromium, firefox or webkit; got {text!r}")
    return text


def build_id(text: str) -> str:
    """Return a build id without the blanks around it; raises ValueError where nothing could ever show it."""
    if not (found := text.strip()) or not found.isprintable():
        raise ValueError(f"is the id of a build, printable characters on one line; got {text!r}")
    return found


def _factor(text: str) -> float:
    try:
        factor = float(text)
    except ValueError:
        factor = math.nan
    if not 0 < factor < math.inf:
        raise ValueError(f"is a number above 0, such as 1.5; got {text!r}")
    return factor


OPTIONS = (
    Option(
        name="suite",
        metavar="NAME",
        default="betterprompts",
        help="suite: a folder of config/suites (default: betterprompts, or the only one there)",
    ),
    Option(name="env", metavar="NAME", help="environment of the suite (default: the execution point's)"),
    Option(name="base_url", metavar="URL", convert=_url, help="check this address instead of the environment's"),
    Option(
        name="check", metavar="ID", repeat=True, help="only this check, or all whose ids begin so: login, login.totp"
    ),
    Option(name="category", metavar="NAME", convert=_category, repeat=True, help="only checks of this category"),
    Option(
        name="region",
        metavar="NAME",
        default="local",
        help="where this runner stands; a tag on metrics (default: local)",
    ),
    Option(name="expect_build", metavar="ID", convert=build_id, help="build that the target must serve (default: any)"),
    Option(
        name="browser",
        metavar="NAME",
        default="chromium",
        convert=_browser,
        help="chromium, firefox or webkit (default: chromium)",
    ),
    Option(name="headed", default=False, convert=_switch, help="show the browser (default: without windows)"),
    Option(
        name="slowmo",
        metavar="MS",
        default=0,
        convert=whole(0),
        help="slow every browser action down by so many milliseconds (default: 0)",
    ),
    Option(
        name="workers",
        metavar="N",
        convert=whole(1),
        help="journeys that may run at once (default: as many as the machine has room for)",
    ),
    Option(
        name="runner_band",
        metavar="FACTOR",
        default=1.0,
        convert=_factor,
        help="how many times slower this runner may be than a usual one (default: 1.0)",
    ),
    Option(
        name="reports",
        metavar="DIR",
        default="reports",
        help="folder of what runs leave, history included (default: reports)",
    ),
)

PART_OPTIONS = (
    Option(
        name="shard",
        metavar="I/N",
        convert=Shard.parse,
        help="only the I-th of N parts of the run, which `smoke report merge` joins",
    ),
    Option(
        name="part_of",
        metavar="ID",
        help="this run is a part of run ID: `smoke report merge` joins its parts, keeps the history and tells everyone",
    ),
)
"""What only ``smoke run`` takes: everything else is about whole runs."""


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
            values[option.name], origins[option.name] = _converted(option, raw), origin
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


def _converted(option: Option, raw: object) -> object:
    if option.repeat:
        items = raw if isinstance(raw, (list, tuple)) else [raw]
        return tuple(option.convert(str(item).strip()) for item in items)
    return raw if raw is True else option.convert(str(raw))
