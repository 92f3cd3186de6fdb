"""smoke.yml, driven end to end: three regions, one of them down, and one job that tells what they saw."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml
from pytest_httpserver import HTTPServer

from smoke.config.cron_schedule import slots
from smoke.config.schedules import schedules_of
from smoke.demo.breaks import Break
from smoke.history.runs import History
from tests.deploy.world import BEAT, BRANCH, REGIONS, ROOT, TOKEN, WORKFLOW, World, world
from tests.support.github import is_met
from tests.support.receivers import WEBHOOK_PATH

HOUR, DAY = 3600.0, 86_400.0
JOBS = WORKFLOW["jobs"]
ACCOUNTS = {"SMOKE_TEST_PASSWORD", "SMOKE_TEST_TOTP_SECRET"}
FIRST, SECOND, THIRD = REGIONS


@pytest.fixture
def narrow(tmp_path: Path, httpserver: HTTPServer) -> Iterator[World]:
    """Regions that ask for the health of the product alone, and no Node."""
    with world(tmp_path, httpserver, check="health") as made:
        yield made


def kept(checkout: Path) -> dict[str, list[str]]:
    """The verdicts of a history by region, the newest first."""
    found: dict[str, list[str]] = {}
    for run in History(checkout / "reports/history.db").recent("betterprompts", "production", 99):
        found.setdefault(run.region, []).append(run.verdict)
    return found


def test_one_region_fails_and_one_is_down(narrow: World) -> None:
    """Whoever looks finds the same: history, rules, people, dead-man switch, status page, job summary, exit code."""
    narrow.seed(HOUR)
    well, ill = narrow.apps
    ill.set_breaks((Break.SERVICE_DOWN,))
    done = narrow.round(well, ill, None)
    log = done.publish.log
    assert {region: job.result for region, job in done.regions.items()} == {FIRST: "success", SECOND: "failure"}
    assert done.publish.result == "failure", log
    assert done.publish.steps["Join, judge the rules, tell"].code == 1, log
    assert done.verdicts() == {FIRST: "PASS", SECOND: "FAIL"}
    assert kept(done.checkout) == {FIRST: ["PASS", "PASS"], SECOND: ["FAIL", "PASS"], THIRD: ["PASS"]}
    assert (narrow.slack.noticed, narrow.slack.refused) == (["CRITICAL"], [])
    assert "opened The smoke test fails" in log
    assert "Two regions fail at once" not in log
    assert narrow.beats == ["/fail FAIL (exit 1): health.root failed: status ('degraded') == 'healthy' (and 2 more)"]
    assert done.standings() == {FIRST: "up", SECOND: "down", THIRD: "unknown"}
    rows = [line.split(" | ")[1:3] for line in done.summary.splitlines() if line.startswith("| betterprompts")]
    assert sorted(rows) == sorted([[FIRST, "✅ PASS"], [SECOND, "❌ FAIL"], [THIRD, "❓ left nothing"]])
    environments = (done.checkout / "reports/allure-results/environment.properties").read_text()
    assert (f"{FIRST}=PASS" in environments, f"{SECOND}=FAIL" in environments) == (True, True)
    assert narrow.git("rev-list", "--count", BRANCH).strip() == "1"
    assert narrow.git("ls-tree", "-r", "--name-only", BRANCH).count("runs/") == 5
    secrets = [TOKEN, BEAT, Path(WEBHOOK_PATH).name, *(app.environ[name] for app in narrow.apps for name in ACCOUNTS)]
    said = narrow.everything() + "".join(job.log for job in (*done.regions.values(), done.publish)).encode()
    assert [each for each in secrets if each.encode() in said] == []


@pytest.mark.long
def test_where_nothing_arrived_it_is_told_and_no_switch_is_kept_alive(tmp_path: Path, httpserver: HTTPServer) -> None:
    """All runners are gone: the history stays, and the rule about silent regions is judged all the same."""
    with world(tmp_path, httpserver, check="health", rules=("heartbeat_missing",)) as made:
        made.seed(HOUR)
        done = made.round(None, None, None)
        assert done.publish.steps["Join, judge the rules, tell"].code == 3, done.publish.log
        assert "no part arrived: nothing can be said of the application" in done.summary
        assert made.beats == []
        assert made.slack.noticed == ["WARNING"] * 3
        assert kept(done.checkout) == {region: ["PASS"] for region in REGIONS}
        assert done.publish.steps["Push the history"].code == 0


@pytest.mark.long
def test_a_history_that_cannot_be_read_leaves_the_verdict_and_the_branch(narrow: World) -> None:
    """The job says so, and is red by it."""
    narrow.git("branch", "--force", BRANCH, narrow.commit("somebody's code"))
    before = narrow.git("rev-parse", BRANCH)
    well, _ = narrow.apps
    done = narrow.round(well, None, None)
    codes = {name: ran.code for name, ran in done.publish.steps.items() if ran.code}
    assert codes == {"Pull the history": 3, "Join, judge the rules, tell": 3, "Push the history": 3}
    assert narrow.git("rev-parse", BRANCH) == before
    assert narrow.beats == ["PASS (exit 0): all 3 checks passed"]


@pytest.mark.long
def test_rules_about_several_regions_open_and_close_over_rounds(tmp_path: Path, httpserver: HTTPServer) -> None:
    """Each round on machines that know nothing but the branch; a region that is down all the time is no failure."""
    with world(tmp_path, httpserver, check="health", node=True) as made:
        well, ill = made.apps
        ill.set_breaks((Break.SERVICE_DOWN,))
        codes = []
        for apps in ((well, ill, None), (ill, ill, None), (ill, ill, None), (well, well, None)):
            done = made.round(*apps)
            codes.append(done.publish.steps["Join, judge the rules, tell"].code)
        assert codes == [1, 1, 1, 3], done.publish.log
        assert made.slack.noticed == ["CRITICAL", "CRITICAL", "OVER", "OVER"]
        assert [beat.split()[0] for beat in made.beats] == ["/fail", "/fail", "/fail", "PASS"]
        assert {region: len(verdicts) for region, verdicts in kept(done.checkout).items()} == {FIRST: 4, SECOND: 4}
        page = (done.checkout / "reports/allure-report/index.html").read_text(encoding="utf-8")
        assert "report: reports/allure-report/index.html" in done.publish.log
        assert page
        assert made.git("show", f"{BRANCH}:allure-history.jsonl").count("\n") == 4
        assert made.git("rev-list", "--count", BRANCH).strip() == "1"


@pytest.mark.long
def test_of_a_job_that_ran_again_the_last_look_counts(narrow: World) -> None:
    """The others' looks are joined once more, and are the same runs as before: nothing is there or told twice."""
    well, ill = narrow.apps
    ill.set_breaks((Break.SERVICE_DOWN,))
    first = narrow.round(well, ill, well)
    again = narrow.round(None, well, None, attempt=2)
    assert [each.publish.steps["Join, judge the rules, tell"].code for each in (first, again)] == [1, 0]
    assert again.verdicts() == {FIRST: "PASS", SECOND: "PASS", THIRD: "PASS"}
    assert kept(again.checkout) == {FIRST: ["PASS"], SECOND: ["PASS", "FAIL"], THIRD: ["PASS"]}
    assert narrow.slack.noticed == ["CRITICAL", "OVER"]


