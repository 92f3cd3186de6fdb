"""What is wrong with alert rules and schedules is told at once, with line, key and the way out."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from textwrap import dedent

import pytest

from smoke.config.alerts.alerting import alerting
from smoke.config.problems import ConfigError
from smoke.config.project import examined
from tests.support.project import FILES, Project

HEAD = """\
severities:
  critical: {title: down, urgency: page, target: 15m, longest: 30m, remind: 30m}
  high: {title: degraded, urgency: page, target: 30m, longest: 1h, remind: 1h}
  warning: {title: a part, urgency: tell, target: 1h, longest: 4h, remind: 6h}
  low: {title: cosmetic, urgency: tell, target: 4h, longest: 24h, remind: 24h}
roles:
  on-call: {notify: [pagerduty]}
escalations:
  matrix:
    - {after: 0m, roles: [on-call], urgency: page, action: Look}
rules:
"""
SCHEDULE = """\
schedules:
  - {suite: shop, environment: canary, cron: "*/30 * * * *", regions: [here, there], point: canary-5}
"""
CHANNELS = """\
channels:
  - {channel: slack, serves: ["slack:#alerts"], webhook: SLACK}
  - {channel: pagerduty, serves: [pagerduty], routing_key: KEY}
"""
RULE = {
    "name": "down", "title": "It is down", "condition": "success_rate < 0.9", "severity": "critical",
    "notify": '["slack:#alerts"]', "runbook": "docs/guide.md", "environments": "[canary]", "points": "[canary-5]",
}  # fmt: skip


def project(folder: Path, *rules: dict[str, str], schedule: str = SCHEDULE, more: str = "") -> Project:
    made = Project(folder)
    for file, text in FILES.items():
        made.write(file, text)
    lines = [f"  - {{{', '.join(f'{key}: {value}' for key, value in {**RULE, **rule}.items())}}}" for rule in rules]
    made.write("docs/guide.md", "# Guide\n")
    made.write("config/alert-rules.yaml", HEAD + "\n".join(lines) + "\n" + dedent(more))
    made.write("config/cron-schedule.yaml", schedule)
    made.write("config/monitoring-integration.yaml", CHANNELS)
    return made


def told(made: Project) -> list[str]:
    """Every problem of the project as one line, in the order of their lines."""
    return [f"{each.file.removeprefix('config/')}, {each}" for each in sorted(examined(made.root, date.min).problems)]


def test_a_project_without_rules_has_no_alerts(tmp_path: Path) -> None:
    assert alerting(tmp_path) is None


def test_rules_that_fit_are_free_of_problems(tmp_path: Path) -> None:
    made = project(tmp_path, {}, {"name": "again", "condition": "consecutive_failures >= 3", "window": "1h30m"})
    assert told(made) == []


@pytest.mark.parametrize(
    "runbook",
    ["docs/guide.md#guide", "/docs/guide.md", "config/cron-schedule.yaml#L2", "https://wiki.example/no#such"],
)
def test_a_runbook_is_a_heading_a_file_or_an_address(tmp_path: Path, runbook: str) -> None:
    """What is no Markdown, or elsewhere, is taken at its word."""
    assert told(project(tmp_path, {"runbook": f'"{runbook}"'})) == []


def test_a_window_shorter_than_the_schedule_explains_itself(tmp_path: Path) -> None:
    """Seed 003 asks for three failures within three minutes, of a check that runs every minute."""
    made = project(tmp_path, {"condition": "consecutive_failures >= 3", "window": "3 minutes"})
    (problem,) = told(made)
    assert problem == (
        "alert-rules.yaml, line 12, rules[0].window: '3 minutes' is shorter than the time between two runs, so most of "
        "the time it is empty and the rule says nothing: shop runs in canary every 30m "
        "(config/cron-schedule.yaml:2); write window: 3 runs, a time of at least 30m, or cadence where it is run more "
        "often than scheduled"
    )


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        ({"condition": "consecutive_failures >= 7", "window": "3 runs"}, "never holds: it takes 7 looks, and '3 runs'"),
        ({"condition": "failures > 4", "window": "1h"}, "never holds: it takes 5 looks, and '1h' holds 4"),
        ({"min_samples": "9", "window": "2h"}, "never holds: it takes 9 looks, and '2h' holds 8"),
        ({"condition": "failing_regions >= 3"}, "takes 3 regions, and it has 2: shop runs in canary every 30m"),
        ({"condition": "missed_slots >= 2", "window": "1h", "grace": "5m"}, "write at least 1h5m"),
        ({"points": "[local]"}, "nothing says how far two runs are apart that this rule looks at"),
        ({"condition": "sucess_rate < 0.9"}, "unknown measure 'sucess_rate'; did you mean 'success_rate'?"),
        ({"condition": "success_rate is low"}, "a condition is a measure, one of < <= > >=, and a number"),
        ({"condition": "p95 > 800"}, "p95 says of which readings, such as p95(*.total_ms)"),
        ({"condition": "p95(total*) > 800"}, "must be plain after the last dot"),
        ({"condition": "success_rate < 90"}, "success_rate is a share, from 0 to 1 or in %"),
        ({"window": "5 fortnights"}, "a window is a time such as 10m or 7 days, or a number of runs"),
        ({"close_at": "0.5"}, "0.5 is bad by 'success_rate < 0.9', so it would open again at once"),
        ({"condition": "inconclusive_streak >= 1"}, "never pages; write warning"),
        (
            {"condition": "inconclusive_streak >= 1", "severity": "warning", "escalation": "matrix"},
            "what could not be judged never pages, and this escalation does",
        ),
        ({"escalation": "matrx"}, "unknown escalation 'matrx'; did you mean 'matrix'?"),
        ({"checks": "[health.rot]"}, "unknown check 'health.rot'; did you mean 'health.root'?"),
        ({"suites": "[shoop]"}, "scheduled are shop in canary at canary-5 from here, there"),
        (
            {"suites": "[shoop]", "regions": "[]"},
            "looks at, shoop in canary at canary-5 from any region: add a schedule",
        ),
        ({"suites": "[shoop]", "window": "1h"}, "unknown suite 'shoop'; did you mean 'shop'?"),
        ({"regions": "[her]", "window": "1h"}, "unknown region 'her'; did you mean 'here'?"),
        ({"per": "account"}, "per: account belongs to password_age"),
        (
            {"condition": "failing_regions >= 2", "per": "region"},
            "failing_regions counts regions, so it cannot be told",
        ),
        ({"condition": "missed_slots >= 2", "window": "2h", "per": "check"}, "a slot is of a region or an environment"),
        (
            {"condition": "availability < 0.9", "window": "3 runs"},
            "availability looks at a time, such as 7 days; got '3",
        ),
        ({"runbook": "docs/gide.md"}, "rules[0].runbook: there is no file 'docs/gide.md' to read; name one of"),
        ({"runbook": "docs"}, "there is no file 'docs' to read"),
        ({"runbook": "docs/guide.md#guid"}, "docs/guide.md has no heading 'guid'; did you mean 'guide'?"),
    ],
    ids=lambda value: "" if isinstance(value, str) else ",".join(value),
)
def test_a_rule_that_could_never_speak_is_a_problem(tmp_path: Path, rule: dict[str, str], problem: str) -> None:
    found = told(project(tmp_path, rule))
    assert len(found) == 1
    assert found[0].startswith("alert-rules.yaml, line 12, rules[0]")
    assert problem in found[0]


def test_a_window_in_which_no_schedule_runs_is_long_enough_for_missed_slots(tmp_path: Path) -> None:
    made = project(tmp_path, {"condition": "missed_slots >= 2", "window": "65m", "grace": "5m"})
    assert told(made) == []


def test_broken_channels_do_not_hide_what_is_wrong_with_rules(tmp_path: Path) -> None:
    made = project(tmp_path, {"checks": "[health.rot]"})
    made.write("config/monitoring-integration.yaml", "channels: none\n")
    rules, channels = told(made)
    assert "unknown check 'health.rot'" in rules
    assert channels.startswith("monitoring-integration.yaml, line 1, channels: ")


def test_a_project_may_tell_nobody(tmp_path: Path) -> None:
    """Where nobody is named by a rule."""
    made = project(tmp_path)
    made.write("config/alert-rules.yaml", HEAD.removesuffix("rules:\n"))
    (made.root / "config/monitoring-integration.yaml").unlink()
    assert told(made) == []


def test_everything_is_told_at_once(tmp_path: Path) -> None:
    schedule = SCHEDULE.replace("*/30 * * * *", "*/30 * *").replace("point", "time_zone: Mars/Olympus, point")
    more = """\
        maintenance:
          - {title: Move, owner: web, since: 2026-01-02 10:00, until: 2026-01-02 12:00Z}
          - {title: Move, owner: web, until: 2026-01-02, cron: "0 2 * * *"}
        silences:
          - {rules: [donw], reason: known, owner: web, until: 2026-01-02 10:00}
        """
    found = told(project(tmp_path, {"condition": "failures"}, schedule=schedule, more=more))
    assert [line.split(", ")[0:3:2] for line in found] == [
        ["alert-rules.yaml", "rules[0].condition: a condition is a measure"],
        ["alert-rules.yaml", "maintenance[0].until: local to its zone: write it without Z or offset"],
        ["alert-rules.yaml", "maintenance[1]: it comes either once"],
        ["cron-schedule.yaml", "schedules[0].cron: cron has five fields"],
        ["cron-schedule.yaml", "schedules[0].time_zone: 'Mars/Olympus' is no time zone; it is UTC"],
    ]


def test_a_schedule_that_could_never_be_down_is_refused(tmp_path: Path) -> None:
    """And so is an address where the name of a variable belongs."""
    schedule = SCHEDULE.replace("point", "down_regions: 3, heartbeat: https://hc-ping.example/1, point")
    regions, heartbeat = told(project(tmp_path, {}, schedule=schedule))
    assert regions.endswith("schedules[0].down_regions: 3 of 2 can never be down; write at most as many")
    assert "schedules[0].heartbeat: names an environment variable" in heartbeat


@pytest.mark.parametrize("watched", [True, False], ids=["with a rule", "without rules"])
def test_a_schedule_of_what_does_not_exist_is_refused_whoever_watches_it(tmp_path: Path, watched: bool) -> None:
    """A rule that it leaves without runs does not hide it."""
    made = project(tmp_path, {}, schedule=SCHEDULE.replace("canary-5", "schedulled"))
    if not watched:
        (made.root / "config" / "alert-rules.yaml").unlink()
    *rules, schedule = told(made)
    assert [each.partition(",")[0] for each in rules] == ["alert-rules.yaml"] * watched
    assert "cron-schedule.yaml, line 2, schedules[0].point: unknown execution point 'schedulled'" in schedule


def test_what_the_manual_has_watched_is_watched(tmp_path: Path) -> None:
    """The files of docs/new-suite.md, as they stand there, and one that is misspelt."""
    made = Project(tmp_path)
    for file, text in FILES.items():
        made.write(file, text.replace("canary", "production"))
    manual = (Path(__file__).parents[2] / "docs/new-suite.md").read_text(encoding="utf-8")
    blocks = dict(re.findall(r"```yaml\n# (config/\S+)\n(.*?)```", manual, re.DOTALL))
    made.replace("config/execution-points.yaml", "points:\n", f"points:\n{blocks.pop('config/execution-points.yaml')}")
    for file, text in blocks.items():
        made.write(file, text)
    assert told(made) == []
    made.replace("config/alert-rules.yaml", '["slack:#shop"]', '["slack:#shoop"]')
    assert len(told(made)) == 1


def test_what_has_ended_is_a_warning(tmp_path: Path) -> None:
    silence = "silences:\n  - {rules: [down], reason: known, owner: web, until: 2026-01-02 10:00}\n"
    made = project(tmp_path, {}, more=silence)
    assert told(made) == []
    assert [each.key for each in examined(made.root, date(2026, 1, 3)).warnings] == ["noise[0]", "silences[0]"][1:]


def test_rules_from_elsewhere_are_read_against_the_same_schedule(tmp_path: Path) -> None:
    made = project(tmp_path, {})
    made.write(
        "new.yaml", (made.root / "config/alert-rules.yaml").read_text().replace("success_rate < 0.9", "failures > 9")
    )
    with pytest.raises(ConfigError, match=r"new\.yaml: 1 problem\n  line 12, rules\[0\]\.window: never holds"):
        alerting(made.root, made.root / "new.yaml")


@pytest.mark.parametrize(
    ("written", "instead", "problem"),
    [
        ("  low: {title: cosmetic, urgency: tell, target: 4h, longest: 24h, remind: 24h}\n", "", "says nothing of low"),
        ("{after: 0m, roles", "{after: 5m, roles", "begins after 5m, and nobody is responsible before"),
        (
            "action: Look}",
            "action: Look}\n    - {after: 1h, action: Ask}\n    - {after: 60m, action: Run}",
            "its steps do not rise; sort them by after, each of its own time",
        ),
    ],
    ids=["a severity is missing", "nobody at first", "two at once"],
)
def test_severities_and_escalations_leave_no_hole(tmp_path: Path, written: str, instead: str, problem: str) -> None:
    made = project(tmp_path, {})
    text = (made.root / "config/alert-rules.yaml").read_text(encoding="utf-8")
    assert written in text
    made.write("config/alert-rules.yaml", text.replace(written, instead))
    (told_of,) = [line for line in told(made) if problem in line]
    assert told_of.startswith("alert-rules.yaml, line ")


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("since: 2026-01-02 10:00Z, until: 2026-01-02 12:00", "maintenance[0].since: local to its zone"),
        ("since: 2026-01-02 10:00, until: 2026-01-02 12:00, time_zone: X/Y", "maintenance[0].time_zone: 'X/Y' is no"),
        ("until: 2026-01-02, cron: 0 2, lasts: 1h", "maintenance[0].cron: cron has five fields"),
        ("until: 2026-01-02, cron: 0 2 * * *, lasts: long", "maintenance[0].lasts: a time is a number with s, m"),
        ("until: 2026-01-02", "maintenance[0]: it comes either once"),
        ("since: 2026-01-02 10:00, until: 2026-01-02 12:00, lasts: 1h", "maintenance[0]: it comes either once"),
        (
            "since: 2026-01-02 10:00, until: 2026-01-02 12:00, lasts: 1h, cron: 0 2 * * *",
            "maintenance[0]: it comes either once",
        ),
    ],
)
def test_maintenance_that_says_no_time_is_a_problem(tmp_path: Path, entry: str, problem: str) -> None:
    (found,) = told(project(tmp_path, {}, more=f"maintenance:\n  - {{title: Move, owner: web, {entry}}}\n"))
    assert problem in found


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("until: 2026-01-02 10:00Z", "silences[0].until: local to its zone: write it without Z or offset"),
        ("until: 2026-01-02 10:00, since: 2026-01-01 10:00Z", "silences[0].since: local to its zone"),
        ("until: 2026-01-02 10:00, time_zone: Mars/Olympus", "silences[0].time_zone: 'Mars/Olympus' is no time zone"),
    ],
)
def test_a_silence_that_says_no_time_is_a_problem(tmp_path: Path, entry: str, problem: str) -> None:
    more = f"silences:\n  - {{rules: [down], reason: known, owner: web, {entry}}}\n"
    (found,) = told(project(tmp_path, {}, more=more))
    assert problem in found


def test_maintenance_names_suites_and_environments_that_there_are(tmp_path: Path) -> None:
    more = """\
        maintenance:
          - {title: Move, owner: web, until: 2026-01-02, cron: 0 2 * * *, lasts: 1h, suites: [shoop], environments: [c]}
        """
    environments, suites = told(project(tmp_path, {}, more=more))
    assert "maintenance[0].suites[0]: unknown suite 'shoop'; did you mean 'shop'?" in suites
    assert "maintenance[0].environments[0]: unknown environment 'c'" in environments
