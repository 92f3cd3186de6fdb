"""monitoring-integration.yaml: who is told, and where. Its shape is made of the sinks and channels that there are."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Union

from smoke.channels.links import Links
from smoke.channels.registry import NAME, Channel
from smoke.channels.registry import available as kinds_of_channels
from smoke.config.paths import MONITORING
from smoke.config.problems import ConfigError, Problem
from smoke.config.source import Source, parse, read
from smoke.known import known
from smoke.sinks.registry import Outlet, Presence, Sink, available
from smoke.strict import Strict

if TYPE_CHECKING:
    from smoke.channels.options import Options as ChannelOptions
    from smoke.sinks.options import Options

BY_ITSELF = {Presence.ALWAYS, Presence.BY_DEFAULT}
SINKS = "Services that runs are told to, each with options of its own; none listed: only the file in the reports."
CHANNELS = "Where people are told of incidents, each with options of its own."
LINKS = "Where messages lead."


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitoring:
    """The sinks that are switched on, and the channels."""

    outlets: tuple[Outlet, ...]
    channels: tuple[Channel, ...] = ()
    links: Links = dataclasses.field(default_factory=Links)

    def in_environment(self, environment: str) -> tuple[Outlet, ...]:
        """Return those that are told of runs in ``environment``."""
        return tuple(each for each in self.outlets if environment in (each.options.environments or (environment,)))

    def modules(self, environment: str, environ: Mapping[str, str]) -> tuple[str, ...]:
        """Return what those will import that have all they need."""
        ready = (each for each in self.in_environment(environment) if each.explain_disabled(environ) is None)
        return tuple(name for each in ready for name in each.sink.loads)


@cache
def monitoring_file() -> type[Any]:
    """Return the shape of the file; it imports pydantic."""
    from pydantic import Field

    def entries(kinds: Iterable[type], key: str, description: str) -> Any:
        entry: Any = Annotated[Union[tuple(kinds)], Field(discriminator=key)]  # noqa: UP007 - of a list not written here
        return Annotated[tuple[entry, ...], Field(description=description)]

    sinks = entries((each.options for each in available()), "sink", SINKS)
    channels = entries((each.options for each in kinds_of_channels()), "channel", CHANNELS)
    links = Annotated[Links, Field(description=LINKS)]
    return dataclasses.make_dataclass(
        "MonitoringFile",
        [("sinks", sinks, ()), ("channels", channels, ()), ("links", links, Links())],
        bases=(Strict,),
        namespace={"__doc__": "monitoring-integration.yaml: the sinks that are on, and the channels."},
        frozen=True,
        kw_only=True,
    )


def monitoring(root: Path) -> Monitoring:
    """Read which sinks are on, those that need no word included; raises ConfigError."""
    kinds = {each.options: each for each in available()}
    if not (root / MONITORING).exists():
        on = [Outlet(sink=each, options=each.options()) for each in kinds.values() if each.presence in BY_ITSELF]
        return Monitoring(outlets=tuple(on))
    source = read(root / MONITORING, root)
    content = parse(source, monitoring_file())
    listed: tuple[Options, ...] = content.sinks
    if problems := [*_doubles(source, listed), *_names(source, content.channels)]:
        raise ConfigError(problems)
    outlets = [Outlet(sink=kinds[type(options)], options=options) for options in listed]
    outlets += [Outlet(sink=each, options=each.options()) for each in _unlisted(kinds.values(), listed)]
    kinds_by_options = {each.options: each for each in kinds_of_channels()}
    channels = [Channel(kind=kinds_by_options[type(each)], options=each) for each in content.channels]
    return Monitoring(outlets=tuple(outlets), channels=tuple(channels), links=content.links)


def _unlisted(kinds: Iterable[Sink], listed: tuple[Options, ...]) -> Iterator[Sink]:
    for kind in kinds:
        if kind.presence is Presence.ALWAYS and not any(type(options) is kind.options for options in listed):
            yield kind


def _doubles(source: Source, listed: tuple[Options, ...]) -> Iterator[Problem]:
    labels = [options.label for options in listed]
    for index, label in enumerate(labels):
        if label in labels[:index]:
            yield source.problem(("sinks", index), f"{label} is listed twice; remove one, or merge their environments")


def _names(source: Source, listed: tuple[ChannelOptions, ...]) -> Iterator[Problem]:
    labels = [options.label for options in listed]
    for index, label in enumerate(labels):
        if not NAME.fullmatch(label):
            text = f"is small letters, digits and hyphens, such as slack-alerts; got {label!r}"
            yield source.problem(("channels", index, "name"), text)
        if label in labels[:index]:
            yield source.problem(("channels", index), f"{label} is listed twice; give each a name of its own")


def unknown_environments(root: Path, there: Iterable[str]) -> Iterator[Problem]:
    """Yield the environments of the file that no suite has; raises ConfigError where it cannot be read."""
    names = tuple(there)
    if not (root / MONITORING).exists():
        return
    source = read(root / MONITORING, root)
    content = parse(source, monitoring_file())
    listed = [(("sinks", index), each) for index, each in enumerate(content.sinks)]
    listed += [(("channels", index), each) for index, each in enumerate(content.channels)]
    for at, options in listed:
        for number, name in enumerate(options.environments):
            if name not in names:
                key = (*at, "environments", number)
                yield source.problem(key, f"no suite has an environment {name!r}; {known(name, names)}")
