"""What ``smoke accounts check`` found, for people and for programs. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from smoke.model import Outcome
from smoke.upkeep.judging import Found, verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """One account that was looked at."""

    name: str
    user: str
    found: tuple[Found, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All accounts of one environment that were looked at."""

    suite: str
    environment: str
    base_url: str
    looked: tuple[Looked, ...]

    @property
    def verdict(self) -> Outcome:
        """FAIL, INCONCLUSIVE or PASS."""
        return verdict(found for account in self.looked for found in account.found)


def exit_code(outcome: Outcome) -> int:
    """Return what the shell is told: 0 PASS, 1 FAIL, else 3."""
    match outcome:
        case Outcome.PASS:
            return 0
        case Outcome.FAIL:
            return 1
        case Outcome.FLAKY | Outcome.INCONCLUSIVE | Outcome.NOT_RUN:
            return 3


def lines(report: Report) -> Iterator[str]:
    """Yield a line for each account and property, and one for all."""
    width = max(len(account.name) for account in report.looked)
    for account in report.looked:
        for found in account.found:
            yield f"{account.name:<{width}}  {found.property:<12}  {found.outcome:<12}  {found.text}"
        for hint in dict.fromkeys(found.hint for found in account.found if found.hint):
            yield f"{'':<{width}}  hint: {hint}"
    yield f"{report.verdict} {report.suite} in {report.environment}: {_counted(report)}"


def _counted(report: Report) -> str:
    total = len(report.looked)
    good = sum(verdict(account.found) is Outcome.PASS for account in report.looked)
    return f"{good} of {total} account{'s' * (total != 1)} as declared"


def to_json(report: Report) -> str:
    """Write the report as one JSON document."""
    accounts = [
        {
            "name": account.name,
            "user": account.user,
            "outcome": verdict(account.found),
            "properties": [
                {"property": found.property, "outcome": found.outcome, "text": found.text, "hint": found.hint or None}
                for found in account.found
            ],
        }
        for account in report.looked
    ]
    whole = {
        "schema": 1,
        "suite": report.suite,
        "environment": report.environment,
        "base_url": report.base_url,
        "verdict": report.verdict,
        "accounts": accounts,
    }
    return json.dumps(whole, indent=2, ensure_ascii=False)
