"""The options that commands share: how each is typed, what it reads, its default and its words."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

from smoke.addresses import check_open, parts_of
from smoke.model import Category
from smoke.planning.sharding import Shard


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

    def read(self, raw: object) -> object:
        """Return the value that was said; raises ValueError."""
        if self.repeat:
            items = raw if isinstance(raw, (list, tuple)) else [raw]
            return tuple(self.convert(str(item).strip()) for item in items)
        return raw if raw is True else self.convert(str(raw))


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
