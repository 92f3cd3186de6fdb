"""Whether the services that are told of runs and incidents have their keys, and whether those look like keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from smoke.config.problems import ConfigError
from smoke.doctor.diagnosis import Diagnosis, Health
from smoke.doctor.registry import Surroundings, examination
from smoke.variables import Shape, misshapen

if TYPE_CHECKING:
    from smoke.channels.registry import Channel
    from smoke.sinks.registry import Outlet

UNSET = "set it in the environment or in .env, or take it out of config/monitoring-integration.yaml"


@examination("keys")
def examine(here: Surroundings) -> Iterator[Diagnosis]:
    """Look at the variables of each sink and channel that is on where a run would go."""
    from smoke.config.monitoring import monitoring

    try:
        told = monitoring(here.settings.root)
    except ConfigError as error:
        yield Diagnosis(about="keys", health=Health.ILL, text=str(error.problems[0]), remedy="smoke config check")
        return
    environ, planned = here.settings.environ, here.plan
    where = None if isinstance(planned, ConfigError) else planned.environment_name
    services: tuple[Outlet | Channel, ...] = (*told.outlets, *told.channels)
    for each in services:
        options = each.options
        if where is None or where in (options.environments or (where,)):
            wrong = misshapen(options.shapes, environ)
            yield judged(options.label, options.needed, each.explain_disabled(environ), wrong)


def judged(label: str, needed: tuple[str, ...], disabled: str | None, wrong: tuple[Shape, ...]) -> Diagnosis:
    """Judge one service by the variables it needs, why it is off, and which values cannot be right; shows no value."""
    if wrong:
        text = "; ".join(f"{each.variable} does not look right: it is {each.told}" for each in wrong)
        return Diagnosis(about=label, health=Health.ILL, text=text, remedy="copy it again, without quotes around it")
    if disabled:
        return Diagnosis(about=label, health=Health.WARNING, text=disabled.rstrip("."), remedy=UNSET)
    text = f"{' and '.join(needed)} {'is' if len(needed) == 1 else 'are'} set" if needed else "needs no key"
    return Diagnosis(about=label, health=Health.WELL, text=text)
