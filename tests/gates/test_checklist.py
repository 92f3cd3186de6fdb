"""Nothing that was not looked at counts as complete, and no criterion makes a decision better."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smoke.config.points import FlakyPolicy
from smoke.dora.deployment import Deployment
from smoke.gates.checklist import CheckSeen, Facts, Flow, checklist, completed, in_order, recorded
from smoke.gates.checklist_printed import as_json, as_lines, as_markdown
from smoke.gates.criteria import Criterion, CriterionState, Seen
from smoke.gates.decision import Decision, Part, PartName, decide
from smoke.gates.new_endpoints import EndpointSeen, deployed
from smoke.gates.pipeline import RESULT, committed, succeeded
from smoke.gates.restarts import Reading, restarted
from smoke.model import Action, Category, Outcome

MET, UNMET, UNOBSERVED = CriterionState
SHA = "c0ffee00"


def decided(outcome: Outcome = Outcome.PASS) -> Decision:
    part = Part(name=PartName.CHECKS, outcome=outcome, sentence="3 checks", on_failure=Action.ROLLBACK, severity="high")
    return decide("post-production", [PartName.CHECKS], [part], FlakyPolicy.BLOCK)


def check(name: str, category: Category, outcome: Outcome = Outcome.PASS, *, critical: bool = True) -> CheckSeen:
    return CheckSeen(id=name, category=category, critical=critical, outcome=outcome)


def reading(asked_at: float, **said: object) -> Reading:
    return Reading(asked_at=asked_at, answered_at=asked_at + 0.01, **said)  # type: ignore[arg-type]


EVERY_CHECK = (
    check("health.root", Category.API_HEALTH),
    check("endpoints.reranker", Category.CRITICAL_PATHS),
    check("dependencies.installed", Category.EXTERNAL_SERVICES),
    check("schema.version", Category.DATABASE),
)
WHOLE = Facts(
    decision=decided(),
    pipeline=(committed({"GITHUB_SHA": SHA}), succeeded({RESULT: "success"})),
    readings=(reading(0, uptime_s=60.0), reading(300, uptime_s=360.0)),
    endpoints=(EndpointSeen(path="/reranker/health", status=200, beside=404),),
    checks=EVERY_CHECK,
    flow=Flow(points=1, sent_s_ago=300),
)
BLIND = Facts(
    decision=decided(Outcome.INCONCLUSIVE),
    pipeline=(committed({}), succeeded({})),
    readings="no restart",
    endpoints="none were named",
    checks=(),
    flow="no keys",
)


def of(criterion: Criterion, facts: Facts) -> Seen:
    return next(each for each in checklist(facts) if each.criterion is criterion)


def test_whatever_can_be_observed_is_met_with_its_evidence():
    seen = {each.criterion: each for each in checklist(WHOLE)}
    assert {each for each in seen if seen[each].standing is not MET} == {Criterion.STATE_FILES, Criterion.HANDOFF}
    assert seen[Criterion.COMMITTED].evidence == f"{SHA}, by GITHUB_SHA"
    assert seen[Criterion.RESTARTED].evidence == "no restart over 5m, up for 6m"
    assert seen[Criterion.ENDPOINTS].evidence == "/reranker/health 200, endpoints.reranker PASS"
    assert seen[Criterion.MIGRATIONS].evidence == "schema.version PASS"


def test_what_nobody_looked_at_is_never_met_and_says_why():
    seen = checklist(BLIND)
    assert {each.standing for each in seen} == {UNOBSERVED}
    assert all(each.evidence for each in seen)


def test_each_criterion_is_told_once_in_the_order_of_the_seed():
    seen = in_order((*checklist(WHOLE), recorded(None, None)))
    assert [each.criterion for each in seen] == list(Criterion)


@pytest.mark.parametrize("outcome", Outcome)
def test_a_required_check_decides_its_criterion_and_another_one_does_not(outcome):
    standing = {Outcome.PASS: MET, Outcome.FLAKY: MET, Outcome.FAIL: UNMET}.get(outcome, UNOBSERVED)
    checks = (check("schema.version", Category.DATABASE, outcome), check("db.x", Category.DATABASE, critical=False))
    assert of(Criterion.MIGRATIONS, replace(WHOLE, checks=checks)).standing is standing
    assert of(Criterion.MIGRATIONS, replace(WHOLE, checks=checks[1:])).standing is UNOBSERVED


def test_one_bad_endpoint_is_named_and_the_good_ones_are_not():
    bad = (*(WHOLE.endpoints), EndpointSeen(path="/analytics/health", status=404, beside=404))
    seen = of(Criterion.ENDPOINTS, replace(WHOLE, endpoints=bad))
    assert (seen.standing, seen.evidence) == (UNMET, "/analytics/health 404")


@pytest.mark.parametrize(
    ("status", "beside", "standing"),
    [
        (200, 404, MET),
        (405, 404, MET),  # a POST that is asked by GET is there
        (404, 404, UNMET),
        (410, 404, UNMET),
        (503, 404, UNMET),
        (200, 200, UNOBSERVED),  # a page for every path
        (401, 401, UNOBSERVED),  # a login before every path
        (None, None, UNOBSERVED),
    ],
)
def test_an_endpoint_is_there_if_it_answers_otherwise_than_what_is_not(status, beside, standing):
    assert deployed(EndpointSeen(path="/x", status=status, beside=beside, trouble="no answer"))[0] is standing


@pytest.mark.parametrize(
    ("first", "last", "standing"),
    [
        ({"uptime_s": 10.0}, {"uptime_s": 310.0}, MET),
        ({"uptime_s": 10.0}, {"uptime_s": 12.5}, UNMET),
        ({"uptime_s": 900.0}, {"uptime_s": 305.5}, MET),  # another process behind the same balancer, older than we look
        ({"uptime_s": 10.5}, {"uptime_s": 299.0}, MET),  # whole seconds
        ({"uptime_s": 10.5}, {"uptime_s": 298.0}, UNMET),
        ({"uptime_s": 10.5, "boot": "1"}, {"uptime_s": 310.5, "boot": "2"}, MET),
        ({"boot": "1"}, {"boot": "1"}, MET),
        ({"boot": "1"}, {"boot": "2"}, UNMET),
        ({"uptime_s": 10.0}, {"trouble": "503"}, UNOBSERVED),
    ],
)
def test_a_process_that_is_younger_than_the_first_reading_was_restarted(first, last, standing):
    assert restarted((reading(0, **first), reading(300, **last)))[0] is standing


def test_one_reading_shows_no_restart_and_no_stability():
    assert restarted((reading(0, uptime_s=5.0),))[0] is UNOBSERVED


@given(
    starts=st.lists(st.floats(0, 1000), min_size=1, max_size=4),
    choice=st.tuples(st.integers(0, 3), st.integers(0, 3)),
    apart=st.floats(0.2, 600),
    whole=st.booleans(),
)
def test_processes_that_all_run_since_before_are_never_taken_for_restarts(starts, choice, apart, whole):
    """Whichever of them a balancer picks, and whether they tell whole seconds or parts of them."""
    shown = float if not whole else lambda value: float(int(value))
    one, other = (starts[index % len(starts)] for index in choice)
    pair = (reading(0, uptime_s=shown(one)), reading(apart, uptime_s=shown(other + apart)))
    assert restarted(pair)[0] is MET


@pytest.mark.parametrize(
    ("environ", "standing"),
    [
        ({"GITHUB_SHA": SHA}, MET),
        ({"SMOKE_COMMIT": SHA[:6], "GITHUB_SHA": SHA}, MET),
        ({"SMOKE_COMMIT": SHA}, UNOBSERVED),
        ({"SMOKE_COMMIT": "beef", "GITHUB_SHA": SHA}, UNOBSERVED),
    ],
)
def test_a_commit_is_pushed_if_a_pipeline_runs_on_it(environ, standing):
    assert committed(environ).standing is standing


@pytest.mark.parametrize(
    ("said", "standing"), [("success", MET), ("failure", UNMET), ("cancelled", UNMET), ("", UNOBSERVED)]
)
def test_the_pipeline_succeeded_if_it_says_so(said, standing):
    where = {"GITHUB_SERVER_URL": "https://github.example", "GITHUB_REPOSITORY": "a/b", "GITHUB_RUN_ID": "7"}
    seen = succeeded({RESULT: said, **where})
    assert (seen.standing, "https://github.example/a/b/actions/runs/7" in seen.evidence) == (standing, True)


@pytest.mark.parametrize(("points", "age", "standing"), [(2, 5, MET), (0, 5, UNOBSERVED), (0, 300, UNMET)])
def test_metrics_that_do_not_arrive_are_told_once_they_are_late(points, age, standing):
    assert of(Criterion.MONITORING, replace(WHOLE, flow=Flow(points=points, sent_s_ago=age))).standing is standing


def test_a_record_that_should_be_there_and_is_not_is_unmet():
    deployment = Deployment(
        suite="shop", environment="production", build="b2", commit=None, point="post-production", at=0.0, success=True
    )
    assert recorded(deployment, None).evidence == "b2 at 1970-01-01T00:00:00Z: success"
    assert recorded(None, None).standing is UNMET
    assert recorded(None, "a dry run").standing is UNOBSERVED


@given(outcome=st.sampled_from(Outcome), standings=st.lists(st.sampled_from(CriterionState), max_size=5))
def test_the_checklist_blocks_what_would_proceed_and_changes_nothing_else(outcome, standings):
    decision = decided(outcome)
    seen = [Seen(criterion=Criterion.RESTARTED, standing=each, evidence="up for 2 s") for each in standings]
    found = completed(decision, seen)
    if decision.passed and UNMET in standings:
        assert (found.action, found.outcome, found.exit_code) == (Action.BLOCK, Outcome.FAIL, 1)
        assert found.reason.startswith("not complete: restarted, no crash loop: up for 2 s")
    else:
        assert found == decision


def test_it_is_printed_as_a_table_and_as_markdown_that_keeps_its_cells():
    seen = [Seen(criterion=Criterion.SMOKE, standing=MET, evidence="a | b\n<c>")]
    assert list(as_lines(seen))[-1] == "deployment complete: 1 met, 0 unmet, 0 not observable here"
    assert "| smoke | ✅ met | a \\| b \\<c> |" in as_markdown(seen)


def test_programs_read_each_criterion_with_its_evidence() -> None:
    seen = checklist(WHOLE)
    told = as_json(seen)
    assert [each["criterion"] for each in told] == [str(each.criterion) for each in seen]
    assert told[0] == {"criterion": seen[0].criterion, "standing": seen[0].standing, "evidence": seen[0].evidence}
