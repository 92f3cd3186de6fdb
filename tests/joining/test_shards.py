"""Shards that are there, lost, late, doubled or strangers to each other: what the whole run comes to."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest

from smoke.joining.shards import Whole, join
from smoke.judging.judge import judge_run
from smoke.judging.judged import CheckResult, Interruption
from smoke.model import Action, Blame, Check, Outcome
from smoke.planning.sharding import Shard
from smoke.running.part import Part
from smoke.safety import Mutation, Safety
from tests.support.judging import a_check, a_point, judged
from tests.support.run_builder import STARTED, a_run

IDS = ("a.one", "b.two", "c.three")
POINT = a_point()
BAD: dict[Outcome, tuple[tuple[Blame, ...], ...]] = {
    Outcome.PASS: ((),),
    Outcome.FLAKY: ((Blame.ASSERTION,), ()),
    Outcome.FAIL: ((Blame.ASSERTION,), (Blame.ASSERTION,)),
    Outcome.INCONCLUSIVE: ((Blame.ACCOUNT,),),
    Outcome.NOT_RUN: (),
}


def result(name: str, outcome: Outcome = Outcome.PASS, **changes: Any) -> CheckResult:
    return judged(*BAD[outcome], name=name, **changes)


def planned(**changes: Any) -> tuple[Check, ...]:
    return tuple(a_check(name, **changes) for name in IDS)


def part(index: int, *results: CheckResult, of: int = 3, terms: dict[str, Any] | None = None, **changes: Any) -> Part:
    """One shard of three, each with one check; ``changes`` are of its run, ``terms`` of the part."""
    interruption = (terms or {}).get("interruption")
    judgement = judge_run(results, POINT, interruption=interruption, troubles=changes.get("troubles", ()))
    told = {"run_id": f"run-{index}", "verdict": judgement.verdict, "passed": judgement.passed, **changes}
    run = a_run(*results, **told)
    return Part(**{"shard": Shard(index, of), "planned": planned(), "point": POINT, "run": run, **(terms or {})})


def three(*outcomes: Outcome, **changes: Any) -> list[Part]:
    given = zip(itertools.count(1), IDS, outcomes, strict=False)
    return [part(index, result(name, outcome), **changes) for index, name, outcome in given]


GOOD = (Outcome.PASS, Outcome.PASS, Outcome.PASS)


def outcomes(whole: Whole) -> dict[str, Outcome]:
    return {each.check.id: each.outcome for each in whole.run.results}


def test_shards_that_all_passed_are_a_run_that_passed() -> None:
    """All of its checks, in the order of the plan."""
    run = join(list(reversed(three(*GOOD)))).run
    assert (run.verdict, run.passed, run.action) == (Outcome.PASS, True, Action.PROCEED)
    assert tuple(each.check.id for each in run.results) == IDS
    assert run.reason == "all 3 checks passed"


@pytest.mark.parametrize("found", list(itertools.product(Outcome, repeat=3)), ids="-".join)
def test_a_joined_run_is_judged_as_if_one_machine_had_run_it(found: tuple[Outcome, ...]) -> None:
    """Verdict, action and category are those of the same results in one run, whatever they are."""
    run = join(three(*found)).run
    alone = judge_run([result(name, outcome) for name, outcome in zip(IDS, found, strict=True)], POINT)
    assert (run.verdict, run.passed, run.action) == (alone.verdict, alone.passed, alone.action)
    assert (run.failed_category, run.reason) == (alone.failed_category, alone.reason)


@pytest.mark.parametrize("lost", [1, 2, 3])
def test_a_lost_shard_is_inconclusive_and_named(lost: int) -> None:
    """Its checks were not run; nothing that prevents us from looking reads as green."""
    run = (whole := join([each for each in three(*GOOD) if each.shard != Shard(lost, 3)])).run
    assert (run.verdict, run.passed, run.action) == (Outcome.INCONCLUSIVE, False, Action.BLOCK)
    assert run.reason == f"shard {lost}/3 left nothing"
    assert outcomes(whole)[IDS[lost - 1]] is Outcome.NOT_RUN


def test_a_lost_shard_hides_no_failure() -> None:
    """What was seen was seen; what was not is told beside it."""
    run = join(three(Outcome.PASS, Outcome.FAIL)).run
    assert (run.verdict, run.action) == (Outcome.FAIL, Action.ROLLBACK)
    assert "besides, shard 3/3 left nothing" in run.reason


@pytest.mark.parametrize(
    ("first", "second", "counts"),
    [
        (Outcome.PASS, Outcome.PASS, Outcome.PASS),
        (Outcome.FAIL, Outcome.PASS, Outcome.FAIL),
        (Outcome.PASS, Outcome.FAIL, Outcome.FAIL),
        (Outcome.INCONCLUSIVE, Outcome.PASS, Outcome.INCONCLUSIVE),
        (Outcome.INCONCLUSIVE, Outcome.FAIL, Outcome.FAIL),
        (Outcome.FLAKY, Outcome.PASS, Outcome.FLAKY),
        (Outcome.NOT_RUN, Outcome.PASS, Outcome.PASS),
        (Outcome.NOT_RUN, Outcome.FAIL, Outcome.FAIL),
    ],
)
def test_a_doubled_shard_counts_with_the_worse_of_what_it_saw(first: Outcome, second: Outcome, counts: Outcome) -> None:
    """A retry makes nothing well; only where the first saw nothing at all does the second stand in for it."""
    parts = [*three(*GOOD)[1:], part(1, result("a.one", first)), part(1, result("a.one", second), run_id="again")]
    assert join(parts).run.verdict is counts


def test_the_same_part_twice_is_one() -> None:
    """It was copied, and its requests were made once."""
    parts = three(*GOOD, safety=Safety(requests=10))
    assert join([*parts, parts[0]]).run.safety.requests == 30
    assert join([*parts, parts[0]]).run.run_id == join(parts).run.run_id


def test_joining_again_makes_the_same_run() -> None:
    """Its id depends on its parts alone: the history has it once. Another part makes it another run."""
    assert join(three(*GOOD)).run == join(list(reversed(three(*GOOD)))).run
    assert join(three(*GOOD)).run.run_id != join(three(*GOOD)[:2]).run.run_id


@pytest.mark.parametrize(
    ("changes", "terms", "why"),
    [
        ({"config_sha256": "other"}, {}, "the shards read different configurations"),
        ({"expected_build": "b2"}, {}, "the shards expected different builds"),
        ({"given_url": "https://elsewhere.example"}, {}, "the shards looked at different addresses"),
        ({"started": STARTED - 121}, {}, "shard 3/3 began 121 s before the last; those of one run begin within 120 s"),
        ({}, {"planned": planned()[:2]}, "the shards planned different checks"),
        ({}, {"shard": Shard(3, 4)}, "shard 4/4 left nothing"),
        ({}, {"point": a_point(timeout_s=119.0)}, "the shards are judged on different terms"),
        ({"verdict": Outcome.FAIL}, {}, "shard 3/3 says FAIL, and what it saw is PASS"),
        ({"run_id": "run-2"}, {}, "2 parts that differ say that they are run run-2"),
    ],
)
def test_shards_that_do_not_fit_cannot_be_judged(changes: dict[str, Any], terms: dict[str, Any], why: str) -> None:
    """Late, of another configuration, of another plan: green is out of reach, and the reason says why."""
    run = join([*three(*GOOD)[:2], part(3, result("c.three"), terms=terms, **changes)]).run
    assert run.verdict is Outcome.INCONCLUSIVE
    assert any(why in trouble for trouble in run.troubles), run.troubles


def test_what_troubled_a_shard_troubles_the_whole() -> None:
    """A withheld file, an unproven build, a jump of the clock: told with the shard's number."""
    run = join([*three(*GOOD)[:2], part(3, result("c.three"), troubles=("the clock was set back",))]).run
    assert (run.verdict, run.reason) == (Outcome.INCONCLUSIVE, "shard 3/3: the clock was set back")


