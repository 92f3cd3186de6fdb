"""Prometheus, which comes and looks: metrics wait for it at a Pushgateway, or in a file for the node exporter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from smoke.sinks.bulletin import Bulletin
from smoke.sinks.options import Options
from smoke.sinks.registry import Errand, Keeping, sink
from smoke.strict import Text, Variable


@dataclass(frozen=True, slots=True, kw_only=True)
class Prometheus(Options):
    """A Pushgateway, a folder that the node exporter's textfile collector reads, or both."""

    sink: Literal["prometheus"] = "prometheus"
    """``prometheus``."""
    pushgateway: Variable | None = None
    """Environment variable that holds the Pushgateway's address; one with a user and a password is sent them."""
    textfile: Text | None = None
    """Folder that the textfile collector reads; a file for each suite, environment, region and execution point."""

    def __post_init__(self) -> None:
        if self.pushgateway is None and self.textfile is None:
            raise ValueError("prometheus needs pushgateway or textfile")

    @property
    def needed(self) -> tuple[str, ...]:
        """The Pushgateway's address."""
        return () if self.pushgateway is None else (self.pushgateway,)

    @property
    def secrets(self) -> tuple[str, ...]:
        """The same: it may hold a password."""
        return self.needed


@sink(
    Prometheus,
    keeping=Keeping.LATEST,
    extra="prometheus",
    library="prometheus_client",
    loads=("smoke.sinks._prometheus_push",),
)
def deliver(bulletin: Bulletin, options: Prometheus, errand: Errand) -> None:
    """Write the file, then replace the group at the Pushgateway; raises SinkError."""
    from smoke.sinks import _prometheus_push

    if options.textfile is not None:
        _prometheus_push.write(bulletin, options.textfile)
    if options.pushgateway is not None:
        url = errand.environ[options.pushgateway].strip()
        _prometheus_push.push(bulletin, url, keys=options.pushgateway, ends=errand.ends)
