"""``smoke config check|show|schema|matrix|baseline``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from smoke.browser.server import VARIABLE as SERVER
from smoke.commands import options
from smoke.config.problems import ConfigError
from smoke.known import unknown
from smoke.settings import Settings, find_root
from smoke.storage.url import VARIABLE as DATABASE

if TYPE_CHECKING:
    from smoke.config.project import Examined

SECRET_ADDRESSES = (("browser_ws", SERVER), ("history_url", DATABASE))
"""What is set by a variable alone, as it may hold a password or token."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the sub-commands."""
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    check = actions.add_parser(
        "check", help="report every problem of every suite, with file, line, key and the way out"
    )
    check.set_defaults(call=_check)
    show = actions.add_parser("show", help="print each setting and where it comes from, secrets masked")
    show.add_argument("--point", default="local", metavar="POINT", help="execution point (default: local)")
    options.add(show)
    show.set_defaults(call=_show)
    schema = actions.add_parser("schema", help="print the JSON Schema of a file, or write them all")
    schema.add_argument(
        "name",
        nargs="?",
        metavar="NAME",
        help="file to print it of, such as suite or alert-rules (default: write all to config/schema)",
    )
    schema.set_defaults(call=_schema)
    matrix = actions.add_parser("matrix", help="write docs/smoke-matrix.md from the YAML and the journeys")
    matrix.set_defaults(call=_matrix)
    baseline = actions.add_parser(
        "baseline", help="print page rules and noise that one load of a healthy page suggests"
    )
    baseline.add_argument("path", nargs="?", default="/", metavar="PATH", help="page to look at (default: /)")
    options.add(baseline)
    baseline.set_defaults(call=_baseline)


def _check(_given: argparse.Namespace) -> int:
    from datetime import UTC, datetime

    from smoke.config.project import examined

    found = examined(find_root(Path.cwd()), datetime.now(UTC).date())
    for warning in found.warnings:
        print(f"warning: {warning.file}, {warning}", file=sys.stderr)
    for line in _unproven(found):
        print(f"warning: {line}", file=sys.stderr)
    if found.problems:
        raise ConfigError(found.problems)
    print(f"config is valid: {len(found.suites)} suite{'s' * (len(found.suites) != 1)} ({', '.join(found.suites)})")
    return 0


def _unproven(found: Examined) -> Iterator[str]:
    """Yield a line for each suite of which nothing shows that all its checks can go red."""
    from smoke.proof.unproven import unproven
    from smoke.proof.writing import last_proof
    from smoke.settings import resolve

    settings = resolve({}, point="local", root=find_root(Path.cwd()), environ=os.environ)
    for suite in found.loaded:
        yield from unproven(suite, last_proof(suite.name, settings.reports))


def _show(given: argparse.Namespace) -> int:
    from smoke.running.planning import plan_of

    settings = options.settings_of(given, given.point)
    planned = plan_of(settings)
    rows = [
        *_settings_rows(settings, planned.environment_name, planned.environment.base_url),
        *((name, "***", variable) for name, variable in SECRET_ADDRESSES if settings.environ.get(variable)),
        *(
            (f"account {check}", value, origin)
            for check, value, origin in _secret_rows(settings, planned.environment_name)
        ),
    ]
    for name, value, origin in rows:
        print(f"{name:<28} {value:<44} {origin}")
    print(f"\n{len(planned.checks)} checks at {planned.point_name} ({planned.point.scope} scope):")
    for check in planned.checks:
        print(f"  {check.id:<24} {check.category:<18} {check.kind:<8} {check.source}")
    return 0


def _settings_rows(settings: Settings, env: str, base_url: str) -> Iterator[tuple[str, str, str]]:
    file = f"config/suites/{settings.suite}/suite.yaml"
    from_yaml = {
        "env": (env, "config/execution-points.yaml"),
        "base_url": (base_url, f"{file}, environments.{env}"),
    }
    for name, origin in settings.origins.items():
        value = getattr(settings, name)
        if value is None and name in from_yaml:
            yield name, *from_yaml[name]
        else:
            yield name, ", ".join(value) if isinstance(value, tuple) else str(value), origin


def _secret_rows(settings: Settings, env: str) -> Iterator[tuple[str, str, str]]:
    from smoke.config.load import load

    for name, account in load(settings.root, settings.suite).about.accounts_in(env).items():
        for variable in filter(None, (account.password, account.totp)):
            yield name, "***" if settings.environ.get(variable) else "not set", variable


def _schema(given: argparse.Namespace) -> int:
    from smoke.commands.schemas import FOLDER, schemas, text

    every = schemas()
    if given.name is None:
        folder = find_root(Path.cwd()) / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        for name, schema in every.items():
            (folder / f"{name}.json").write_text(text(schema), encoding="utf-8")
        print(f"wrote {len(every)} schemas to {FOLDER}")
        return 0
    if given.name not in every:
        raise ConfigError.of_option("NAME", unknown("schema", given.name, every))
    print(text(every[given.name]), end="")
    return 0


def _matrix(_given: argparse.Namespace) -> int:
    from smoke.config.load import load
    from smoke.config.paths import some_suites
    from smoke.reporting.matrix import matrix

    root = find_root(Path.cwd())
    path = root / "docs" / "smoke-matrix.md"
    text = matrix([load(root, name) for name in some_suites(root)])
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    print("wrote docs/smoke-matrix.md")
    return 0


def _baseline(given: argparse.Namespace) -> int:
    from dataclasses import replace
    from datetime import UTC, datetime

    from smoke.browser.find import find_browser
    from smoke.init.proposal import propose
    from smoke.running.baseline import look
    from smoke.running.guard import guard_of
    from smoke.running.planning import plan_of
    from smoke.target import open_target

    settings = options.settings_of(given, "local")
    planned = replace(plan_of(settings), checks=())
    with open_target(planned, settings) as target:
        guard = guard_of(planned, target, "baseline")
        visit, listeners = look(guard, find_browser(settings.browser, settings.environ), given.path)
    print(propose(visit, listeners.unaccounted(), datetime.now(UTC).date()), end="")
    return 0
