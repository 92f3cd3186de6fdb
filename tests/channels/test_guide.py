"""The guide for whoever is on call has a word about every rule, and keeps to what the rules say."""

from __future__ import annotations

import re
from pathlib import Path

from smoke.channels.links import Links
from smoke.channels.message import a_test
from smoke.config.alerts.runbooks import anchors
from tests.alerts.pasts import shipped

ROOT = Path(__file__).parents[2]
GUIDE = "docs/alert-response-guide.md"


def test_every_rule_has_a_section_by_its_name():
    """That the heading is there is for ``smoke config check`` to say."""
    rules = shipped().book.rules
    assert [rule.runbook for rule in rules] == [f"{GUIDE}#{rule.name}" for rule in rules]


def test_links_within_the_guide_lead_somewhere():
    text = (ROOT / GUIDE).read_text(encoding="utf-8")
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) - {*anchors(text)} == set()


def test_the_message_that_tests_a_channel_leads_to_its_section():
    file, _, section = a_test("slack", "", 0.0, Links()).runbook.partition("#")
    assert (file, section in anchors((ROOT / GUIDE).read_text(encoding="utf-8"))) == (GUIDE, True)


def test_the_times_of_severities_are_those_of_the_rules():
    text = (ROOT / GUIDE).read_text(encoding="utf-8")
    for name, grade in shipped().book.severities.items():
        row = next(line for line in text.splitlines() if line.startswith(f"| {name} |"))
        told = [cell.strip().replace(" ", "").replace("min", "m") for cell in row.split("|")[4:7]]
        assert told == [grade.target, grade.longest, grade.remind], name