def test_an_interrupted_shard_interrupts_the_whole() -> None:
    """Ctrl-C decides, whatever else was seen; a time-out leaves a failure a failure."""
    cut = {"interruption": Interruption(reason="interrupted", decides=True)}
    late = {"interruption": Interruption(reason="time-out of 120 s", decides=False)}
    rest = three(Outcome.PASS, Outcome.FAIL)
    assert join([*rest, part(3, result("c.three"), terms=cut)]).run.verdict is Outcome.INCONCLUSIVE
    assert join([*rest, part(3, result("c.three", Outcome.NOT_RUN), terms=late)]).run.verdict is Outcome.FAIL
    again = part(3, result("c.three"), run_id="again")
    assert join([*three(*GOOD)[:2], part(3, terms=late), again]).run.verdict is Outcome.PASS


def test_a_shard_that_is_not_critical_does_not_decide() -> None:
    """Alone it would be all there is to judge by; in the whole it is not."""
    extra = [part(index, result(name)) for index, name in ((1, "a.one"), (2, "b.two"))]
    minor = part(3, result("c.three", Outcome.FAIL, critical=False))
    assert minor.run.verdict is Outcome.FAIL
    assert join([*extra, minor]).run.verdict is Outcome.PASS


def test_a_breach_of_safety_in_any_shard_fails_the_whole() -> None:
    """Critical or not."""
    breach = part(3, judged((Blame.SAFETY,), name="c.three", critical=False))
    assert join([*three(*GOOD)[:2], breach]).run.verdict is Outcome.FAIL