@pytest.mark.long
def test_runs_by_hand_from_regions_of_no_schedule_are_judged_alone(narrow: World) -> None:
    """A suite that is scheduled elsewhere, or not at all."""
    narrow.reschedule(["elsewhere"])
    well, _ = narrow.apps
    done = narrow.round(well, None, None)
    assert done.publish.steps["Join, judge the rules, tell"].code == 0, done.publish.log
    assert "left nothing" not in done.summary


@pytest.mark.long
@pytest.mark.browser
def test_what_each_step_takes(tmp_path: Path, httpserver: HTTPServer) -> None:
    """All checks of the suite, with journeys; the seconds are printed for docs/smoke-test-runbook.md (-rP)."""
    with world(tmp_path, httpserver, node=True) as made:
        well, _ = made.apps
        made.round(well, None, None)  # whatever is cold is warm now
        done = made.round(well, None, None)
        assert [job.result for job in done.regions.values()] == ["success"], done.regions[FIRST].log
        assert done.verdicts() == {}
        assert done.publish.steps["Join, judge the rules, tell"].code == 3
        said = made.everything()
        assert [name for name in ACCOUNTS if well.environ[name].encode() in said] == []
        for name, job in (("smoke", done.regions[FIRST]), ("publish", done.publish)):
            for step, seconds in job.seconds.items():
                print(f"| {name} | {step} | {seconds:.1f} s |")


