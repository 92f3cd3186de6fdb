"""From runs to figures: what counts, what is left out, and what is said of incidents."""

from __future__ import annotations

import json

from smoke.alerts.incident import Incident
from smoke.alerts.notice import Ending
from smoke.alerts.subject import Subject
from smoke.availability.judging import judge, reach
from smoke.availability.printed import SHOWN, as_json, lines
from smoke.config.cron_schedule import Schedule
from smoke.model import Severity
from smoke.timeline.quiet import Period
from smoke.timeline.states import State
from tests.alerts.pasts import DAY, HOUR, MINUTE, at, every, run

HALF = 30 * MINUTE
SINCE = at("2026-03-02 00:00")
UNTIL = SINCE + DAY
ONE = Schedule(suite="betterprompts", environment="production", cron="*/30 * * * *", regions=("us-east-1",))
THREE = Schedule(
    suite="betterprompts", environment="production", cron="*/30 * * * *", regions=("us-east-1", "eu", "asia")
)


def judged(runs, schedule=ONE, **more):
    return judge("betterprompts", "production", [schedule], runs, since=SINCE, until=UNTIL, **more)


def hours(found):
    return {str(state): getattr(found.times, state) / HOUR for state in State if getattr(found.times, state)}


def incident(opened, closed=None, severity=Severity.CRITICAL, ending=Ending.RECOVERED, detect=60.0):
    return Incident(
        id=f"id-{opened:.0f}", rule="smoke_test_failure", title="It fails", severity=severity,
        subject=Subject(suite="betterprompts", environment="production"), began=opened - detect, opened=opened,
        seen=opened, value=0.0, evidence=(), condition="success_rate < 0.9", window="1 run", runbook="r",
        closed=closed, ending=ending if closed else None,
    )  # fmt: skip


def test_the_example_of_the_manual():
    """A day of half hours: 42 good, one flaky, two bad, one that could not be judged, two that never came."""
    verdicts = "P" * 20 + "FF" + "L" + "P" * 10 + "I" + "--" + "P" * 12
    found = judged(every(HALF, SINCE, verdicts))
    assert hours(found) == {"up": 21.0, "degraded": 0.5, "down": 1.0, "unknown": 1.5}
    assert [f"{share:.3%}" for share in (found.times.worst, found.times.seen, found.times.best)] == [
        "89.583%",
        "95.556%",
        "95.833%",
    ]
    assert (found.slots.expected, found.slots.missed) == (48, 2)


def test_runs_of_other_points_say_nothing():
    """A canary, or somebody at the desk, is no look of the schedule."""
    found = judged([run(SINCE, point="canary-25"), run(SINCE, point="local")])
    assert hours(found) == {"unknown": 24}
    assert found.times.seen is None


def test_a_run_before_the_window_speaks_into_it():
    """For as long as it holds."""
    found = judged([run(SINCE - 20 * MINUTE)])
    assert found.times.up == 25 * MINUTE
    assert reach([ONE]) == 45 * MINUTE


def test_regions_of_which_nothing_is_known_are_told_and_left_out():
    """Their runs may be in a history of their own; without any region all of them count, and nothing is known."""
    found = judged(every(HALF, SINCE, "P" * 48), THREE)
    assert (found.regions, found.silent, found.times.worst) == (("us-east-1",), ("eu", "asia"), 1.0)
    assert found.slots.expected == 48
    assert (judged([], THREE).regions, hours(judged([], THREE))) == (THREE.regions, {"unknown": 24})


def test_the_ledger_knows_of_runs_that_never_ended():
    """They answered their slot, and said nothing."""
    found = judged([], starts=[("us-east-1", SINCE + 40)])
    assert (found.slots.missed, found.slots.drift_p50, hours(found)) == (47, 40.0, {"unknown": 24})


def test_a_run_that_touched_maintenance_says_nothing():
    """What it saw counts for nothing, even behind the end of the maintenance."""
    quiet = [Period(SINCE + 2 * HOUR, SINCE + 3 * HOUR)]
    touched = every(DAY, SINCE + 3 * HOUR + 10, "F")
    assert hours(judged(touched, quiet=quiet)) == {"unknown": 23, "maintenance": 1}


def test_facts_from_the_future_say_nothing():
    """A clock that was ahead when a run was kept."""
    assert hours(judged([run(UNTIL + HOUR), run(SINCE)])) == {"up": 0.75, "unknown": 23.25}


def test_time_to_detect_and_to_recover_are_means_by_severity():
    """Of those that were opened, and those that recovered, within the window; what was given up did not recover."""
    found = judged(
        [],
        incidents=[
            incident(SINCE - HOUR, SINCE + HOUR, detect=600.0),
            incident(SINCE + 2 * HOUR, SINCE + 3 * HOUR, detect=120.0),
            incident(SINCE + 4 * HOUR, SINCE + 5 * HOUR, ending=Ending.UNCONFIRMED, detect=240.0),
            incident(SINCE + 6 * HOUR, severity=Severity.LOW),
        ],
        targets={Severity.CRITICAL: 900.0},
    )
    critical, low = found.recoveries
    assert (critical.incidents, critical.open, critical.detect, critical.target) == (3, 0, 180.0, 900.0)
    assert critical.recover == (2 * HOUR + 600 + HOUR + 120) / 2
    assert (low.severity, low.open, low.recover, low.target) == (Severity.LOW, 1, None, None)


def test_people_and_programs_are_told_the_same():
    """Every figure of the lines is in the JSON."""
    found = judged(every(HALF, SINCE, "PPFP" + "-" * 44), incidents=[incident(SINCE + HOUR, SINCE + 2 * HOUR)])
    text = "\n".join(lines(found))
    (told,) = json.loads(as_json([found]))
    assert "availability  7.292% … 97.917% (77.778% of what was seen)" in text
    assert (round(told["availability"]["worst"], 5), round(told["availability"]["best"], 5)) == (0.07292, 0.97917)
    assert "44 of 48 slots missed; drift p50 -30s" in text
    assert (told["slots"], told["drift_s"]["p50"]) == ({"expected": 48, "missed": 44}, -30.0)
    assert "down      2026-03-02T01:00:00Z  30m" in text
    assert {"since": "2026-03-02T01:00:00Z", "until": "2026-03-02T01:30:00Z", "state": "down"} in told["spans"]
    assert "MTTD 1m, MTTR 1h1m" in text
    assert [(each["mttd_s"], each["mttr_s"]) for each in told["severities"]] == [(60.0, 3660.0)]


def test_the_newest_stretches_are_listed_and_the_others_counted():
    """What was down most lately is what somebody asks for."""
    said = list(lines(judged(every(HALF, SINCE, "FP" * (SHOWN + 2)))))
    down = [line for line in said if line.startswith("  down ")]
    assert len(down) == SHOWN + 1
    assert down[0].split()[1:] == [f"2026-03-02T{SHOWN + 1:02}:00:00Z", "30m"]
    assert down[-1] == "  down      and 2 more before"
