"""OpenTelemetry's protocol, metrics only: New Relic, Grafana Cloud, Honeycomb, or a collector."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from smoke.sinks.bulletin import Bulletin
from smoke.sinks.options import Options
from smoke.sinks.registry import Errand, sink
from smoke.strict import Variable


class Counts(StrEnum):
    """How a service wants what is counted."""

    DELTA = "delta"
    GAUGE = "gauge"
    """It refuses delta sums, and a run has no past to sum up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What a service that speaks OTLP wants."""

    title: str
    address: str | None
    """None: an environment variable holds it."""
    headers: Mapping[str, str]
    """By name, the environment variable that holds its value."""
    counts: Counts
    max_age_s: float


class Preset(StrEnum):
    """A service that is known."""

    NEW_RELIC = "new-relic"
    NEW_RELIC_EU = "new-relic-eu"
    GRAFANA_CLOUD = "grafana-cloud"
    HONEYCOMB = "honeycomb"
    COLLECTOR = "collector"


NEW_RELIC_KEYS = {"api-key": "NEW_RELIC_LICENSE_KEY"}
TWO_DAYS_S = 48 * 3600.0
SERVICES = {
    Preset.NEW_RELIC: Service(
        title="New Relic",
        address="https://otlp.nr-data.net",
        headers=NEW_RELIC_KEYS,
        counts=Counts.DELTA,
        max_age_s=TWO_DAYS_S,
    ),
    Preset.NEW_RELIC_EU: Service(
        title="New Relic (EU)",
        address="https://otlp.eu01.nr-data.net",
        headers=NEW_RELIC_KEYS,
        counts=Counts.DELTA,
        max_age_s=TWO_DAYS_S,
    ),
    Preset.GRAFANA_CLOUD: Service(
        title="Grafana Cloud",
        address=None,
        headers={"Authorization": "GRAFANA_CLOUD_AUTHORIZATION"},
        counts=Counts.GAUGE,
        max_age_s=3600.0,
    ),
    Preset.HONEYCOMB: Service(
        title="Honeycomb",
        address="https://api.honeycomb.io",
        headers={"x-honeycomb-team": "HONEYCOMB_API_KEY", "x-honeycomb-dataset": "HONEYCOMB_DATASET"},
        counts=Counts.DELTA,
        max_age_s=24 * 3600.0,
    ),
    Preset.COLLECTOR: Service(
        title="the OTLP collector", address=None, headers={}, counts=Counts.GAUGE, max_age_s=3600.0
    ),
}
ENDPOINTS = {Preset.GRAFANA_CLOUD: "GRAFANA_CLOUD_OTLP_ENDPOINT", Preset.COLLECTOR: "OTEL_EXPORTER_OTLP_ENDPOINT"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Otlp(Options):
    """A service that takes OTLP over HTTP."""

    sink: Literal["otlp"] = "otlp"
    """``otlp``."""
    preset: Preset
    """The service: ``new-relic``, ``new-relic-eu``, ``grafana-cloud``, ``honeycomb``, or ``collector`` for any."""
    endpoint: Variable | None = None
    """Environment variable that holds its address, without /v1/metrics. By default the preset's own address;
    GRAFANA_CLOUD_OTLP_ENDPOINT or, for a collector, OTEL_EXPORTER_OTLP_ENDPOINT where it has none."""
    headers: dict[str, Variable] = field(default_factory=dict)
    """Headers besides the preset's, or in their place: by name, the environment variable that holds the value."""

    @property
    def service(self) -> Service:
        """What the preset stands for."""
        return SERVICES[self.preset]

    @property
    def title(self) -> str:
        """The service's name."""
        return self.service.title

    @property
    def label(self) -> str:
        """``otlp``, and which."""
        return f"otlp {self.preset}"

    @property
    def address_in(self) -> str | None:
        """Environment variable that holds the address."""
        return self.endpoint or ENDPOINTS.get(self.preset)

    @property
    def headers_in(self) -> dict[str, str]:
        """Environment variables that hold the headers, by their names."""
        return {**self.service.headers, **self.headers}

    @property
    def needed(self) -> tuple[str, ...]:
        """Address and headers."""
        return (*filter(None, [self.address_in]), *self.headers_in.values())

    @property
    def secrets(self) -> tuple[str, ...]:
        """Headers: most of them are keys."""
        return tuple(self.headers_in.values())

    @property
    def max_age_s(self) -> float:
        """The preset's."""
        return self.service.max_age_s


@sink(Otlp, extra="otlp", library="opentelemetry.proto", loads=("smoke.sinks._otlp_push",))
def deliver(bulletin: Bulletin, options: Otlp, errand: Errand) -> None:
    """Post the metrics, gzipped, as protobuf; raises SinkError."""
    from smoke.sinks import _otlp_push

    address = errand.environ[options.address_in].strip() if options.address_in else options.service.address
    headers = {name: errand.environ[variable].strip() for name, variable in options.headers_in.items()}
    _otlp_push.push(
        bulletin,
        url=f"{str(address).rstrip('/').removesuffix('/v1/metrics')}/v1/metrics",
        headers=headers,
        options=options,
        ends=errand.ends,
    )
