"""What the journeys of a clean run promise to catch, by what they did in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from smoke.config.problems import ConfigError, Problem
from smoke.model import Check, CheckKind
from smoke.proof.clean import Clean
from smoke.proof.declared import could_befall_journey, journey_faults_of, unknown
from smoke.proof.journey_fault import JourneyFault, Recorded


def faults_of_journeys(clean: Clean) -> Iterator[tuple[Check, JourneyFault]]:
    """Yield every fault that the journeys of a clean run promise to catch; raises ConfigError for unknown ones."""
    problems: list[Problem] = []
    found: list[tuple[Check, JourneyFault]] = []
    for check in clean.plan.checks:
        if check.kind is CheckKind.JOURNEY:
            did = _recorded(clean, check)
            faults = journey_faults_of(did, check.proves)
            found += [(check, fault) for fault in faults]
            file, _, line = check.source.rpartition(":")
            for _, text in unknown("fault", check.proves, could_befall_journey(did)):
                problems.append(Problem(file, int(line), check.id, f"proves: {text}"))
    if problems:
        raise ConfigError(problems)
    yield from found


def _recorded(clean: Clean, check: Check) -> Recorded:
    """Return what journey ``check`` did in the clean run."""
    return Recorded(
        check=check,
        exchanges=clean.tape.of(check.id),
        clicked=clean.clicked.get(check.id, frozenset()),
        used=tuple(clean.looking.used.get(check.id, ())),
        looks_at_title=check.id in clean.looking.titled,
        sockets=check.id in clean.sockets,
        budgets=_budgets(clean, check.id),
        build=clean.build,
        guarded=clean.plan.suite.about.page.cookies,
        owns=clean.target.owns,
        signs=_signs(clean) if check.account else {},
    )


def _budgets(clean: Clean, check_id: str) -> dict[str, float]:
    """Return the strictest budgets of the pages of a journey: those of all pages, and those that it measures by."""
    found: dict[str, float] = dict(clean.plan.suite.about.page.budgets)
    for attempt in clean.results[check_id].attempts:
        for each in attempt.measurements:
            kind = each.name.rpartition(".")[2]
            if each.budget is not None:
                found[kind] = min(each.budget, found.get(kind, each.budget))
    return found


def _signs(clean: Clean) -> Mapping[str, str]:
    login = clean.plan.suite.about.login
    if login is None:
        return {}
    address = clean.target.urls[login.base] if login.base else clean.target.base_url
    return {written: f"{address}{written.partition(' ')[2]}" for written in login.writes}
