"""What the engine promises whatever the facts, the order in which they come, and the time of the year."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smoke.alerts.engine import Evaluated, evaluate
from smoke.alerts.incident import Acknowledged, Incident
from smoke.alerts.look import looks
from smoke.alerts.notice import Ending, NoticeKind
from smoke.alerts.past import PasswordFact, Past
from smoke.alerts.replay import Change, compare, replay
from smoke.alerts.subject import Subject
from smoke.alerts.telling import next_due
from smoke.config.alerts.rule import Per
from smoke.config.alerts.rule_file import AlertRulesFile, Maintenance, Silence
from smoke.history.facts import RunFact
from smoke.model import Urgency
from tests.alerts.pasts import DAY, HOUR, MINUTE, OUTCOMES, at, check, clock, every, only, past, reading, run, shipped
from tests.support.properties import unhurried as usual

START = at("2026-03-02 10:00")
HALF = 30 * MINUTE
BOOK = shipped().book
FAILURE = only(BOOK, "smoke_test_failure")
unhurried = settings(usual, max_examples=25)
letters = st.text("PFLIN-", min_size=1, max_size=30)


def stepped(book: AlertRulesFile, facts: Past, moments: list[float]) -> list[Evaluated]:
    """Evaluate at each moment with what the one before left."""
    found: list[Evaluated] = []
    for now in moments:
        found.append(evaluate(book, [facts], found[-1].incidents if found else (), now))
    return found


def opened(book: AlertRulesFile, runs: list[RunFact], until: float) -> list[tuple[str | None, str | None]]:
    found = replay(book, [past(runs)], START - MINUTE, until)
    return [(clock(each.opened), clock(each.closed)) for each in found.incidents]


@unhurried
@given(letters)
def test_there_are_never_two_open_incidents_of_one_rule_and_subject(verdicts: str) -> None:
    facts = past(
        [fact for region in ("us-east-1", "eu-west-1") for fact in every(HALF, START, verdicts, region=region)]
    )
    for done in stepped(BOOK, facts, [START + index * HALF for index in range(len(verdicts) + 3)]):
        still = [(each.rule, each.subject) for each in done.incidents if each.closed is None]
        assert len(still) == len(set(still))
        assert len({each.id for each in done.incidents}) == len(done.incidents)


@unhurried
@given(st.text("PLIN-", min_size=1, max_size=30))
def test_flaky_and_inconclusive_never_page(verdicts: str) -> None:
    """Whatever they do, they open nothing that wakes somebody up: every rule that ships watches."""
    runs = every(HALF, START, verdicts)
    checks = [check(of, each, of.verdict) for of in runs for each in ("health.root", "login.basic")]
    readings = [reading(of, "health.root", "total_ms", 100) for of in runs]
    found = replay(BOOK, [past(runs, checks, readings)], START - MINUTE, START + len(verdicts) * HALF + 3 * HOUR)
    assert {notice.urgency for notice in found.notices} <= {Urgency.TELL}
    assert {each.rule for each in found.incidents} <= {"we_are_blind", "heartbeat_missing"}


@unhurried
@given(letters)
def test_an_incident_ends_when_it_is_good_for_long_enough(verdicts: str) -> None:
    runs = every(HALF, START, verdicts + "P" * 10)
    found = replay(only(BOOK, "smoke_test_failure", close_after=3), [past(runs)], START - MINUTE, runs[-1].finished)
    assert all(each.ending is Ending.RECOVERED for each in found.incidents)
    assert all(each.began <= each.opened <= (each.closed or 0) for each in found.incidents)


@unhurried
@given(letters)
def test_the_same_clock_twice_changes_nothing_and_tells_nobody(verdicts: str) -> None:
    facts, before = past(every(HALF, START, verdicts)), tuple[Incident, ...]()
    for index in range(len(verdicts)):
        now = START + index * HALF
        once = evaluate(BOOK, [facts], before, now)
        again = evaluate(BOOK, [facts], once.incidents, now)
        assert (again.changed, again.notices) == ((), ())
        before = again.incidents


@unhurried
@given(letters, st.randoms(use_true_random=False))
def test_order_and_repetition_of_facts_do_not_matter(verdicts: str, chance: random.Random) -> None:
    runs = every(HALF, START, verdicts)
    mixed = [*runs, *runs]
    chance.shuffle(mixed)
    until = START + (len(verdicts) + 2) * HALF
    assert replay(BOOK, [past(mixed)], START, until) == replay(BOOK, [past(runs)], START, until)


def test_what_was_over_does_not_open_again_when_late_runs_come_in() -> None:
    """It was over at 13:30; then an import tells of three failures around 12:45, among the newest six runs."""
    book = only(BOOK, "smoke_test_unstable", window="6 runs", close_after=1)
    runs = every(HALF, START, "PFFFPPPP")
    first = stepped(book, past(runs), [START + index * HALF for index in range(8)])[-1]
    assert [(each.ending, clock(each.closed)) for each in first.incidents] == [(Ending.RECOVERED, "03-02 13:30:00")]
    late, now = past([*runs, *every(5 * MINUTE, START + 160 * MINUTE, "FFF")]), START + 215 * MINUTE
    assert len(evaluate(book, [late], (), now).notices) == 1, "by themselves, these facts open an incident"
    done = evaluate(book, [late], first.incidents, now)
    assert (done.changed, done.notices) == ((), ())


def test_a_late_run_neither_doubles_nor_ends_what_is_open() -> None:
    runs = every(HALF, START, "PPFF")
    first = stepped(FAILURE, past(runs), [START + index * HALF for index in range(4)])[-1]
    late = past([*runs, *every(HALF, START + 50 * MINUTE, "F"), *every(HALF, START + 20 * MINUTE, "P")])
    again = evaluate(FAILURE, [late], first.incidents, START + 91 * MINUTE)
    assert again.notices == ()
    assert [(each.id, each.closed) for each in again.incidents] == [(first.incidents[0].id, None)]


def test_a_run_that_is_older_than_its_window_opens_nothing() -> None:
    """It was carried over hours later: that nobody looked since is for heartbeat_missing to say."""
    done = evaluate(FAILURE, [past([run(START), *every(HALF, START + HALF, "F")])], (), START + 5 * HOUR)
    assert done.incidents == ()


def test_a_gap_does_not_close_what_is_open() -> None:
    found = replay(FAILURE, [past(every(HALF, START, "PF" + "-" * 20 + "P"))], START, START + 11 * HOUR)
    assert [(clock(each.opened), clock(each.closed)) for each in found.incidents] == [
        ("03-02 10:30:00", "03-02 21:00:00")
    ]


def test_what_nobody_can_confirm_is_given_up_and_says_so() -> None:
    book = only(BOOK, "canary_failed")
    facts = past([run(START, point="canary-5", environment="canary", **FAIL)], environment="canary")
    found = replay(book, [facts], START - MINUTE, START + DAY)
    assert [(clock(each.closed), each.ending) for each in found.incidents] == [("03-02 16:00:00", Ending.UNCONFIRMED)]
    assert "not because it is well" in found.notices[-1].sentence
    assert found.notices[-1].recover_s is None


def test_an_incident_of_a_rule_that_is_gone_is_closed_and_its_readers_know() -> None:
    first = evaluate(FAILURE, [past([run(START, **FAIL)])], (), START)
    done = evaluate(replace(BOOK, rules=()), [past([run(START, **FAIL)])], first.incidents, START + 60)
    assert [each.ending for each in done.changed] == [Ending.RETIRED]
    assert [(each.kind, each.recipients) for each in done.notices] == [(NoticeKind.CLOSED, first.notices[0].recipients)]


def test_two_machines_give_one_incident_one_id() -> None:
    facts = past(every(HALF, START, "PF"))
    one, other = (evaluate(FAILURE, [facts], (), START + HALF + late) for late in (1, 7))
    assert one.incidents[0].id == other.incidents[0].id
    assert one.notices[0].key == other.notices[0].key


FAIL = {"verdict": every(1, 0, "F")[0].verdict}


def test_it_escalates_by_the_matrix_and_reminds_in_between() -> None:
    found = replay(FAILURE, [past(every(HALF, START, "PFFFFFFPP"))], START, START + 4 * HOUR)
    told = [(clock(each.at), str(each.kind), each.roles) for each in found.notices]
    assert told == [
        ("03-02 10:30:00", "opened", ("on-call",)),
        ("03-02 10:45:00", "escalated", ("on-call",)),
        ("03-02 11:00:00", "escalated", ("on-call", "lead")),
        ("03-02 11:30:00", "escalated", ("incident-commander", "war-room")),
        ("03-02 12:00:00", "reminded", ("incident-commander", "war-room")),
        ("03-02 12:30:00", "reminded", ("incident-commander", "war-room")),
        ("03-02 13:00:00", "reminded", ("incident-commander", "war-room")),
        ("03-02 13:30:00", "closed", ("incident-commander", "war-room")),
    ]
    last = found.notices[-1]
    assert {"oncall@betterprompts.com", "lead@betterprompts.com", "slack:#incident"} <= set(last.recipients)
    assert (last.detect_s, last.recover_s, last.target_s, last.longest_s) == (0, 3 * HOUR, 15 * MINUTE, 30 * MINUTE)
    assert "far beyond the 15m that are the target" in last.sentence
    assert [each.number for each in found.notices] == list(range(1, 9))


def test_whoever_acknowledged_is_reminded_no_more_and_the_escalation_goes_on() -> None:
    facts = past(every(HALF, START, "FFFFFF"))
    first = evaluate(FAILURE, [facts], (), START)
    mine = tuple(replace(each, acknowledged=Acknowledged(by="anna", at=START)) for each in first.incidents)
    rest = stepped_from(FAILURE, facts, mine, [START + 15 * MINUTE * index for index in range(1, 12)])
    assert rest == [NoticeKind.ESCALATED] * 3


def stepped_from(
    book: AlertRulesFile, facts: Past, incidents: tuple[Incident, ...], moments: list[float]
) -> list[NoticeKind]:
    kinds: list[NoticeKind] = []
    for now in moments:
        done = evaluate(book, [facts], incidents, now)
        incidents = done.incidents
        kinds += [each.kind for each in done.notices]
    return kinds


def test_the_sentence_says_what_where_since_when_and_why() -> None:
    done = evaluate(FAILURE, [past(every(HALF, START, "PF"))], (), START + HALF)
    assert done.notices[0].sentence == (
        "The smoke test fails: betterprompts in production, since 2026-03-02 10:30 UTC: "
        "success_rate < 90.00% over 1 run, seen 0.00% (smoke_test_failure)"
    )
    assert done.notices[0].evidence == ("2026-03-02 10:30:00Z us-east-1: FAIL (api-health)",)


# --- quiet times: daylight saving begins in Berlin on 2026-03-29 at 02:00, and ends on 2026-10-25 at 03:00 ------------


def nightly(**changes: object) -> Maintenance:
    """Maintenance at half past two, for an hour, by the clock of Berlin."""
    usual: dict[str, object] = {
        "title": "Backup", "owner": "platform", "cron": "30 2 * * *", "lasts": "1h",
        "until": date(2026, 12, 31), "time_zone": "Europe/Berlin",
    }  # fmt: skip
    return Maintenance(**{**usual, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("day", "begins"),
    [
        ("2026-03-28", "03-28 01:30"),
        ("2026-03-29", "03-29 01:00"),  # there is no half past two: cron runs it at three, summer time
        ("2026-03-30", "03-30 00:30"),
        ("2026-10-25", "10-25 00:30"),  # it comes twice: once is enough
        ("2026-10-26", "10-26 01:30"),
    ],
)
def test_what_is_seen_under_maintenance_counts_for_nothing(day: str, begins: str) -> None:
    """Runs fail every five minutes all night, and only the hour of maintenance is left out."""
    book = replace(only(BOOK, "smoke_test_failure", cadence="5m"), maintenance=(nightly(),))
    begin = at(f"2026-{begins}")
    inside = [run(begin + 31 + index * 5 * MINUTE, **FAIL) for index in range(12)]
    assert replay(book, [past(inside)], begin - HOUR, begin + HOUR - 1).incidents == ()
    before, after = run(begin - MINUTE, **FAIL), run(begin + HOUR + MINUTE, **FAIL)
    for outside in (before, after):
        found = replay(book, [past([outside])], begin - HOUR, begin + 3 * HOUR)
        assert [each.opened for each in found.incidents] == [outside.finished]


def test_nobody_is_told_while_a_silence_lasts_and_somebody_is_when_it_ends() -> None:
    """The silence ends at 12:00 in Berlin, which is 11:00 in UTC."""
    silence = Silence(
        rules=("smoke_test_failure",), reason="known", owner="web",
        since=datetime.fromisoformat("2026-03-02 10:00"), until=datetime.fromisoformat("2026-03-02 12:00"),
        time_zone="Europe/Berlin",
    )  # fmt: skip
    book = replace(FAILURE, silences=(silence,))
    found = replay(book, [past(every(HALF, START, "FFFFFPP"))], START - MINUTE, START + 4 * HOUR)
    assert clock(found.incidents[0].opened) == "03-02 10:00:00"
    assert [(clock(each.at), str(each.kind)) for each in found.notices][:2] == [
        ("03-02 11:00:00", "opened"),
        ("03-02 11:15:00", "escalated"),
    ]
    quiet = replay(book, [past(every(HALF, START, "FPP"))], START - MINUTE, START + 4 * HOUR)
    assert (len(quiet.incidents), quiet.notices) == (1, ())


@pytest.mark.parametrize(
    "since", ["2026-03-28 20:00", "2026-10-24 20:00"], ids=["an hour is skipped", "an hour comes twice"]
)
def test_the_change_of_the_clock_is_no_missing_heartbeat(since: str) -> None:
    """A schedule by the clock of Berlin, run punctually: nothing is missed, and one run left out is."""
    schedule = replace(shipped().schedules[-1], cron="0 * * * *", time_zone="Europe/Berlin")
    begin = at(since, "Europe/Berlin")
    book = only(BOOK, "heartbeat_missing")
    expected = schedule.slots(begin, begin + 9 * HOUR)
    runs = [
        run(slot + 30, suite="mosaic", region="local") for slot in schedule.slots(begin - 4 * HOUR, begin + 9 * HOUR)
    ]
    assert len(expected) == 9
    facts = past(runs, suite="mosaic", schedules=[schedule])
    assert replay(book, [facts], begin, begin + 9 * HOUR).incidents == ()
    left_out = past(runs[:-3] + runs[-2:], suite="mosaic", schedules=[schedule])
    assert [each.opened for each in replay(book, [left_out], begin, begin + 9 * HOUR).incidents] == [
        expected[-3] + 15 * MINUTE
    ]


def test_a_schedule_of_other_regions_is_none_of_a_rule_that_names_its_own() -> None:
    """Its slots are not missed, and how often it comes does not make a look of the others last longer."""
    hourly = replace(shipped().schedules[-1], cron="0 * * * *", regions=("local",))
    often = replace(hourly, cron="*/10 * * * *", regions=("elsewhere",))
    begin = at("2026-03-02 10:00")
    punctual = [run(slot + 30, suite="mosaic", region="local") for slot in hourly.slots(begin - 4 * HOUR, begin + HOUR)]
    facts = past(punctual, suite="mosaic", schedules=[hourly, often])
    book = only(BOOK, "heartbeat_missing", per=Per.ENVIRONMENT, regions=("local",))
    assert replay(book, [facts], begin, begin + HOUR).incidents == ()


def test_a_change_of_rules_is_told_as_what_it_adds_removes_and_changes() -> None:
    facts = [past(every(HALF, START, "PFPPFFPP"))]
    now, until = only(BOOK, "smoke_test_failure"), START + 5 * HOUR
    new = only(BOOK, "smoke_test_failure", condition="consecutive_failures >= 2", window="2 runs")
    found = compare(replay(now, facts, START, until), replay(new, facts, START, until))
    assert [each.change for each in found] == [Change.REMOVED, Change.CHANGED]
    assert [(each.now and clock(each.now.opened), each.new and clock(each.new.opened)) for each in found] == [
        ("03-02 10:30:00", None),
        ("03-02 12:00:00", "03-02 12:30:00"),
    ]
    assert {each.change for each in compare(*[replay(now, facts, START, until)] * 2)} == {Change.SAME}
    assert [each.change for each in compare(replay(new, facts, START, until), replay(now, facts, START, until))] == [
        Change.ADDED, Change.CHANGED,
    ]  # fmt: skip


def test_two_incidents_of_one_outage_end_together() -> None:
    """Two machines opened one each, before their histories met: nobody who was told of either is left waiting."""
    runs = every(HALF, START, "FFP")
    one = evaluate(FAILURE, [past(runs)], (), START).incidents
    other = evaluate(FAILURE, [past(runs[1:])], (), START + HALF).incidents
    done = evaluate(FAILURE, [past(runs)], [*one, *other], START + 2 * HALF)
    assert {each.incident for each in done.notices if each.kind is NoticeKind.CLOSED} == {one[0].id, other[0].id}
    assert {each.id: each.ending for each in done.changed} == dict.fromkeys((one[0].id, other[0].id), Ending.RECOVERED)
    assert evaluate(FAILURE, [past(runs)], done.changed, START + 3 * HALF).notices == ()


def in_regions(**verdicts: str) -> Past:
    """Regions of the schedule, each a few seconds after the other."""
    names = {"a": "us-east-1", "b": "us-west-2", "c": "eu-west-1", "desk": "desk"}
    return past(
        [
            fact
            for index, (name, letters) in enumerate(verdicts.items())
            for fact in every(HALF, START + 10 * index, letters, region=names[name])
        ]
    )


@pytest.mark.parametrize(
    ("failing", "closed"),
    [("PF-----", None), ("PFIIIII", None), ("PF---P-", "03-02 12:30:00"), ("PFP----", "03-02 11:00:00")],
    ids=["it vanishes", "it cannot be judged", "it comes back well", "it is well, and vanishes"],
)
def test_a_region_that_failed_is_not_well_because_others_are(failing: str, closed: str | None) -> None:
    found = replay(FAILURE, [in_regions(a=failing, b="PPPPPPP", c="PPPPPPP")], START - MINUTE, START + 4 * HOUR)
    assert [clock(each.opened) for each in found.incidents] == ["03-02 10:30:00"]
    assert (found.incidents[0].closed is None) == (closed is None)
    assert closed is None or clock(found.incidents[0].closed)[:14] == closed[:14]


def test_a_machine_that_no_schedule_names_keeps_nothing_open() -> None:
    """Somebody ran the whole suite at the desk, and it failed there."""
    found = replay(FAILURE, [in_regions(a="PPPPPP", desk="-F----")], START - MINUTE, START + 4 * HOUR)
    assert [each.ending for each in found.incidents] == [Ending.RECOVERED]


def test_of_two_regions_that_fail_one_that_is_well_is_enough_to_end_it() -> None:
    both, one = in_regions(a="PF-----", b="PF-----", c="PPPPPPP"), in_regions(a="PF-----", b="PFPPPPP", c="PPPPPPP")
    book = only(BOOK, "regions_failing")
    ends = [replay(book, [facts], START - MINUTE, START + 4 * HOUR).incidents[0].closed for facts in (both, one)]
    assert [clock(each) for each in ends] == [None, "03-02 11:00:10"]


def test_an_incident_of_a_region_that_is_scheduled_no_more_is_closed_unseen() -> None:
    book, runs = only(BOOK, "we_are_blind"), every(HALF, START, "PIII", region="eu-west-1")
    first = evaluate(book, [past(runs)], (), START + 3 * HALF)
    assert len(first.notices) == 1
    schedules = [replace(each, regions=("us-east-1",)) for each in shipped().schedules]
    done = evaluate(book, [past(runs, schedules=schedules)], first.incidents, START + DAY)
    assert [(each.kind, each.ending) for each in done.notices] == [(NoticeKind.CLOSED, Ending.RETIRED)]
    still = evaluate(book, [past(runs)], first.incidents, START + DAY)
    assert [each.kind for each in still.notices] == [NoticeKind.REMINDED]


def test_a_region_or_a_check_that_a_rule_watches_no_more_is_closed_unseen() -> None:
    runs = every(HALF, START, "PIII", region="eu-west-1")
    blind = evaluate(only(BOOK, "we_are_blind"), [past(runs)], (), START + 3 * HALF).incidents
    elsewhere = only(BOOK, "we_are_blind", regions=("us-east-1",))
    done = evaluate(elsewhere, [past(runs)], blind, START + 4 * HALF)
    assert [each.ending for each in done.changed if each.subject.region == "eu-west-1"] == [Ending.RETIRED]
    broken = every(HALF, START, "FF")
    facts = past(broken, [check(of, "home.load", of.verdict) for of in broken])
    about = {"per": Per.CHECK, "condition": "consecutive_failures >= 2", "window": "2 runs"}
    first = evaluate(only(BOOK, "smoke_test_failure", **about), [facts], (), START + HALF).incidents
    assert [each.subject.check for each in first] == ["home.load"]
    other = only(BOOK, "smoke_test_failure", checks=("login",), **about)
    assert [each.ending for each in evaluate(other, [facts], first, START + HALF).changed] == [Ending.RETIRED]


def test_availability_is_the_share_of_the_window_that_it_was_up() -> None:
    """A run speaks until the next one; what lies before the window is forgotten."""
    book = only(BOOK, "weekly_availability", window="2h", min_samples=1, condition="availability < 80%", close_at=None)
    runs = every(HALF, START, "FPPPFPPPPP")
    steps = stepped(book, past(runs), [START + index * HALF for index in range(10)])
    seen = [round(each.value, 3) for done in steps for each in done.incidents if each.closed is None]
    assert seen == [0.0, 0.5, 0.667, *[0.75] * 5]
    later = evaluate(book, [past(every(HALF, START, "PFF"))], (), START + 2.5 * HALF)
    assert [round(each.value, 3) for each in later.incidents] == [0.4]
    last = evaluate(book, [past(every(HALF, START, "PFF"))], (), START + 100 * MINUTE)
    assert [round(each.value, 3) for each in last.incidents] == [0.3]
    gap = evaluate(book, [past(every(HALF, START, "F---P"))], (), START + 150 * MINUTE)
    assert [round(each.value, 3) for each in gap.incidents] == [0.667]


def test_availability_is_known_of_each_region_by_itself() -> None:
    """For as long as the schedule that a rule looks at says that a run holds; a day where there is none."""
    book = only(
        BOOK, "weekly_availability", window="2h", min_samples=1, condition="availability < 80%", close_at=None,
        per=Per.REGION,
    )  # fmt: skip
    facts = in_regions(a="PPPP", c="PFFP")
    found = evaluate(book, [facts], (), START + 3 * HALF + MINUTE)
    assert [(each.subject.region, round(each.value, 2)) for each in found.incidents] == [("eu-west-1", 0.34)]
    runs = every(HALF, START, "F---P")
    values = [
        round(evaluate(book, [past(runs, schedules=plan)], (), START + 4 * HALF).incidents[0].value, 2)
        for plan in (
            shipped().schedules,
            [*shipped().schedules, replace(shipped().schedules[0], point="canary-5", cron="0 0 * * *")],
        )
    ]
    assert values == [0.0, 0.0]
    assert evaluate(book, [past(runs, schedules=[])], (), START + 4 * HALF).incidents[0].value == 0.0


def test_a_schedule_misses_nothing_before_its_first_run() -> None:
    """It was written down today; a region that never ran keeps its history elsewhere, or begins tomorrow."""
    book = only(BOOK, "heartbeat_missing")
    other = [replace(each, point="canary-5") for each in shipped().schedules]
    runs = every(HALF, START, "P", suite="mosaic", region="local")
    quiet = evaluate(book, [past(runs, suite="mosaic", schedules=other)], (), START + 5 * HOUR)
    assert quiet.incidents == ()


def test_readings_of_other_checks_and_of_what_could_not_be_judged_count_for_nothing() -> None:
    """A check that was inconclusive may have been measured all the same."""
    runs = every(HALF, START, "PPP")
    checks = [check(of, name) for of in runs for name in ("health.root", "login.basic")]
    slow = [reading(of, "login.basic", "total_ms", 9000) for of in runs]
    fine = [reading(of, "health.root", "total_ms", 100) for of in runs]
    book = only(BOOK, "performance_degradation", checks=("health",), window="3 runs", min_samples=1)
    judged = evaluate(book, [past(runs, checks, [*slow, *fine])], (), START + 2 * HALF)
    assert judged.incidents == ()
    book = only(BOOK, "performance_degradation", window="3 runs", min_samples=1)
    assert len(evaluate(book, [past(runs, checks, [*slow, *fine])], (), START + 2 * HALF).incidents) == 1
    unjudged = [each._replace(outcome=OUTCOMES["I"]) for each in checks]
    assert evaluate(book, [past(runs, unjudged, [*slow, *fine])], (), START + 2 * HALF).incidents == ()


def test_what_is_gone_from_the_history_stays_open_until_somebody_says_that_it_is_well() -> None:
    """A check whose looks were pruned, and an account that is declared no more: nothing is known of either."""
    broken = every(HALF, START, "FF")
    facts = past(broken, [check(of, "home.load", of.verdict) for of in broken])
    book = only(BOOK, "smoke_test_failure", per=Per.CHECK, condition="consecutive_failures >= 2", window="2 runs")
    first = evaluate(book, [facts], (), START + HALF).incidents
    assert evaluate(book, [past(broken)], first, START + HALF).changed == ()
    due = only(BOOK, "password_too_old")
    accounts = [PasswordFact(account="basic", changed=date(2026, 1, 1))]
    old = evaluate(due, [past([], passwords=accounts)], (), START).incidents
    assert [each.subject.account for each in old] == ["basic"]
    assert evaluate(due, [past([])], old, START + HALF).changed == ()


def test_a_share_of_checks_is_not_known_where_none_could_be_judged() -> None:
    runs = every(HALF, START, "II")
    book = only(BOOK, "error_rate", suites=())
    facts = past(runs, [check(of, "home.load", of.verdict) for of in runs])
    assert evaluate(book, [facts], (), START + HALF).incidents == ()


def test_passwords_and_slots_are_no_looks() -> None:
    """They are read from what is declared."""
    for name in ("password_too_old", "heartbeat_missing"):
        (rule,) = only(BOOK, name).rules
        subject = Subject(suite="betterprompts", environment="production")
        assert looks(rule, subject, past([run(START)]), (), START - HOUR, START) == []


def test_whoever_looks_after_it_is_not_to_be_reminded() -> None:
    """What is due next is then the next step of the escalation alone."""
    (incident,) = evaluate(FAILURE, [past([run(START, **FAIL)])], (), START).incidents
    (rule,), last = FAILURE.rules, replace(incident, level=3)
    assert next_due(FAILURE, rule, incident) == START + 15 * MINUTE
    assert next_due(FAILURE, rule, last) == START + 30 * MINUTE
    mine = Acknowledged(by="anna", at=START)
    assert next_due(FAILURE, rule, replace(incident, acknowledged=mine)) == START + 15 * MINUTE
    assert next_due(FAILURE, rule, replace(last, acknowledged=mine)) == float("inf")


def test_a_rule_that_is_edited_while_it_is_open_speaks_of_what_it_asks_now() -> None:
    facts = past(every(HALF, START, "FFF"))
    first = evaluate(FAILURE, [facts], (), START)
    edited = only(
        BOOK, "smoke_test_failure", condition="consecutive_failures >= 2", window="2 runs", title="It is down"
    )
    done = evaluate(edited, [facts], first.incidents, START + 2 * HALF)
    assert "It is down" in done.notices[0].sentence
    assert "consecutive_failures >= 2 over 2 runs, seen 2 (smoke_test_failure)" in done.notices[0].sentence


def test_a_region_that_went_silent_under_maintenance_is_missed_after_it() -> None:
    """It lasts longer than the window of the rule."""
    quiet = Maintenance(
        title="Move", owner="web", since=datetime.fromisoformat("2026-03-02 12:10"),
        until=datetime.fromisoformat("2026-03-02 17:10"),
    )  # fmt: skip
    book = replace(only(BOOK, "heartbeat_missing"), maintenance=(quiet,))
    runs = every(HALF, START, "PPPPP", region="local", suite="mosaic")
    found = replay(book, [past(runs, suite="mosaic")], START, START + 9 * HOUR)
    assert [clock(each.opened) for each in found.incidents] == ["03-02 17:45:00"]


def test_a_replay_looks_at_nothing_where_nobody_ever_ran(monkeypatch: pytest.MonkeyPatch) -> None:
    """A schedule of every minute has 43,200 slots in thirty days."""
    looked: list[float] = []

    def counted(book: AlertRulesFile, pasts: list[Past], incidents: tuple[Incident, ...], now: float) -> Evaluated:
        looked.append(now)
        return evaluate(book, pasts, incidents, now)

    monkeypatch.setattr("smoke.alerts.replay.evaluate", counted)
    replay(BOOK, [past([], suite="deltacrown")], START - 30 * DAY, START)
    assert looked == [START - 30 * DAY]


def test_a_password_that_is_due_is_open_until_it_is_changed() -> None:
    """However many looks its rule asks for: there is nothing to look at twice."""
    book = only(BOOK, "password_too_old", open_after=3, close_after=2)
    old, new = (past([], passwords=[PasswordFact(account="basic", changed=date(2026, month, 1))]) for month in (1, 3))
    (opened,) = evaluate(book, [old], (), START).incidents
    assert (clock(opened.opened), clock(opened.seen)) == ("01-31 00:00:00", "01-31 00:00:00")
    (closed,) = evaluate(book, [new], (opened,), START).incidents
    assert (closed.ending, clock(closed.closed), clock(closed.seen)) == (
        Ending.RECOVERED, "03-01 00:00:00", "03-01 00:00:00",
    )  # fmt: skip
    assert evaluate(book, [new], (closed,), START).changed == ()


def test_a_slot_is_missed_when_its_grace_is_over() -> None:
    """To the second; a region that no schedule names misses none."""
    book, runs = only(BOOK, "heartbeat_missing"), every(HALF, START, "P", suite="mosaic", region="local")
    due = START + HALF + 15 * MINUTE
    assert evaluate(book, [past(runs, suite="mosaic")], (), due - 1).incidents == ()
    assert [each.opened for each in evaluate(book, [past(runs, suite="mosaic")], (), due).incidents] == [due]
    desk = past([*runs, *every(HALF, START, "P", suite="mosaic", region="desk")], suite="mosaic")
    assert [each.subject.region for each in evaluate(book, [desk], (), due).incidents] == ["local"]


@pytest.mark.parametrize(
    ("minutes", "kept"),
    [(5, "within"), (15, "within"), (16, "beyond"), (30, "beyond"), (31, "far beyond")],
)
def test_the_end_says_how_long_it_took_and_what_was_granted(minutes: int, kept: str) -> None:
    """What is critical should be over after a quarter of an hour, and must be after half of one."""
    runs = every(minutes * MINUTE, START, "FP")
    first = evaluate(FAILURE, [past(runs)], (), START).incidents
    done = evaluate(FAILURE, [past(runs)], first, START + minutes * MINUTE)
    assert done.incidents[0].told == START + minutes * MINUTE
    assert done.notices[0].sentence == (
        "The smoke test fails: betterprompts in production: "
        f"over after {minutes}m, {kept} the 15m that are the target, 30m at most (smoke_test_failure)"
    )


def test_the_end_of_what_nobody_saw_end_says_so() -> None:
    about = "The smoke test fails: betterprompts in production: closed, not because it is well"
    first = evaluate(FAILURE, [past([run(START, **FAIL)])], (), START).incidents
    retired = evaluate(replace(BOOK, rules=()), [past([])], first, START + HOUR)
    assert retired.notices[0].sentence == f"{about}: its rule speaks of it no more (smoke_test_failure)"
    given_up = evaluate(only(BOOK, "smoke_test_failure", give_up="1h"), [past([])], first, START + HOUR)
    assert given_up.notices[0].sentence == f"{about}: nothing more could be seen of it (smoke_test_failure)"
