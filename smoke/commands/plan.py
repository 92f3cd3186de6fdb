"""``smoke plan --release NAME``."""

from __future__ import annotations

import argparse

from smoke.commands import options
from smoke.config.load import load
from smoke.config.paths import POINTS
from smoke.config.problems import ConfigError
from smoke.known import unknown
from smoke.planning.releases import Stage, stages


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument(
        "--release", metavar="NAME", help="kind of release, such as standard, hotfix or rollback (default: all)"
    )
    options.add_some(parser, "suite")
    parser.set_defaults(call=call)


def call(given: argparse.Namespace) -> int:
    """Print each release as its smoke runs in order, with the total time that they may take."""
    settings = options.settings_of(given, "local")
    suite = load(settings.root, settings.suite)
    if given.release and given.release not in suite.releases:
        text = unknown("release", given.release, suite.releases)
        raise ConfigError.of_option("--release", text)
    if not suite.releases:
        print(f"no releases in {POINTS}: list points such as {next(iter(suite.points))} under releases.NAME")
    for name in [given.release] if given.release else suite.releases:
        planned = stages(suite, name)
        print(f"{name} release: {_minutes(sum(stage.seconds for stage in planned))} of smoke")
        for stage in planned:
            print(_line(stage))
    return 0


def _line(stage: Stage) -> str:
    watch = f" + {_minutes(stage.monitoring_s)} monitoring" if stage.monitoring_s else ""
    where = f"{stage.point:<16} {stage.environment:<12} {stage.checks:>3} checks"
    return f"  {where}  {_minutes(stage.target_s)}{watch}  on failure: {stage.action}"


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:g} min"
