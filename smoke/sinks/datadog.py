"""Datadog: metrics, a service check for each run, an event where the verdict changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from smoke.sinks._datadog_terms import Synthetics
from smoke.sinks.bulletin import Bulletin
from smoke.sinks.metrics import Metric
from smoke.sinks.options import Options
from smoke.sinks.registry import Errand, Presence, SinkError, sink
from smoke.strict import Checked, Variable
from smoke.variables import HEXADECIMAL, Shape

SITES = (
    "datadoghq.com", "us3.datadoghq.com", "us5.datadoghq.com", "ap1.datadoghq.com", "ap2.datadoghq.com",
    "uk1.datadoghq.com", "datadoghq.eu", "ddog-gov.com", "us2.ddog-gov.com",
)  # fmt: skip
"""What DD_SITE may be; a mistyped site would hand the key to a stranger."""
BATCH_BYTES = 400_000
"""Of JSON before compression; the intake refuses more than 500 kB."""
PUSH = "smoke.sinks._datadog_push"


def _check_handle(handle: str) -> None:
    if not re.fullmatch(r"@[^\s{}]+", handle):
        raise ValueError(f"a handle of Datadog is @ and a name, such as @slack-alerts; got {handle!r}")


Handle = Annotated[str, Checked(_check_handle)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Datadog(Options):
    """Datadog's metrics, events and service checks; DD_SITE or SMOKE_DATADOG_URL says which Datadog."""

    sink: Literal["datadog"] = "datadog"
    """``datadog``."""
    key: Variable = "DD_API_KEY"
    """Environment variable that holds the API key. By default DD_API_KEY."""
    app_key: Variable = "DD_APP_KEY"
    """Environment variable that holds the application key, which only ``smoke monitors`` and ``smoke synthetics`` need.
    By default DD_APP_KEY."""
    handles: dict[str, Handle] = field(default_factory=dict)
    """Recipient, as alert-rules.yaml writes it, to the handle of Datadog: ``pagerduty: "@pagerduty-Web"``.
    By default an address is ``@address``, ``slack:#alerts`` is ``@slack-alerts``, ``pagerduty`` is ``@pagerduty``."""
    runbooks: str = ""
    """What stands before runbooks that are files of the project, such as ``https://example.com/project/blob/main/``."""
    synthetics: Synthetics = field(default_factory=Synthetics)
    """How probes run as Datadog Synthetics tests."""

    @property
    def needed(self) -> tuple[str, ...]:
        """The API key."""
        return (self.key,)

    @property
    def secrets(self) -> tuple[str, ...]:
        """The API key and the application key."""
        return (self.key, self.app_key)

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """API keys are short, application keys are long: they are often mistaken for each other."""
        return (
            Shape(self.key, HEXADECIMAL + "{32}", "32 hexadecimal digits (an application key is no API key)"),
            Shape(self.app_key, HEXADECIMAL + "{40}" + r"|ddapp_\w+", "40 hexadecimal digits, or begins with ddapp_"),
        )


@sink(Datadog, presence=Presence.BY_DEFAULT, loads=(PUSH,))
def deliver(bulletin: Bulletin, options: Datadog, errand: Errand) -> None:
    """Push to the Datadog that DD_SITE or SMOKE_DATADOG_URL names; raises SinkError."""
    key, host = key_of(options.key, errand.environ), host_of(errand.environ)

    from smoke.sinks import _datadog_push

    parts = tuple(batches(bulletin.metrics, BATCH_BYTES))
    _datadog_push.push(bulletin, parts, host=host, key=key, key_name=options.key, ends=errand.ends)


def batches(metrics: tuple[Metric, ...], limit: int) -> Iterator[tuple[Metric, ...]]:
    """Yield ``metrics`` in order, in parts whose JSON stays below ``limit`` bytes."""
    part: list[Metric] = []
    size = 0
    for metric in metrics:
        cost = 200 + len(metric.name) + sum(len(tag) + 4 for tag in metric.tags)
        if part and size + cost > limit:
            yield tuple(part)
            part, size = [], 0
        part.append(metric)
        size += cost
    if part:
        yield tuple(part)


def host_of(environ: Mapping[str, str]) -> str:
    """Return the address of the Datadog that ``environ`` names; raises SinkError where it names none."""
    url = environ.get("SMOKE_DATADOG_URL", "").strip().rstrip("/")
    if url:
        if not re.fullmatch(r"https?://[^/\s@?#]+", url):
            raise SinkError(f"SMOKE_DATADOG_URL is not http(s)://host or http(s)://host:port: {_bare(url)}.")
        return url
    site = environ.get("DD_SITE", "").strip().lower() or SITES[0]
    if site not in SITES:
        raise SinkError(f"DD_SITE {site!r} is no Datadog site; known: {', '.join(SITES)}.")
    return f"https://api.{site}"


def key_of(name: str, environ: Mapping[str, str]) -> str:
    """Return the key that the variable ``name`` holds; raises SinkError where it holds none."""
    key = environ.get(name, "").strip()
    if not re.fullmatch(r"[0-9A-Za-z_-]+", key):
        # http.client would refuse such a header in a message that quotes the key.
        raise SinkError(
            f"{name} is not a key of Datadog: it has characters other than letters, digits, - and _, or none."
        )
    return key


def _bare(url: str) -> str:
    return repr(re.sub(r"//[^/]*@", "//***@", url))