def test_receipts_and_builds_are_added_up() -> None:
    """What all of them asked of the target, writes of one kind in one line; the peak is that of the busiest."""
    write = Mutation(method="POST", path="/login", count=2, check="a.one", permission="POST /login")
    safety = Safety(requests=5, mutations=(write,), blocked=("x",), silenced=1, rate_limit_peak=0.2)
    run = join(three(*GOOD, safety=safety, builds={"b1": 4}, silent_answers=1)).run
    assert (run.safety.requests, run.safety.silenced, run.safety.rate_limit_peak) == (15, 3, 0.2)
    assert [(each.path, each.count) for each in run.safety.mutations] == [("/login", 6)]
    assert (dict(run.builds), run.silent_answers) == ({"b1": 12}, 3)


def test_a_region_that_ran_everything_keeps_its_run() -> None:
    """There is nothing to join."""
    alone = part(1, *(result(name) for name in IDS), terms={"shard": None})
    assert join([alone]).run == alone.run


@pytest.mark.parametrize(
    ("seen", "changes", "verdict", "why"),
    [
        ((Outcome.PASS,), {}, Outcome.INCONCLUSIVE, "b.two was not run"),
        ((Outcome.PASS, Outcome.PASS, Outcome.FAIL), {"verdict": Outcome.PASS}, Outcome.FAIL, "c.three failed"),
        (GOOD, {"results": ()}, Outcome.INCONCLUSIVE, "says PASS, and what it saw is INCONCLUSIVE"),
        ((Outcome.FAIL, *GOOD[1:]), {"passed": True}, Outcome.FAIL, "a.one failed"),
    ],
)
def test_a_part_alone_is_not_taken_at_its_word(
    seen: tuple[Outcome, ...], changes: dict[str, Any], verdict: Outcome, why: str
) -> None:
    """It says that it is all there is, and that all is well; the checks that were planned and what it saw decide."""
    told = part(1, *map(result, IDS, seen), terms={"shard": None})
    run = join([replace(told, run=replace(told.run, **changes))]).run
    assert (run.verdict, run.passed) == (verdict, False)
    assert why in run.reason


def test_a_check_that_says_pass_of_failed_attempts_is_not_green() -> None:
    """What was seen counts, and not what was written over it."""
    changed = replace(result("c.three", Outcome.FAIL), outcome=Outcome.PASS)
    run = join([*three(*GOOD)[:2], part(3, changed)]).run
    assert run.verdict is Outcome.INCONCLUSIVE
    assert run.troubles == ("shard 3/3 says of c.three what its attempts did not come to",)


def test_a_failure_that_nobody_planned_is_not_left_out() -> None:
    """All parts name the same checks, and one looked at another."""
    terms = {"planned": planned()[:2]}
    parts = [part(1, result("a.one"), result("c.three", Outcome.FAIL), of=2, terms=terms)]
    run = join([*parts, part(2, result("b.two"), of=2, terms=terms)]).run
    assert run.verdict is Outcome.INCONCLUSIVE
    assert run.troubles == ("shard 1/2 looked at c.three, which nobody planned",)


def test_a_region_that_ran_twice_counts_with_the_worse() -> None:
    """As a shard of one."""
    once = part(1, *(result(name) for name in IDS), terms={"shard": None})
    again = part(1, *(result(name, Outcome.FAIL) for name in IDS), terms={"shard": None}, run_id="again")
    assert join([once, again]).run.verdict is Outcome.FAIL
