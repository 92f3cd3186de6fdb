"""The options that commands share, added from the one table of settings."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from smoke.config.problems import ConfigError
from smoke.options import OPTIONS, Option
from smoke.settings import Settings, find_root, resolve

if TYPE_CHECKING:
    from smoke.datadog.deploying import Write

T = TypeVar("T")


def add(parser: argparse.ArgumentParser, options: tuple[Option, ...] = OPTIONS) -> None:
    """Add settings as options, by default all that commands share."""
    for option in options:
        text = f"{option.help} ({option.variable})"
        if option.metavar is None:
            parser.add_argument(option.flag, action="store_true", default=None, help=text)
        elif option.repeat:
            parser.add_argument(option.flag, action="append", metavar=option.metavar, help=text + "; repeatable")
        else:
            parser.add_argument(option.flag, metavar=option.metavar, help=text)


def settings_of(given: argparse.Namespace, point: str, options: tuple[Option, ...] = OPTIONS) -> Settings:
    """Settle the options of a command line; raises ConfigError."""
    return resolve(vars(given), point=point, root=find_root(Path.cwd()), environ=os.environ, options=options)


def read(flag: str, convert: Callable[[str], T], text: str) -> T:
    """Return what ``convert`` reads in the text of an option; raises ConfigError where that raises ValueError."""
    try:
        return convert(text)
    except ValueError as error:
        raise ConfigError.of_option(flag, str(error)) from None


def read_if_said(flag: str, convert: Callable[[str], T], text: str | None) -> T | None:
    """Do the same; None where the option was not given."""
    return None if text is None else read(flag, convert, text)


def add_some(parser: argparse.ArgumentParser, *names: str) -> None:
    """Add the settings of these names as options."""
    add(parser, tuple(option for option in OPTIONS if option.name in names))


def add_writing(parser: argparse.ArgumentParser) -> None:
    """Add what says how far a command goes that writes into an account of others."""
    how_far = parser.add_mutually_exclusive_group()
    how_far.add_argument("--dry-run", action="store_true", help="show what would change, and write nothing")
    how_far.add_argument("--prune", action="store_true", help="also remove what the YAML no longer asks for")


def writes(given: argparse.Namespace) -> tuple[Write, ...]:
    """Return what is to be done after looking, one after the other."""
    from smoke.datadog.sync import removed, written

    if given.dry_run:
        return ()
    return (written, removed) if given.prune else (written,)
