"""``smoke monitors sync`` against an account that keeps what it is told and takes only what Datadog describes."""

from __future__ import annotations

import itertools
from collections import Counter

import pytest
from werkzeug import Request, Response

from tests.datadog.conftest import Smoke
from tests.support.datadog_account import DASHBOARD, MONITOR, DatadogAccount
from tests.support.datadog_intake import reply

MONITORS = 15
DASHBOARDS = {"Smoke: production health", "Smoke: smoke test status"}


def test_the_first_sync_makes_everything_and_the_second_nothing(smoke: Smoke, account: DatadogAccount) -> None:
    """Each rule with a form is a monitor, and there are two dashboards; once they stand there is nothing to do."""
    first = smoke("monitors", "sync")
    assert (first.code, first.err) == (0, "")
    assert len(account.monitors) == MONITORS
    assert {each["title"] for each in account.dashboards.values()} == DASHBOARDS
    assert account.intake.refused == []
    assert "created monitor smoke_test_failure" in first.out
    assert "no monitor for rule password_too_old: the age of a password is not sent to Datadog" in first.out
    assert "no handle for github" not in first.out
    before = len(account.writes)
    second = smoke("monitors", "sync")
    assert second.code == 0
    assert account.writes[before:] == []
    assert f"= {MONITORS + 2} as they should be" in second.out


def test_a_dry_run_shows_all_and_writes_nothing(smoke: Smoke, account: DatadogAccount) -> None:
    """The diff reads like one, and every query was put before Datadog."""
    said = smoke("monitors", "sync", "--dry-run")
    assert said.code == 0
    assert "+ monitor smoke_test_failure\n    avg(last_1h):avg:smoke_test.success{" in said.out
    assert "+ dashboard production_health\n" in said.out
    assert said.out.endswith("nothing was written\n")
    assert account.writes == []
    asked = Counter(each.path for each in account.intake.taken)
    assert asked[f"{MONITOR}/validate"] == MONITORS


def test_what_was_edited_by_hand_is_shown_and_put_back(smoke: Smoke, account: DatadogAccount) -> None:
    """Drift is told with both values; nothing else is written."""
    smoke("monitors", "sync")
    account.monitor("smoke_test_failure")["options"]["thresholds"]["critical"] = 0.5
    account.monitor("error_rate")["message"] = "be quiet"
    board = next(each for each in account.dashboards.values() if each["title"] == "Smoke: production health")
    board["widgets"][0]["definition"]["title"] = "Mine"
    before = len(account.writes)
    shown = smoke("monitors", "sync", "--dry-run").out
    assert "~ monitor smoke_test_failure\n    options.thresholds.critical: 0.5 -> 0.9\n" in shown
    assert '    message: "be quiet" -> "{{#is_alert}}' in shown
    assert '    widgets[0].definition.title: "Mine" -> "Success, last day"' in shown
    assert account.writes[before:] == []
    assert smoke("monitors", "sync").code == 0
    assert sorted(each.rpartition("/")[0] for each in account.writes[before:]) == [
        f"PUT {DASHBOARD}",
        f"PUT {MONITOR}",
        f"PUT {MONITOR}",
    ]
    assert account.monitor("smoke_test_failure")["options"]["thresholds"]["critical"] == 0.9
    assert "as they should be" in smoke("monitors", "sync", "--dry-run").out


def test_what_is_not_ours_is_never_touched(smoke: Smoke, account: DatadogAccount) -> None:
    """Monitors and dashboards of others stay as they are, even with --prune, even where their tags look like ours."""
    other = {
        "id": 1,
        "name": "Disk",
        "type": "query alert",
        "query": "avg(last_5m):avg:disk{*} > 1",
        "tags": ["smoke-rule:smoke_test_failure", "managed-by:terraform"],
        "options": {},
    }
    board = {"id": "x", "title": "Theirs", "description": "by hand", "layout_type": "free", "widgets": []}
    account.monitors["1"], account.dashboards["x"] = dict(other), dict(board)
    assert smoke("monitors", "sync", "--prune").code == 0
    assert account.monitors["1"] == other
    assert account.dashboards["x"] == board
    assert len(account.monitors) == MONITORS + 1