def test_the_regions_are_those_of_the_schedule_and_so_is_its_pace() -> None:
    (schedule,) = (each for each in schedules_of(ROOT) if each.suite == "betterprompts")
    assert tuple(REGIONS) == schedule.regions
    (cron,) = (each["cron"] for each in WORKFLOW["on"]["schedule"])
    begun = slots(cron, "UTC", 0, DAY)
    assert {later - earlier for earlier, later in itertools.pairwise(begun)} == {schedule.interval}
    assert all(slot % HOUR for slot in begun), "at the full hour GitHub starts late, or not at all"


def handed_out(job: str) -> dict[str, dict[str, str]]:
    """What each step of a job is given of secrets, tokens and variables, by their names there."""
    return {
        step.get("name", ""): {name: value for name, value in step.get("env", {}).items() if "${{ " in str(value)}
        for step in JOBS[job]["steps"]
    }


def test_every_channel_and_sink_finds_its_secrets_where_people_are_told_and_nowhere_else() -> None:
    """Regions hold nothing but the smoke accounts."""
    told = yaml.safe_load((ROOT / "config/monitoring-integration.yaml").read_text(encoding="utf-8"))
    named = {
        each[key] for each in told["channels"] for key in ("webhook", "server", "sender", "routing_key") if key in each
    }
    publish = handed_out("publish")
    telling = publish.pop("Join, judge the rules, tell")
    assert named | {"DD_API_KEY", "NEW_RELIC_LICENSE_KEY", "SMOKE_HEARTBEAT_URL", "GITHUB_TOKEN"} <= telling.keys()
    assert {name for env in publish.values() for name in env} == {"GITHUB_TOKEN"}
    regions = {name: value for env in handed_out("smoke").values() for name, value in env.items()}
    assert {name for name, value in regions.items() if "secrets." in value or "token" in value} == ACCOUNTS
    assert "secrets." not in json.dumps(JOBS["pages"])


def test_each_job_may_do_what_it_does_and_no_more() -> None:
    assert WORKFLOW["permissions"] == {}
    assert {name: job["permissions"] for name, job in JOBS.items()} == {
        "smoke": {"contents": "read"},
        "publish": {"contents": "write", "issues": "write"},
        "pages": {"pages": "write", "id-token": "write"},
    }


@pytest.mark.parametrize(
    ("state", "runs"),
    [
        ({"github": {"event": {"repository": {"fork": True}}}}, set()),
        ({"failed": True}, {"publish"}),
        ({"needs": {"publish": {"outputs": {"site": "github-pages-1"}}}}, {"smoke", "publish", "pages"}),
    ],
    ids=["a fork", "a region failed", "there is a site"],
)
def test_which_jobs_run(state: Mapping[str, object], runs: set[str]) -> None:
    """Of the run as a whole: publish whatever became of the regions, pages only where a variable asked for it."""
    assert {name for name, job in JOBS.items() if is_met(job["if"], state)} == runs
