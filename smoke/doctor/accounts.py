"""Whether the smoke accounts that a run needs are given, without signing in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from smoke.config.problems import ConfigError
from smoke.doctor._asking import target_of
from smoke.doctor.diagnosis import Diagnosis, Health
from smoke.doctor.registry import Surroundings, examination
from smoke.planning.plan import Plan

ABOUT = "accounts"


@examination(ABOUT)
def examine(here: Surroundings) -> Iterator[Diagnosis]:
    """Look for the password, and the secret of the second factor, of each account."""
    from smoke.target import accounts_of

    planned = here.plan
    if isinstance(planned, ConfigError):
        return
    names = {check.account for check in planned.checks if check.account}
    if not names:
        yield Diagnosis(about=ABOUT, health=Health.WELL, text="no check signs in")
        return
    try:
        if target_of(planned, here.settings) is None:
            yield Diagnosis(about=ABOUT, health=Health.WELL, text="those of the embedded application are made anew")
            return
        accounts_of(planned, here.settings.environ)
    except ConfigError as error:
        for each in error.problems:
            what, _, remedy = each.text.partition(": ")
            yield Diagnosis(about=ABOUT, health=Health.ILL, text=f"{each.key} {what}", remedy=remedy)
        return
    text = f"{', '.join(sorted(names))}: every variable is set (smoke accounts check signs in)"
    yield Diagnosis(about=ABOUT, health=Health.WELL, text=text)
    yield from _old(planned, sorted(names), here.now)


def _old(planned: Plan, names: list[str], now: float) -> Iterator[Diagnosis]:
    declared = planned.suite.about.accounts_in(planned.environment_name)
    for name in names:
        said, limit = declared[name].password_set, declared[name].max_password_days
        days = (datetime.fromtimestamp(now, UTC).date() - said).days if said else 0
        if days > limit:
            text = f"the password of {name} is {days} days old, of at most {limit}"
            remedy = f"smoke accounts rotate {name}"
            yield Diagnosis(about=ABOUT, health=Health.WARNING, text=text, remedy=remedy)
