"""From settings to a plan."""

from __future__ import annotations

from smoke.config.load import load
from smoke.plan import Plan, Selection, plan
from smoke.settings import Settings


def plan_of(settings: Settings) -> Plan:
    """Read the configuration and plan the run that ``settings`` ask for; raises ConfigError."""
    suite = load(settings.root, settings.suite)
    return plan(suite, settings.point, settings.env, Selection(checks=settings.check, categories=settings.category))