def test_what_the_yaml_no_longer_asks_for_is_shown_and_removed_only_when_told(
    smoke: Smoke, account: DatadogAccount
) -> None:
    """A rule that is gone leaves its monitor until --prune; so does a double."""
    smoke("monitors", "sync")
    gone = {**account.monitor("error_rate"), "id": 5, "tags": ["managed-by:smoke", "smoke-rule:retired"]}
    double = {**account.monitor("error_rate"), "id": 99999}
    account.monitors |= {"5": gone, "99999": double}
    said = smoke("monitors", "sync").out
    assert "- monitor retired (5): the configuration no longer asks for it; --prune removes it" in said
    assert "- monitor error_rate (99999): there is an older one of the same name; --prune removes it" in said
    assert {"5", "99999"} < account.monitors.keys()
    assert "removed monitor retired (5)" in smoke("monitors", "sync", "--prune").out
    assert len(account.monitors) == MONITORS


def test_with_an_environment_the_monitors_of_others_are_left_alone(smoke: Smoke, account: DatadogAccount) -> None:
    """--env syncs the rules that watch it; those that do not are neither made nor called superfluous."""
    assert smoke("monitors", "sync", "--env", "canary").code == 0
    assert len(account.monitors) == 2
    smoke("monitors", "sync")
    account.monitor("smoke_test_failure")["message"] = "by hand"
    said = smoke("monitors", "sync", "--env", "canary", "--prune")
    assert "smoke_test_failure" not in said.out
    assert len(account.monitors) == MONITORS


def test_everything_that_datadog_refuses_is_told_at_once_and_nothing_is_written(
    smoke: Smoke, account: DatadogAccount
) -> None:
    """Each refusal stands at the line of its rule, and the exit code is that of configuration."""

    def validated(_request: Request, body: dict[str, object]) -> Response:
        bad = {"smoke-rule:error_rate", "smoke-rule:database_errors"} & set(body["tags"])  # type: ignore[call-overload]
        return (
            reply(400, {"errors": ["The value provided for parameter 'query' is invalid"]}) if bad else reply(200, {})
        )

    account.intake.on("POST", f"{MONITOR}/validate", validated)
    said = smoke("monitors", "sync")
    assert said.code == 2
    assert "config/alert-rules.yaml: 2 problems" in said.err
    assert said.err.count("parameter 'query' is invalid") == 2
    assert said.err.count("line ") == 2
    assert account.writes == []


def test_what_failed_in_the_middle_is_completed_the_next_time(smoke: Smoke, account: DatadogAccount) -> None:
    """A 500 stops it and is told; what was made stays, is not made twice, and the rest follows."""
    numbers = itertools.count(1)

    def third_fails(request: Request, body: object) -> Response:
        return reply(500, {"errors": ["oops"]}) if next(numbers) == 3 else account._store_monitor(request, body)

    account.intake.on("POST", MONITOR, third_fails)
    said = smoke("monitors", "sync")
    assert said.code == 3
    assert said.out.count("created monitor") == 2
    assert "is in trouble (500). What was told" in said.err, "it was not made again"
    assert "the next time does the rest" in said.err
    assert len(account.monitors) == 2
    assert smoke("monitors", "sync").code == 0
    assert len(account.monitors) == MONITORS
    assert len(account.dashboards) == 2


def test_what_may_have_been_made_is_not_made_again_at_once(smoke: Smoke, account: DatadogAccount) -> None:
    """A server that stores and then answers 500 leaves one monitor, which the next sync finds."""

    def stores_and_fails(request: Request, body: object) -> Response:
        account._store_monitor(request, body)
        return reply(500, {"errors": ["stored all the same"]})

    account.intake.on("POST", MONITOR, stores_and_fails)
    assert smoke("monitors", "sync").code == 3
    assert len(account.monitors) == 1
    account.intake.on("POST", MONITOR, account._store_monitor)
    assert smoke("monitors", "sync").code == 0
    assert len(account.monitors) == MONITORS


