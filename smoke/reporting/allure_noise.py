"""What is accepted, in Allure's words: a table of the entries in force, and which of them a check has met."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable

from smoke.config.noise import NoiseEntry
from smoke.judging.judged import CheckResult
from smoke.judging.noise import acceptance

FILE = "known-issues.csv"
HEADING = ("kind", "matches", "reason", "owner", "until", "seen in this run")


def met(result: CheckResult, entries: Iterable[NoiseEntry]) -> Counter[str]:
    """Count what of ``entries`` the attempts of a check met, by what it says of itself."""
    known = {acceptance(entry) for entry in entries}
    said = (signal.accepted_by for attempt in result.attempts for signal in attempt.signals)
    return Counter(each for each in said if each in known)


def table(entries: Iterable[NoiseEntry], results: Iterable[CheckResult]) -> str:
    """Write ``entries``, with how often ``results`` met them, as CSV with a heading."""
    entries = tuple(entries)
    seen = sum((met(result, entries) for result in results), Counter[str]())
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(HEADING)
    rows.writerows(
        (each.kind, each.matches, each.reason, each.owner, each.until, seen[acceptance(each)]) for each in entries
    )
    return text.getvalue()
