"""``smoke monitors sync``."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from smoke.commands import options
from smoke.config.problems import ConfigError, Problem, both
from smoke.settings import Settings

if TYPE_CHECKING:
    from smoke.config.alerts.alerting import Alerting
    from smoke.datadog.monitors import Telling

NEEDS = "monitors_read, monitors_write, dashboards_read, dashboards_write"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the sub-commands."""
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    sync = actions.add_parser("sync", help="make the monitors of alert-rules.yaml and both dashboards in Datadog")
    options.add_writing(sync)
    options.add_some(sync, "env")
    sync.set_defaults(call=_sync)


def _sync(given: argparse.Namespace) -> int:
    from smoke.datadog.dashboards import dashboards
    from smoke.datadog.deploying import Orders, deploy
    from smoke.datadog.monitors import monitors
    from smoke.datadog.opening import opened
    from smoke.datadog.sync import omitted_lines
    from smoke.sinks.metrics import tag_value

    settings = options.settings_of(given, "local")
    alerts, ours = both(lambda: _alerts(settings), lambda: opened(settings, NEEDS))
    made, omitted = monitors(alerts.book, alerts.schedules, ours.telling, settings.env)
    elsewhere = {tag_value(rule.name) for rule in alerts.book.rules}
    elsewhere -= {each.name for each in made} | {tag_value(each.name) for each in omitted}
    orders = Orders(
        wanted=(*made, *dashboards()),
        find=lambda there: (
            *(each for each in there.monitors() if each.name not in elsewhere),
            *there.dashboards(),
        ),
        notes=(*omitted_lines("no monitor for rule", omitted), *_unreached(alerts, ours.telling)),
        locate=lambda name, text: _problem(alerts, name, text),
    )
    return deploy(ours, orders, options.writes(given))


def _alerts(settings: Settings) -> Alerting:
    from smoke.config.alerts.alerting import alerting
    from smoke.config.load import load
    from smoke.config.paths import RULES, some_suites
    from smoke.known import known

    if (alerts := alerting(settings.root)) is None:
        text = "is missing, so there is nothing to watch: docs/new-suite.md has one to begin with (Have it watched)"
        raise ConfigError([Problem(RULES, 0, "", text)])
    if settings.env is not None:
        names = {name for each in some_suites(settings.root) for name in load(settings.root, each).about.environments}
        if settings.env not in names:
            text = f"no suite has an environment {settings.env!r}; {known(settings.env, sorted(names))}"
            raise ConfigError.of_option("--env", text)
    return alerts


def _problem(alerts: Alerting, name: str, text: str) -> Problem:
    from smoke.sinks.metrics import tag_value

    index = next(index for index, rule in enumerate(alerts.book.rules) if tag_value(rule.name) == name)
    return alerts.rules.source.problem(("rules", index, "condition"), text)


def _unreached(alerts: Alerting, telling: Telling) -> Iterator[str]:
    names = dict.fromkeys(each for rule in alerts.book.rules for each in rule.notify)
    for name in names:
        if telling.handle(name) is None:
            yield f"no handle for {name}: Datadog does not tell it; name one under handles of sink: datadog"
