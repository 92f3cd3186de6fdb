"""The sinks there are. Adding one is one file in this folder with one decorated function.

A sink module is imported whenever sinks are listed, so it imports its SDK only inside the function (or in a module
of this folder whose name begins with an underscore, which the function imports).
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import smoke.sinks
from smoke.judged import Run
from smoke.secret import Scrubber
from smoke.sinks.metrics import Metric

DEADLINE_S = 3.0
"""Seconds that all sinks together may take."""


class SinkError(Exception):
    """A sink did not deliver; its text is one sentence, without any secret."""

    def __init__(self, message: str, *, delivered: int = 0) -> None:
        super().__init__(message)
        self.delivered = delivered
        """Metrics that did arrive before it failed."""


class SinkSettings(Protocol):
    """What a sink may know of a run's settings; ``smoke.settings.Settings`` is one."""

    @property
    def environ(self) -> Mapping[str, str]:
        """Environment variables and .env, where its keys are looked up."""

    @property
    def reports(self) -> Path:
        """The reports folder."""


Deliver = Callable[[Run, tuple[Metric, ...], SinkSettings], None]
ExplainDisabled = Callable[[SinkSettings], str | None]


def always_on(_settings: SinkSettings) -> None:
    """Tell that a sink needs nothing to be enabled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sink:
    """A place where the metrics of a run go."""

    name: str
    deliver: Deliver
    """Sends; raises on failure."""
    explain_disabled: ExplainDisabled = always_on
    """One sentence saying what is missing; None if it is enabled."""
    secrets: tuple[str, ...] = ()
    """Environment variables whose values no message may show."""

    def push(self, run: Run, metrics: tuple[Metric, ...], settings: SinkSettings) -> None:
        """Deliver ``metrics``; raises SinkError, and nothing else, with every secret masked."""
        try:
            self.deliver(run, metrics, settings)
        except SinkError as error:
            raise SinkError(self._masked(str(error), settings), delivered=error.delivered) from None
        except Exception as error:  # noqa: BLE001 - a sink is a guest: whatever it throws is its failure, not the run's
            raise SinkError(self._masked(f"{type(error).__name__}: {error}", settings)) from None

    def _masked(self, text: str, settings: SinkSettings) -> str:
        scrubber = Scrubber()
        for variable in self.secrets:
            value = settings.environ.get(variable, "")
            scrubber.learn(value)
            scrubber.learn(value.strip())
        return scrubber.text(text)


_SINKS: dict[str, Sink] = {}


def sink(
    name: str, *, explain_disabled: ExplainDisabled = always_on, secrets: tuple[str, ...] = ()
) -> Callable[[Deliver], Deliver]:
    """Register the decorated function as the sink ``name``; see Sink for the arguments."""

    def register(deliver: Deliver) -> Deliver:
        _SINKS[name] = Sink(name=name, deliver=deliver, explain_disabled=explain_disabled, secrets=secrets)
        return deliver

    return register


def available() -> tuple[Sink, ...]:
    """Return every sink there is, by name."""
    for module in pkgutil.iter_modules(smoke.sinks.__path__):
        if not module.name.startswith("_"):
            importlib.import_module(f"smoke.sinks.{module.name}")
    return tuple(_SINKS[name] for name in sorted(_SINKS))


def enabled(settings: SinkSettings) -> tuple[Sink, ...]:
    """Return the sinks that have all they need under ``settings``."""
    return tuple(sink for sink in available() if sink.explain_disabled(settings) is None)
