"""The sinks there are. Adding one is one file in this folder: the shape of its options, and one decorated function.

A sink module is imported whenever sinks are listed, so it imports its SDK only inside the function (or in a module
of this folder whose name begins with an underscore, which the function imports).
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import smoke.sinks
from smoke.modules import import_all
from smoke.secrets.secret import Scrubber
from smoke.sinks.bulletin import Bulletin
from smoke.sinks.options import Options
from smoke.variables import not_set

O = TypeVar("O", bound=Options)  # noqa: E741 - the options of one sink


class SinkError(Exception):
    """A sink did not deliver, and may later; its text is one sentence, without any secret."""

    def __init__(self, message: str, *, delivered: int = 0) -> None:
        super().__init__(message)
        self.delivered = delivered
        """Metrics that did arrive before it failed."""


class RefusedError(SinkError):
    """The service refuses these measurements for what they are: sending them again is pointless."""


class TooLargeError(SinkError):
    """The service wants smaller payloads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What a delivery may use, and until when."""

    environ: Mapping[str, str]
    """Environment variables and .env, where keys and addresses are looked up."""
    reports: Path
    """The reports folder."""
    ends: float
    """Monotonic seconds by which it must be over."""


class Presence(StrEnum):
    """When a sink is on without a word in monitoring-integration.yaml."""

    ALWAYS = "always"
    """Even where the file does not list it."""
    BY_DEFAULT = "by-default"
    """Where there is no such file."""
    LISTED = "listed"
    """Never."""


class Keeping(StrEnum):
    """What is kept of deliveries that failed, until they succeed."""

    EACH = "each"
    LATEST = "latest"
    """The service knows no times: what is older than the newest would be a lie."""
    NOTHING = "nothing"
    """It is on this machine, or never says whether anything arrived."""


Deliver = Callable[[Bulletin, O, Errand], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sink:
    """A kind of place where the metrics of a run go."""

    name: str
    options: type[Options]
    deliver: Callable[[Bulletin, Any, Errand], None]
    """Sends; raises SinkError on failure."""
    presence: Presence
    keeping: Keeping
    extra: str | None
    """Extra of the distribution that it needs, and ``library`` with it."""
    library: str | None
    """Package that must be there."""
    loads: tuple[str, ...]
    """Modules that it will import: loaded ahead, while checks are still running."""


_SINKS: dict[str, Sink] = {}


def sink(
    options: type[O],
    *,
    keeping: Keeping = Keeping.EACH,
    presence: Presence = Presence.LISTED,
    extra: str | None = None,
    library: str | None = None,
    loads: tuple[str, ...] = (),
) -> Callable[[Deliver[O]], Deliver[O]]:
    """Register the decorated function as the sink that ``options`` names; see Sink for the arguments."""
    name = options.__name__.lower()

    def register(deliver: Deliver[O]) -> Deliver[O]:
        _SINKS[name] = Sink(
            name=name,
            options=options,
            deliver=deliver,
            presence=presence,
            keeping=keeping,
            extra=extra,
            library=library,
            loads=loads,
        )
        return deliver

    return register


def available() -> tuple[Sink, ...]:
    """Return every sink there is, by name."""
    import_all(smoke.sinks)
    return tuple(_SINKS[name] for name in sorted(_SINKS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """A sink that is switched on, with its options."""

    sink: Sink
    options: Options

    @property
    def label(self) -> str:
        """What it is called in messages, and in what is kept for it."""
        return self.options.label

    def explain_disabled(self, environ: Mapping[str, str]) -> str | None:
        """Return one sentence saying what is missing; None if it can be tried."""
        if missing := not_set(self.options.needed, environ):
            return f"{missing}: no metrics go to {self.options.title}."
        if self.sink.library and not _is_there(self.sink.library):
            return f"{self.options.title} needs more than the core: pip install 'smoke-harness[{self.sink.extra}]'."
        return None

    def push(self, bulletin: Bulletin, errand: Errand) -> None:
        """Deliver ``bulletin``; raises SinkError, and nothing else, with every secret masked."""
        try:
            self.sink.deliver(bulletin, self.options, errand)
        except SinkError as error:
            raise type(error)(self._masked(str(error), errand), delivered=error.delivered) from None
        except Exception as error:  # noqa: BLE001 - a sink is a guest: whatever it throws is its failure, not the run's
            raise SinkError(self._masked(f"{type(error).__name__}: {error}", errand)) from None

    def _masked(self, text: str, errand: Errand) -> str:
        scrubber = Scrubber()
        for variable in self.options.secrets:
            value = errand.environ.get(variable, "")
            scrubber.learn(value)
            scrubber.learn(value.strip())
        return scrubber.text(text)


def _is_there(library: str) -> bool:
    try:
        return importlib.util.find_spec(library) is not None
    except ModuleNotFoundError:  # not even the package that holds it
        return False
