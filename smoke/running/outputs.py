"""What pytest and its plugins are asked to write elsewhere: kept back in the run's own folder until it is swept."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from smoke.config.problems import ConfigError
from smoke.running.reports import merge, withheld
from smoke.secrets.secret import Scrubber
from smoke.secrets.sweeping import sweep

OPTIONS = ("xmlpath", "log_file", "allure_report_dir", "output")
"""Where pytest keeps the values of --junitxml, --log-file, --alluredir and --output."""
NO_SCREENSHOTS = (
    "its pictures would show secrets: leave it out; the evidence of a failed check has pictures with them masked"
)


def check_arguments(arguments: Sequence[str]) -> None:
    """Raise ConfigError for arguments of pytest that would leave what cannot be scrubbed."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--screenshot", nargs="?", default="off")
    if parser.parse_known_args(arguments)[0].screenshot not in {"off", None}:
        raise ConfigError.of_option("--screenshot", NO_SCREENSHOTS)


def refuse_screenshots(config: pytest.Config) -> None:
    """Raise pytest.UsageError where its settings ask for pictures."""
    if config.getoption("--screenshot", "off") != "off":
        raise pytest.UsageError(f"--screenshot: {NO_SCREENSHOTS}")


def asked(config: pytest.Config) -> Iterator[tuple[str, Path]]:
    """Yield each option that names a file or folder to write to, with its absolute path."""
    for name in OPTIONS:
        given = getattr(config.option, name, None) or (config.getini(name) if name == "log_file" else None)
        if given:
            yield name, config.invocation_params.dir / os.path.expandvars(Path(given).expanduser())


@dataclass(eq=False, slots=True)
class KeptBack:
    """Lets pytest write into the folder ``work`` whatever it is asked to write outside of it."""

    work: Path
    _wanted: dict[Path, Path] = field(default_factory=dict)
    """Where each belongs, by where it is written."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Give the options their other values, before any plugin reads them."""
        refuse_screenshots(config)
        for name, wanted in asked(config):
            if not wanted.is_relative_to(self.work):
                written = self.work / name / wanted.name
                written.parent.mkdir()
                self._wanted[written] = wanted
                setattr(config.option, name, str(written))

    def publish(self, scrubber: Scrubber) -> tuple[str, ...]:
        """Put everything where it was asked for; return what is wrong with it."""
        troubles = [withheld(name) for name in sweep(self._wanted, scrubber)]
        for written, wanted in self._wanted.items():
            troubles += merge(written, wanted)
        return tuple(troubles)
