"""Whether a run could be planned at all."""

from __future__ import annotations

from collections.abc import Iterator

from smoke.config.problems import ConfigError
from smoke.doctor.diagnosis import Diagnosis, Health
from smoke.doctor.registry import Surroundings, examination

ABOUT = "configuration"


@examination(ABOUT)
def examine(here: Surroundings) -> Iterator[Diagnosis]:
    """Plan what ``smoke run`` would do; raises ConfigError where options name what does not exist."""
    planned, said = here.plan, here.given.suite or here.given.env
    if isinstance(planned, ConfigError) and said and any(each.is_usage for each in planned.problems):
        raise planned
    if isinstance(planned, ConfigError):
        first, more = planned.problems[0], len(planned.problems) - 1
        text = f"{first.file}: {first}" + (f" (and {more} more)" if more else "")
        remedy = "smoke config check lists every problem"
        yield Diagnosis(about=ABOUT, health=Health.ILL, text=text, remedy=remedy)
    else:
        where = f"{planned.suite.name} in {planned.environment_name}"
        yield Diagnosis(about=ABOUT, health=Health.WELL, text=f"{len(planned.checks)} checks of {where} would run")
