"""A Datadog account that keeps what it is told, on the strict intake; it adds and turns what the real one does."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, field
from typing import Any

from werkzeug import Request, Response

from tests.support.datadog_grammar import query_fault
from tests.support.datadog_intake import DatadogIntake, reply

MONITOR = "/api/v1/monitor"
DASHBOARD = "/api/v1/dashboard"
TESTS = "/api/v1/synthetics/tests"
Thing = dict[str, Any]


@dataclass(slots=True)
class DatadogAccount:
    """What is in it, by id; whoever writes into it by hand is a test."""

    intake: DatadogIntake
    monitors: dict[str, Thing] = field(default_factory=dict)
    dashboards: dict[str, Thing] = field(default_factory=dict)
    tests: dict[str, Thing] = field(default_factory=dict)
    locations: tuple[str, ...] = ("aws:eu-west-1", "aws:us-east-1", "aws:us-west-2", "pl:office-1")
    made: int = 0

    @property
    def writes(self) -> list[str]:
        """What changed something, as ``PUT /api/v1/monitor/10001``."""
        asked = ((each.method, each.path) for each in self.intake.taken)
        return [f"{method} {path}" for method, path in asked if method != "GET" and not path.endswith("/validate")]

    def monitor(self, rule: str) -> Thing:
        (found,) = [each for each in self.monitors.values() if f"smoke-rule:{rule}" in each["tags"]]
        return found

    def _next(self) -> int:
        self.made += 1
        return 10_000 + self.made

    def _validated(self, _request: Request, body: Any) -> Response:
        fault = query_fault(body)
        return reply(400, {"errors": [fault]}) if fault else reply(200, {})

    def _store_monitor(self, request: Request, body: Any) -> Response:
        if fault := query_fault(body):
            return reply(400, {"errors": [fault]})
        id_ = request.path.rpartition("/")[2] if request.method == "PUT" else str(self._next())
        if request.method == "PUT" and id_ not in self.monitors:
            return reply(404, {"errors": ["Monitor not found"]})
        options = {"new_host_delay": 300, "silenced": {}, **body["options"]}
        kept = {**copy.deepcopy(body), "id": int(id_), "options": _without_nulls(options), "overall_state": "No Data"}
        kept["tags"] = sorted(tag.lower() for tag in body["tags"])
        self.monitors[id_] = json.loads(json.dumps({**kept, "multi": " by " in body["query"], "deleted": None}))
        return reply(200, self.monitors[id_])

    def _list_monitors(self, request: Request, _body: Any) -> Response:
        wanted = request.args.get("monitor_tags", "").split(",") if request.args.get("monitor_tags") else []
        found = [each for each in self.monitors.values() if all(tag in each["tags"] for tag in wanted)]
        return reply(200, _page(found, int(request.args.get("page", 0)), int(request.args.get("page_size", 1000))))

    def _remove_monitor(self, request: Request, _body: Any) -> Response:
        del self.monitors[id_ := request.path.rpartition("/")[2]]
        return reply(200, {"deleted_monitor_id": int(id_)})

    def _store_dashboard(self, request: Request, body: Any) -> Response:
        if wrong := [tag for tag in body.get("tags") or () if not tag.startswith("team:")]:
            return reply(400, {"errors": [f"Invalid tag format. Valid tag keys are: team. {wrong}"]})
        id_ = request.path.rpartition("/")[2] if request.method == "PUT" else f"dash-{self._next()}"
        widgets = [{**widget, "id": self._next()} for widget in body["widgets"]]
        times = {"created_at": "2026-11-21T12:00:00+00:00", "modified_at": "2026-11-21T12:00:00+00:00"}
        self.dashboards[id_] = {**copy.deepcopy(body), **times, "id": id_, "widgets": widgets, "notify_list": None}
        return reply(200, self.dashboards[id_])

    def _list_dashboards(self, request: Request, _body: Any) -> Response:
        shown = ("id", "title", "description", "layout_type")
        found = [{key: each.get(key) for key in shown} for each in self.dashboards.values()]
        count = int(request.args.get("count", 100))
        return reply(200, {"dashboards": _page(found, int(request.args.get("start", 0)) // count, count)})

    def _read_dashboard(self, request: Request, _body: Any) -> Response:
        return reply(200, self.dashboards[request.path.rpartition("/")[2]])

    def _remove_dashboard(self, request: Request, _body: Any) -> Response:
        del self.dashboards[id_ := request.path.rpartition("/")[2]]
        return reply(200, {"deleted_dashboard_id": id_})

    def _store_test(self, request: Request, body: Any) -> Response:
        id_ = request.path.rpartition("/")[2] if request.method == "PUT" else f"abc-def-{self._next()}"
        self.tests[id_] = {**copy.deepcopy(body), "public_id": id_, "monitor_id": self._next()}
        return reply(200, self.tests[id_])

    def _list_tests(self, request: Request, _body: Any) -> Response:
        size = int(request.args.get("page_size", 100))
        return reply(200, {"tests": _page(list(self.tests.values()), int(request.args.get("page_number", 0)), size)})

    def _remove_tests(self, _request: Request, body: Any) -> Response:
        for id_ in body["public_ids"]:
            del self.tests[id_]
        return reply(200, {"deleted_tests": [{"public_id": id_} for id_ in body["public_ids"]]})

    def _list_locations(self, _request: Request, _body: Any) -> Response:
        return reply(200, {"locations": [{"id": each, "name": each} for each in self.locations]})


def account_on(intake: DatadogIntake) -> DatadogAccount:
    """Let ``intake`` speak for an account that is empty so far."""
    account = DatadogAccount(intake)
    for method, path, answer in (
        ("POST", f"{MONITOR}/validate", account._validated),
        ("POST", f"{MONITOR}/{{monitor_id}}/validate", account._validated),
        ("POST", MONITOR, account._store_monitor),
        ("PUT", f"{MONITOR}/{{monitor_id}}", account._store_monitor),
        ("GET", MONITOR, account._list_monitors),
        ("DELETE", f"{MONITOR}/{{monitor_id}}", account._remove_monitor),
        ("POST", DASHBOARD, account._store_dashboard),
        ("PUT", f"{DASHBOARD}/{{dashboard_id}}", account._store_dashboard),
        ("GET", DASHBOARD, account._list_dashboards),
        ("GET", f"{DASHBOARD}/{{dashboard_id}}", account._read_dashboard),
        ("DELETE", f"{DASHBOARD}/{{dashboard_id}}", account._remove_dashboard),
        ("POST", f"{TESTS}/api", account._store_test),
        ("PUT", f"{TESTS}/api/{{public_id}}", account._store_test),
        ("GET", TESTS, account._list_tests),
        ("POST", f"{TESTS}/delete", account._remove_tests),
        ("GET", "/api/v1/synthetics/locations", account._list_locations),
    ):
        intake.on(method, path, answer)
    return account


def _page(found: list[Thing], number: int, size: int) -> list[Thing]:
    return found[number * size : (number + 1) * size]


def _without_nulls(options: Thing) -> Thing:
    return {key: value for key, value in options.items() if value is not None}
