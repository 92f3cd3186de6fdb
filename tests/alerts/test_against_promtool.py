"""A second opinion on windows: Prometheus's own rule tester fires in the same minutes (Debian's package prometheus)."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from smoke.alerts.past import Past
from smoke.alerts.seen import see
from smoke.alerts.subject import Subject
from smoke.config.alerts.rule import Rule
from tests.alerts.pasts import MINUTE, OUTCOMES, check, every, only, past, reading, shipped

PROMTOOL = shutil.which("promtool")
pytestmark = pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed: apt-get install prometheus")
START = 1_772_445_600.0
SUITE = "deltacrown"
CHECK = "uptime.health"
EXPRESSIONS = {
    # the range of Prometheus 2 holds both its ends, ours only the later one
    "sum_over_time(fails[179s]) >= 3": {"condition": "failures >= 3", "window": "3m", "min_samples": 1},
    "avg_over_time(millis[599s]) > 500": {"condition": "mean(uptime.*.total_ms) > 500", "window": "10m"},
    "1 - avg_over_time(fails[299s]) < 0.7": {"condition": "success_rate < 0.7", "window": "5m", "min_samples": 1},
    "max_over_time(millis[179s]) > 800": {"condition": "max(uptime.*.total_ms) > 800", "window": "3m"},
}


def facts(verdicts: str, millis: list[int]) -> Past:
    """One look a minute; a gap is written ``-``."""
    runs = every(MINUTE, START, verdicts.replace("F", "P"), suite=SUITE)
    seen = {START + index * MINUTE: (letter, millis[index]) for index, letter in enumerate(verdicts)}
    checks = [check(of, CHECK, OUTCOMES[seen[of.finished][0]]) for of in runs]
    readings = [reading(of, CHECK, "total_ms", seen[of.finished][1]) for of in runs]
    return past(runs, checks, readings, suite=SUITE)


def ours(rule: Rule, known: Past, minutes: int) -> list[bool]:
    found = []
    for index in range(minutes):
        subject = Subject(suite=SUITE, environment="production")
        value = see(rule, subject, known, (), START + index * MINUTE).value
        found.append(value is not None and rule.asks.holds(value))
    return found


def agrees(folder: Path, expression: str, verdicts: str, millis: list[int], firing: list[bool]) -> bool:
    """Ask promtool whether ``expression`` fires in exactly the minutes of ``firing``."""
    rules = {"groups": [{"name": "g", "rules": [{"alert": "A", "expr": expression}]}]}
    series = {
        "fails": " ".join("_" if letter == "-" else str(int(letter == "F")) for letter in verdicts),
        "millis": " ".join(
            "_" if letter == "-" else str(value) for letter, value in zip(verdicts, millis, strict=True)
        ),
    }
    expected = [
        {"eval_time": f"{index}m", "alertname": "A", "exp_alerts": [{"exp_labels": {}}] if fires else []}
        for index, fires in enumerate(firing)
    ]
    test = {
        "rule_files": ["rules.yml"],
        "evaluation_interval": "1m",
        "tests": [
            {
                "interval": "1m",
                "input_series": [{"series": name, "values": values} for name, values in series.items()],
                "alert_rule_test": expected,
            }
        ],
    }
    (folder / "rules.yml").write_text(json.dumps(rules))
    (folder / "test.yml").write_text(json.dumps(test))
    done = subprocess.run([str(PROMTOOL), "test", "rules", "test.yml"], cwd=folder, capture_output=True, check=False)
    return done.returncode == 0


@pytest.mark.parametrize("expression", EXPRESSIONS)
@pytest.mark.parametrize("seed", range(3))
def test_fires_in_the_same_minutes(tmp_path: Path, expression: str, seed: int) -> None:
    chance = random.Random(seed)
    verdicts = "".join(chance.choices("PF-", weights=[5, 5, 2], k=60))
    millis = [chance.choice([100, 300, 700, 900]) for _ in verdicts]
    changes = {"min_samples": 1, "checks": (CHECK,), **EXPRESSIONS[expression], "per": "environment"}
    rule = only(shipped().book, "consecutive_failures", close_at=None, **changes).rules[0]
    firing = ours(rule, facts(verdicts, millis), 60)
    assert len(set(firing)) == 2, "it fires, and not always"
    assert agrees(tmp_path, expression, verdicts, millis, firing)
    changed = [*firing[:-1], not firing[-1]]
    assert not agrees(tmp_path, expression, verdicts, millis, changed), "promtool tells one minute from another"
