"""``smoke report merge``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from smoke.commands import options
from smoke.config.problems import ConfigError
from smoke.options import OPTIONS, PART_OPTIONS
from smoke.spans import seconds

if TYPE_CHECKING:
    from smoke.joining.gathering import Gathered
    from smoke.joining.merging import Joined
    from smoke.settings import Settings

NEEDED = tuple(option for option in PART_OPTIONS if option.name == "part_of")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument(
        "folder", nargs="+", metavar="DIR", help="folder with what the parts left, each in a folder of its own"
    )
    for option in OPTIONS:
        if option.name == "reports":
            text = f"folder to put the whole into (default: reports) ({option.variable})"
            parser.add_argument(option.flag, metavar=option.metavar, default=argparse.SUPPRESS, help=text)
    text = f"only the parts of run ID ({NEEDED[0].variable})"
    parser.add_argument(NEEDED[0].flag, metavar=NEEDED[0].metavar, help=text)
    parser.add_argument(
        "--wait", metavar="TIME", default="0s", help="how long parts may still arrive, such as 10m (default: 0s)"
    )
    parser.add_argument(
        "--json",
        action="store_true",
        help="print verdict.json on stdout, of several places as a list, all else on stderr",
    )
    parser.add_argument("--no-color", action="store_true", help="plain text (NO_COLOR)")
    parser.set_defaults(call=call)


def call(given: argparse.Namespace) -> int:
    """Join the parts, tell everyone, and return the worst exit code; what is missing is INCONCLUSIVE."""
    from smoke.joining.gathering import gather_within
    from smoke.joining.merging import Merger, once
    from smoke.reporting.console import Console
    from smoke.running.reports import reports_folder

    settings = options.settings_of(given, "local", (*OPTIONS, *NEEDED))
    wait_s = options.read("--wait", seconds, given.wait)
    folders = [_folder(name, settings) for name in given.folder]
    console = Console.open(stream=2 if given.json else 1, plain=given.no_color)
    with reports_folder(settings.reports):
        merger = Merger(settings, once(console.line))
        gathered = gather_within(folders, wait_s, lambda each: merger.is_whole(_meant(each, settings)))
        _refuse_several(gathered, settings)
        joined = merger.join(_meant(gathered, settings))
    _summarise(joined, settings, console.line)
    for whole in joined.wholes.values():
        console.summary(whole.run, ())
    for name in [name for name in gathered.runs if settings.part_of not in (None, name)]:
        console.line(f"not joined: parts of another run, {name or 'without an ID'}")
    for text in joined.missing:
        console.line(f"INCONCLUSIVE: {text}")
    if given.json:
        from smoke.reporting.document import to_json

        told = [to_json(whole.run) for whole in joined.wholes.values()]
        sys.stdout.write((told[0] if len(told) == 1 else f"[{', '.join(told)}]") + "\n")
    return joined.code


def _summarise(joined: Joined, settings: Settings, say: Callable[[str], None]) -> None:
    """Tell a CI system that shows Markdown; what keeps from that changes nothing."""
    from smoke.gates.outputs import append
    from smoke.joining.summary import summary

    try:
        append(settings.environ.get("GITHUB_STEP_SUMMARY"), summary(joined))
    except OSError as error:
        say(f"job summary: {error}")


def _folder(name: str, settings: Settings) -> Path:
    from smoke.joining.evidence import PLACES

    folder, reports = Path(name).resolve(), settings.reports.resolve()
    if folder == reports or folder.is_relative_to(reports / PLACES):  # made anew each time
        text = f"{name} is where the whole goes: name another folder for it with --reports"
        raise ConfigError.of_option("DIR", text)
    return Path(name)


def _meant(gathered: Gathered, settings: Settings) -> Gathered:
    return gathered if settings.part_of is None else gathered.of(settings.part_of)


def _refuse_several(gathered: Gathered, settings: Settings) -> None:
    if settings.part_of is None and len(gathered.runs) > 1:
        names = ", ".join(sorted(name or "(none)" for name in gathered.runs))
        text = f"there are parts of several runs, {names}: say which to join"
        raise ConfigError.of_option("--part-of", text)
