"""The channels there are. Adding one is one file in this folder: the shape of its options, and one decorated function.

A channel's module is imported whenever the configuration is read, so it imports what it sends with only inside the
function (or in a module of this folder whose name begins with an underscore, which the function imports).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import smoke.channels
from smoke.channels.message import Message
from smoke.channels.options import Options
from smoke.modules import import_all
from smoke.secrets.secret import Scrubber, Secret
from smoke.storage.url import secrets_in
from smoke.variables import not_set

O = TypeVar("O", bound=Options)  # noqa: E741 - the options of one channel
NAME = re.compile(r"[a-z][a-z0-9-]*")


class ChannelError(Exception):
    """A message was not delivered, and may be later; its text is one sentence, without any secret."""

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
        """What the service asks us to wait; None: nothing."""


class RefusedError(ChannelError):
    """The service refuses this message for what it is: sending it again is pointless."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What a delivery may use, and until when."""

    environ: Mapping[str, str]
    """Environment variables and .env, where keys and addresses are looked up."""
    ends: float
    """Monotonic seconds by which it must be over."""
    now: float
    """Seconds since the epoch."""

    def value(self, variable: str) -> str:
        """Return what stands in an environment variable."""
        return self.environ.get(variable, "").strip()


Send = Callable[[Message, O, Errand], str]
"""Sends; returns what the service answered, in a few words, and raises ChannelError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of channel."""

    options: type[Options]
    send: Callable[[Message, Any, Errand], str]


_KINDS: dict[str, Kind] = {}


def channel(options: type[O]) -> Callable[[Send[O]], Send[O]]:
    """Register the decorated function as what sends through a channel with ``options``."""

    def register(send: Send[O]) -> Send[O]:
        _KINDS[options.__name__] = Kind(options=options, send=send)
        return send

    return register


def available() -> tuple[Kind, ...]:
    """Return every kind of channel there is, by name."""
    import_all(smoke.channels)
    return tuple(_KINDS[name] for name in sorted(_KINDS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A channel of monitoring-integration.yaml."""

    kind: Kind
    options: Options

    @property
    def name(self) -> str:
        """What it is called."""
        return self.options.label

    def addresses(self, recipients: Iterable[str], environment: str) -> tuple[str, ...]:
        """Return to whom exactly it speaks where ``recipients`` are to be told."""
        return self.options.addresses(recipients, environment)

    def explain_disabled(self, environ: Mapping[str, str]) -> str | None:
        """Return one sentence saying what is missing; None if it can be tried."""
        missing = not_set(self.options.needed, environ)
        return f"{missing}: nobody is told of incidents by {self.name}" if missing else None

    def send(self, message: Message, errand: Errand) -> str:
        """Deliver ``message``; raises ChannelError, and nothing else, with every secret masked."""
        mask = self._scrubber(errand).text
        try:
            return mask(self.kind.send(message, self.options, errand))
        except ChannelError as error:
            raise type(error)(mask(str(error)), retry_after_s=error.retry_after_s) from None
        except Exception as error:  # noqa: BLE001 - a channel is a guest: whatever it throws is its failure, not ours
            raise ChannelError(mask(f"{type(error).__name__}: {error}")) from None

    def _scrubber(self, errand: Errand) -> Scrubber:
        values = {text for name in self.options.needed for text in (errand.environ.get(name, ""), errand.value(name))}
        return Scrubber(secret for text in values if text for secret in secrets_in(Secret(text)))
