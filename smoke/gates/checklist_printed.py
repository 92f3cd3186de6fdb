"""The checklist for people and programs: a table on the terminal, Markdown, JSON. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from smoke.gates.criteria import Criterion, CriterionState, Seen
from smoke.gates.markdown import plain

MARKS = {CriterionState.MET: "✅", CriterionState.UNMET: "❌", CriterionState.UNOBSERVED: "❓"}
WIDTHS = (max(map(len, CriterionState)), max(map(len, Criterion)))


def as_lines(seen: Sequence[Seen]) -> Iterator[str]:
    """Yield a line for each criterion, and one for all."""
    for each in seen:
        yield f"{each.standing:<{WIDTHS[0]}}  {each.criterion:<{WIDTHS[1]}}  {each.evidence}"
    yield total(seen)


def total(seen: Sequence[Seen]) -> str:
    """Say in one line how complete the deployment is."""
    counts = Counter(each.standing for each in seen)
    return "deployment complete: " + ", ".join(f"{counts[each]} {each}" for each in CriterionState)


def as_json(seen: Sequence[Seen]) -> list[dict[str, str]]:
    """Return the criteria as gate.json has them."""
    return [{"criterion": each.criterion, "standing": each.standing, "evidence": each.evidence} for each in seen]


def as_markdown(seen: Sequence[Seen]) -> str:
    """Return the part of a job summary that tells them."""
    lines = [
        f"### {total(seen).capitalize()}",
        "",
        "| criterion | | evidence |",
        "|---|---|---|",
        *(f"| {each.criterion} | {MARKS[each.standing]} {each.standing} | {plain(each.evidence)} |" for each in seen),
        "",
    ]
    return "\n".join(lines)
