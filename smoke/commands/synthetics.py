"""``smoke synthetics deploy --to datadog``."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from smoke.commands import options
from smoke.config.problems import ConfigError, Problem, both
from smoke.settings import Settings

if TYPE_CHECKING:
    from smoke.config.suite import Suite
    from smoke.datadog.account import Account
    from smoke.datadog.opening import Opened
    from smoke.datadog.synthetics import Remit

NEEDS = "synthetics_read, synthetics_write, synthetics_private_location_read"
PRODUCTION = "production"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the sub-commands."""
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    deploy = actions.add_parser(
        "deploy", help="have a service run those probes of a suite that only read, from outside"
    )
    deploy.add_argument("--to", choices=["datadog"], required=True, help="the service")
    options.add_writing(deploy)
    options.add_some(deploy, "suite", "env")
    deploy.set_defaults(call=_deploy)


def _deploy(given: argparse.Namespace) -> int:
    from smoke.config.load import load
    from smoke.datadog.deploying import Orders, deploy
    from smoke.datadog.opening import datadog_problem, opened
    from smoke.datadog.sync import omitted_lines
    from smoke.datadog.synthetics import deployment

    settings = options.settings_of(given, "local")
    suite, ours = both(lambda: load(settings.root, settings.suite), lambda: opened(settings, NEEDS))
    ours = ours.minding(settings, _variables(suite))
    remit = _remit(settings, suite, ours)
    made = deployment(remit)
    orders = Orders(
        wanted=made.tests,
        find=lambda there: (each for each in there.tests() if each.name.startswith(f"{suite.name}/{remit.name}/")),
        notes=(*omitted_lines("no test for probe", made.omitted), *omitted_lines("not looked at by test", made.lost)),
        objections=lambda there: _unknown_locations(settings, remit, there),
        locate=lambda _name, text: datadog_problem(settings.root, ("synthetics",), text),
    )
    return deploy(ours, orders, options.writes(given))


def _remit(settings: Settings, suite: Suite, ours: Opened) -> Remit:
    from smoke.config.paths import SCHEDULE
    from smoke.config.schedules import schedules_of
    from smoke.datadog.opening import datadog_problem
    from smoke.datadog.synthetics import Remit, tick_of
    from smoke.known import known

    name = settings.env or PRODUCTION
    terms = ours.options.synthetics
    tick_s = tick_of(terms, schedules_of(settings.root), suite.name, name)
    problems: list[Problem] = []
    if name not in suite.about.environments:
        text = f"suite {suite.name} has no environment {name!r}; {known(name, suite.about.environments)}"
        problems.append(Problem.of_option("--env", text))
    if not terms.locations:
        text = "names no locations; write where tests run from, such as locations: [aws:eu-west-1, aws:us-east-1]"
        problems.append(datadog_problem(settings.root, ("synthetics",), text))
    if tick_s is None:
        text = f"nothing says how often {suite.name} runs in {name}: write every: 5m, or add it to {SCHEDULE}"
        problems.append(datadog_problem(settings.root, ("synthetics",), text))
    if problems or tick_s is None:
        raise ConfigError(problems)
    return Remit(
        suite=suite,
        name=name,
        environment=suite.about.environments[name],
        terms=terms,
        tick_s=tick_s,
        telling=ours.telling,
    )


def _variables(suite: Suite) -> tuple[str, ...]:
    accounts = [each for name in suite.about.environments for each in suite.about.accounts_in(name).values()]
    return tuple(dict.fromkeys(name for each in accounts for name in (each.password, each.totp) if name))


def _unknown_locations(settings: Settings, remit: Remit, there: Account) -> Iterator[Problem]:
    from smoke.datadog.opening import datadog_problem
    from smoke.known import known

    names = there.locations()
    for index, location in enumerate(remit.terms.locations):
        if location not in names:
            text = f"the account has no location {location!r}; {known(location, names)}"
            yield datadog_problem(settings.root, ("synthetics", "locations", index), text)
