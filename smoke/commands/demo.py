"""``smoke demo``."""

from __future__ import annotations

import argparse

from smoke.demo.__main__ import add_arguments, serve


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    add_arguments(parser)
    parser.set_defaults(call=serve)
