"""The guide for whoever is on call has a word about every rule, and keeps to what the rules say."""

from __future__ import annotations

import re
from pathlib import Path

from tests.alerts.pasts import shipped

ROOT = Path(__file__).parents[2]
GUIDE = "docs/alert-response-guide.md"


def anchors() -> set[str]:
    text = (ROOT / GUIDE).read_text(encoding="utf-8")
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in re.findall(r"^#+ (.+)$", text, re.M)}


def test_every_runbook_of_a_rule_is_a_section():
    linked = {rule.runbook for rule in shipped().book.rules}
    assert {link.partition("#")[0] for link in linked} == {GUIDE}
    assert {link.partition("#")[2] for link in linked} - anchors() == set()


def test_links_within_the_guide_lead_somewhere():
    text = (ROOT / GUIDE).read_text(encoding="utf-8")
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) - anchors() == set()


def test_the_times_of_severities_are_those_of_the_rules():
    text = (ROOT / GUIDE).read_text(encoding="utf-8")
    for name, grade in shipped().book.severities.items():
        row = next(line for line in text.splitlines() if line.startswith(f"| {name} |"))
        told = [cell.strip().replace(" ", "").replace("min", "m") for cell in row.split("|")[4:7]]
        assert told == [grade.target, grade.longest, grade.remind], name
