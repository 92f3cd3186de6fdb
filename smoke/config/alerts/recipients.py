"""Finds recipients in alert-rules.yaml that no channel reaches: they would never be told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from smoke.config.alerts.alerting import Alerting
from smoke.config.monitoring import Monitoring
from smoke.config.paths import MONITORING
from smoke.config.problems import Problem
from smoke.strict import Key

Named = tuple[Key, str, tuple[str, ...]]
"""Where a recipient stands, as it is written, and in which environments it must be reached."""


def unreached(found: Alerting, monitoring: Monitoring, environments: Iterable[str]) -> Iterator[Problem]:
    """Yield every recipient that is not told in some environment that its rule watches."""
    told = dict.fromkeys(_recipients(found, tuple(environments)))
    if told and not monitoring.channels:
        text = f"names recipients, and {MONITORING} has no channel: list there how each is reached, under channels"
        yield found.rules.source.problem(("rules",), text)
        return
    for key, recipient, wanted in told:
        if missing := [name for name in wanted if not _is_reached(recipient, name, monitoring)]:
            where = "" if len(missing) == len(wanted) else f" in {', '.join(missing)}"
            way_out = f"add it to serves of a channel in {MONITORING}, or change it"
            text = f"nobody is reached as {recipient!r}{where}: {way_out}"
            yield found.rules.source.problem(key, text)


def _is_reached(recipient: str, environment: str, monitoring: Monitoring) -> bool:
    return any(each.addresses((recipient,), environment) for each in monitoring.channels)


def _recipients(found: Alerting, known: tuple[str, ...]) -> Iterator[Named]:
    book, of_roles = found.book, dict[str, dict[str, None]]()
    for index, rule in enumerate(book.rules):
        environments = rule.environments or known
        yield from ((("rules", index, "notify", number), name, environments) for number, name in enumerate(rule.notify))
        for level in book.escalations.get(rule.escalation or "", ()):
            for role in level.roles:
                of_roles.setdefault(role, {}).update(dict.fromkeys(environments))
    for role, wanted in of_roles.items():
        for number, name in enumerate(book.roles[role].notify):
            yield ("roles", role, "notify", number), name, tuple(wanted)
