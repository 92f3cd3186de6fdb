"""The Datadog Synthetics test that stands for a probe. Pure.

Only probes that read, as anybody may: a test at Datadog has no smoke account, holds no secret and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from smoke import spans
from smoke.answers.variables import names_in
from smoke.config.cron_schedule import Schedule
from smoke.config.probe import Probe
from smoke.config.suite import Suite
from smoke.config.suite_file import Environment
from smoke.datadog.assertions import assertions
from smoke.datadog.definition import MANAGED, Definition, Json, Kind, Omitted
from smoke.datadog.monitors import Telling
from smoke.sinks._datadog_terms import LONGEST_TICK_S, SHORTEST_TICK_S, Synthetics
from smoke.sinks.metrics import tag_value

TEST_TAG = "smoke-test"
SECRETIVE = {"authorization", "cookie", "proxy-authorization", "x-api-key", "x-auth-token"}
"""Request headers whose values are no business of anybody else's."""
READ = {"GET", "HEAD"}
HTTPS = 443


@dataclass(frozen=True, slots=True, kw_only=True)
class Remit:
    """Where tests look, and on what terms."""

    suite: Suite
    name: str
    """Of the environment."""
    environment: Environment
    terms: Synthetics
    tick_s: int
    telling: Telling


@dataclass(frozen=True, slots=True, kw_only=True)
class Translated:
    """What probes become."""

    tests: tuple[Definition, ...]
    omitted: tuple[Omitted, ...]
    """Probes that stay at home, and why."""
    lost: tuple[Omitted, ...]
    """What of a test's expectations is not looked at there."""


def deployment(remit: Remit) -> Translated:
    """Return the tests for every probe of ``remit`` that can be one."""
    tests: list[Definition] = []
    omitted: list[Omitted] = []
    lost: list[Omitted] = []
    for probe in remit.suite.probes:
        if reason := next(_obstacles(probe, remit), None):
            omitted.append(Omitted(name=probe.id, reason=reason))
            continue
        said, unsaid = assertions(probe.expect)
        tests.append(_http(probe, remit, said))
        lost += [Omitted(name=probe.id, reason=each) for each in unsaid]
        if probe.expect.tls_days_left is not None:
            tests.append(_certificate(probe, remit, probe.expect.tls_days_left))
    return Translated(tests=tuple(tests), omitted=tuple(omitted), lost=tuple(lost))


def tick_of(terms: Synthetics, schedules: Sequence[Schedule], suite: str, environment: str) -> int | None:
    """Return how often tests run, in seconds, within what Datadog allows; None where nothing tells."""
    if terms.every is not None:
        return round(spans.seconds(terms.every))
    found = [each.interval for each in schedules if (each.suite, each.environment) == (suite, environment)]
    return round(min(max(min(found), SHORTEST_TICK_S), LONGEST_TICK_S)) if found else None


def address(probe: Probe, environment: Environment) -> str:
    """Return the address that ``probe`` asks."""
    base = environment.urls[probe.base] if probe.base else environment.base_url
    return base.rstrip("/") + probe.request.partition(" ")[2]


def _obstacles(probe: Probe, remit: Remit) -> Iterator[str]:
    method = probe.request.partition(" ")[0]
    if probe.contracts and remit.environment.contract not in probe.contracts:
        yield f"{remit.name} has another contract"
    if probe.account is not None:
        yield f"it is signed in as {probe.account}, and no account leaves the house"
    if method not in READ:
        yield f"{method} is no plain reading request"
    if probe.after:
        yield f"it comes after {', '.join(probe.after)}"
    if probe.cleanup is not None or probe.counter is not None or probe.eventually is not None:
        yield "it takes more than one request"
    if secret := sorted(SECRETIVE & {name.lower() for name in probe.headers}):
        yield f"it sends {', '.join(secret)}"
    if names := sorted(names_in([probe.request, probe.headers, probe.body])):
        yield f"{', '.join(f'{{{name}}}' for name in names)} is known to a run only"
    base = remit.environment.urls.get(probe.base or "", remit.environment.base_url)
    if not base.startswith(("http://", "https://")):
        yield f"{base} is not an address that Datadog can reach"


def _http(probe: Probe, remit: Remit, said: list[dict[str, Any]]) -> Definition:
    request = {
        "method": probe.request.partition(" ")[0],
        "url": address(probe, remit.environment),
        "timeout": max(1, round(remit.environment.timeout_ms / 1000)),
        "follow_redirects": False,
        **({"headers": dict(probe.headers)} if probe.headers else {}),
    }
    return _test(probe, remit, probe.id, "http", {"request": request, "assertions": said})


def _certificate(probe: Probe, remit: Remit, days: float) -> Definition:
    parts = urlsplit(address(probe, remit.environment))
    request = {"host": parts.hostname, "port": parts.port or HTTPS}
    said = [{"type": "certificate", "operator": "isInMoreThan", "target": days}]
    return _test(probe, remit, f"{probe.id}.certificate", "ssl", {"request": request, "assertions": said})


def _test(probe: Probe, remit: Remit, check: str, subtype: str, config: Json) -> Definition:
    name = f"{remit.suite.name}/{remit.name}/{check}"
    terms = remit.terms
    handles = " ".join(dict.fromkeys(filter(None, map(remit.telling.handle, terms.notify))))
    title = f"{remit.suite.about.title} in {remit.name}: {probe.title}"
    tags = (
        ("suite", remit.suite.name),
        ("env", remit.name),
        ("check", check),
        ("category", str(probe.category)),
    )
    document = {
        "name": title,
        "type": "api",
        "subtype": subtype,
        "status": "live" if terms.live else "paused",
        "tags": [MANAGED, f"{TEST_TAG}:{name}", *(f"{key}:{tag_value(value)}" for key, value in tags)],
        "locations": list(terms.locations),
        "message": f"{title}, says check {check} of the smoke test.\n{handles}".rstrip(),
        "config": config,
        "options": {
            "tick_every": remit.tick_s,
            "retry": {"count": terms.retries, "interval": round(spans.seconds(terms.retry_after) * 1000)},
            "min_location_failed": terms.failing_locations,
            "min_failure_duration": 0,
            "monitor_name": title,
            "monitor_priority": 2 if probe.critical else 4,
            **({"follow_redirects": False} if subtype == "http" else {}),
        },
    }
    return Definition(kind=Kind.TEST, name=name, document=document)
