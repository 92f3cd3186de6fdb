"""What is asked of a history so that rules can be judged: enough, and no more."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from smoke.alerts.gathering import gather
from smoke.alerts.past import PasswordFact, Past
from smoke.alerts.scope import reach
from smoke.config.alerts.rule import Per, Rule
from smoke.config.alerts.rule_file import concerns
from smoke.history.facts import CheckFact, Reading, RunFact
from smoke.model import Category
from tests.alerts.pasts import MINUTE, at, check, only, reading, run, shipped

NOW = at("2026-03-02 10:00")
HALF = 30 * MINUTE
RUN = run(NOW)
CHECKS = tuple(check(RUN, name) for name in ("health.api", "health.root", "home.load"))
READING = reading(RUN, "health.api", "total_ms", 9)
PASSWORDS = (PasswordFact(account="basic", changed=date(2026, 3, 1)),)


@dataclass
class Noted:
    """A history that notes what it is asked for, and how many half hours before now that begins."""

    asked: dict[str, float] = field(default_factory=dict)

    def runs(self, suite: str, environment: str, since: float, until: float) -> tuple[RunFact, ...]:
        self._note("runs", suite, environment, since, until)
        return (RUN,)

    def checks(
        self, suite: str, environment: str, since: float, until: float, check_id: str | None = None
    ) -> tuple[CheckFact, ...]:
        self._note("checks", suite, environment, since, until)
        return CHECKS

    def readings(
        self, suite: str, environment: str, since: float, until: float, *, name: str, check_id: str | None = None
    ) -> tuple[Reading, ...]:
        self._note(name, suite, environment, since, until)
        return (READING,) if name == READING.name else ()

    def _note(self, what: str, suite: str, environment: str, since: float, until: float) -> None:
        assert (suite, environment) == ("betterprompts", "production")
        assert NOW < until < NOW + 1, "a run that has just finished is in"
        self.asked[what] = (NOW - since) / HALF


def a_rule(condition: str = "success_rate < 0.9", **changes: Any) -> Rule:
    (rule,) = only(shipped().book, "smoke_test_failure", condition=condition, close_at=None, **changes).rules
    return rule


def gathered(*rules: Rule, since: float = NOW) -> tuple[dict[str, float], Past]:
    history, place = Noted(), ("betterprompts", "production")
    past = gather(history, rules, *place, schedules=shipped().schedules, passwords=PASSWORDS, since=since, now=NOW)
    return history.asked, past


@pytest.mark.parametrize(
    ("about", "watched"),
    [
        ({"suites": ("betterprompts",)}, True),
        ({"suites": ("mosaic",)}, False),
        ({"suites": ()}, True),
        ({"environments": ("canary",)}, False),
        ({"environments": ("canary", "production")}, True),
        ({"environments": ()}, True),
        ({"suites": ("mosaic",), "environments": ("canary",)}, False),
    ],
)
def test_a_rule_watches_its_suites_and_environments(about: dict[str, Any], watched: bool) -> None:
    assert concerns(a_rule(**about), "betterprompts", "production") is watched


@pytest.mark.parametrize(
    ("about", "halves"),
    [
        ({}, 3),
        ({"window": "4 runs"}, 6),
        ({"window": "2h"}, 6),
        ({"open_after": 5, "close_after": 2}, 7),
        ({"open_after": 2, "close_after": 5}, 7),
        ({"condition": "missed_slots >= 1", "window": "2h"}, 338),
        ({"condition": "missed_slots >= 1", "window": "8d"}, 386),
    ],
)
def test_a_rule_needs_its_window_and_the_looks_that_open_or_close(about: dict[str, Any], halves: float) -> None:
    """One of them may be late by its interval; a region that went silent is missed for a week."""
    assert reach(a_rule(**about), HALF) == halves * HALF


def test_what_one_rule_needs_for_long_others_do_not() -> None:
    """Runs are fetched for the longest of all, checks and readings for those that ask for them."""
    long, some = a_rule(window="7 days"), a_rule(checks=("health",), window="2 runs")
    slow, later = a_rule("p95(*.total_ms) > 800", window="3 runs"), NOW - 10 * HALF
    assert gathered(long)[0] == {"runs": 338}
    assert gathered(long, some)[0] == {"runs": 338, "checks": 4}
    assert gathered(some, slow)[0] == {"runs": 5, "checks": 5} | {f"{each.check_id}.total_ms": 5 for each in CHECKS}
    assert gathered(some, since=later)[0] == {"runs": 14, "checks": 14}
    assert gathered(a_rule("max(home.load_ms) > 9"), since=later)[0] == {"runs": 13, "checks": 13, "home.load_ms": 13}


@pytest.mark.parametrize(
    "about",
    [
        {"checks": ("health",)},
        {"categories": (Category.DATABASE,)},
        {"per": Per.CHECK},
        {"condition": "error_rate > 0.1"},
    ],
)
def test_checks_are_fetched_for_rules_that_speak_of_them(about: dict[str, Any]) -> None:
    assert gathered(a_rule(**about))[0] == {"runs": 3, "checks": 3}


def test_nothing_is_fetched_for_rules_of_something_else() -> None:
    asked, past = gathered(a_rule(suites=("mosaic",)), a_rule(environments=("canary",)))
    assert (asked, past.runs) == ({}, ())


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("*.total_ms", {"health.api.total_ms", "health.root.total_ms", "home.load.total_ms"}),
        ("health.*.total_ms", {"health.api.total_ms", "health.root.total_ms"}),
        ("home.load_ms", {"home.load_ms"}),
        ("health.api.total_ms", {"health.api.total_ms"}),
        ("login.*.total_ms", set()),
    ],
)
def test_readings_are_asked_for_by_their_names(pattern: str, names: set[str]) -> None:
    """A probe's begin with its id; a page's are as a rule writes them."""
    asked, _ = gathered(a_rule(f"max({pattern}) > 9"))
    assert set(asked) - {"runs", "checks"} == names


def test_a_reading_of_two_rules_is_asked_for_once_and_for_the_longer_window() -> None:
    rules = [a_rule("max(*.total_ms) > 9", window=window) for window in ("2 runs", "6 runs", "3 runs")]
    asked, past = gathered(*rules, a_rule("max(home.load_ms) > 9"))
    assert (asked["health.api.total_ms"], asked["home.load_ms"]) == (8, 3)
    assert past.readings == (READING,)


def test_what_was_fetched_is_the_past_of_this_place() -> None:
    _, past = gathered(a_rule("max(*.total_ms) > 9"))
    assert (past.suite, past.environment, past.runs, past.checks) == ("betterprompts", "production", (RUN,), CHECKS)
    assert (past.readings, past.passwords) == ((READING,), PASSWORDS)
    assert [each.suite for each in past.schedules] == ["betterprompts"]