def test_a_refused_key_says_which_and_what_it_must_be_allowed(smoke: Smoke, account: DatadogAccount) -> None:
    """403 is no configuration of the YAML: it could not be done."""
    account.intake.instead.append(reply(403, {"errors": ["Forbidden"]}))
    said = smoke("monitors", "sync")
    assert said.code == 3
    assert "check DD_API_KEY and DD_APP_KEY (which needs monitors_read, monitors_write" in said.err
    assert account.writes == []


def test_a_rate_limit_is_waited_for_as_long_as_it_is_short(smoke: Smoke, account: DatadogAccount) -> None:
    """429 with a second to wait delays; with ten minutes it ends, and says so."""
    account.intake.instead.append(reply(429, {"errors": ["slow down"]}, X_Ratelimit_Reset="1"))
    assert smoke("monitors", "sync", "--dry-run").code == 0
    account.intake.instead.append(reply(429, {"errors": ["slow down"]}, X_Ratelimit_Reset="600"))
    said = smoke("monitors", "sync")
    assert said.code == 3
    assert "asks to wait 600 s" in said.err


def test_a_sign_in_page_is_no_account(smoke: Smoke, account: DatadogAccount) -> None:
    """A proxy that answers any request with a page must not read as an empty account."""
    account.intake.instead.append(Response("<html>Sign in</html>", status=200, content_type="text/html"))
    said = smoke("monitors", "sync")
    assert said.code == 3
    assert "did not answer like Datadog" in said.err
    assert account.writes == []


def test_an_answer_without_a_list_is_no_empty_account(smoke: Smoke, account: DatadogAccount) -> None:
    """Else everything would be made a second time."""
    account.intake.instead.append(reply(200, {}))
    said = smoke("monitors", "sync")
    assert said.code == 3
    assert "gave no list" in said.err
    assert account.writes == []


def test_a_datadog_that_is_not_there_is_told(smoke: Smoke, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dead address ends with exit code 3."""
    monkeypatch.setenv("SMOKE_DATADOG_URL", "http://127.0.0.1:9")
    said = smoke("monitors", "sync")
    assert said.code == 3
    assert "could not be reached" in said.err


def test_missing_keys_are_all_named_before_anything_is_asked(
    smoke: Smoke, account: DatadogAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both variables are told at once, with the way out."""
    monkeypatch.delenv("DD_API_KEY")
    monkeypatch.setenv("DD_APP_KEY", "two words")
    said = smoke("monitors", "sync")
    assert said.code == 2
    assert "DD_API_KEY: is not set" in said.err
    assert "DD_APP_KEY is not a key of Datadog" in said.err
    assert account.intake.requests == []


def test_an_unknown_environment_is_a_problem(
    smoke: Smoke, account: DatadogAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is synced for an environment that no suite has: it would read as done. A missing key is told with it."""
    monkeypatch.delenv("DD_APP_KEY")
    said = smoke("monitors", "sync", "--env", "prodution")
    assert said.code == 2
    assert "DD_APP_KEY: is not set" in said.err
    assert "no suite has an environment 'prodution'" in said.err
    assert account.intake.requests == []


def test_more_than_a_page_is_read(smoke: Smoke, account: DatadogAccount) -> None:
    """Ours are found behind a hundred dashboards and a hundred other monitors that bear our mark."""
    smoke("monitors", "sync")
    mine, boards = dict(account.monitors), dict(account.dashboards)
    board = {"title": "Theirs", "description": None, "layout_type": "free", "widgets": []}
    some = {**account.monitor("error_rate"), "tags": ["managed-by:smoke", "smoke-rule:old"]}
    account.dashboards = {**{f"d{number}": {**board, "id": f"d{number}"} for number in range(100)}, **boards}
    account.monitors = {**{str(number): {**some, "id": number} for number in range(100)}, **mine}
    before = len(account.writes)
    assert f"= {MONITORS + 2} as they should be" in smoke("monitors", "sync").out
    assert account.writes[before:] == []
