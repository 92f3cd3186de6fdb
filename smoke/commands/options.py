"""The options that commands share, added from the one table of settings."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from smoke.settings import OPTIONS, Settings, find_root, resolve


def add(parser: argparse.ArgumentParser) -> None:
    """Add every setting as an option."""
    for option in OPTIONS:
        text = f"{option.help} ({option.variable})"
        if option.metavar is None:
            parser.add_argument(option.flag, action="store_true", default=None, help=text)
        elif option.repeat:
            parser.add_argument(option.flag, action="append", metavar=option.metavar, help=text + "; repeatable")
        else:
            parser.add_argument(option.flag, metavar=option.metavar, help=text)


def settings_of(given: argparse.Namespace, point: str) -> Settings:
    """Settle the options of a command line; raises ConfigError."""
    return resolve(vars(given), point=point, root=find_root(Path.cwd()), environ=os.environ)
