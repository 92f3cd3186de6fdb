"""How Allure is told to build a report."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smoke.judging.hints import MEANINGS
from smoke.model import Blame, Outcome

HISTORY_LIMIT = 100
"""Runs that history keeps: two days at one every half hour."""
CHART_RUNS = 50
PLACE = "place"
"""The label with region, environment and browser of a run."""
NOISE = "noise"
"""The label of a check in which something was accepted; the reason."""
HIDDEN_LABELS = ("host", "thread", "framework", "language", "package", PLACE)
CONFIG = """\
import { readFileSync } from "node:fs";
const settings = JSON.parse(readFileSync(new URL("settings.json", import.meta.url), "utf8"));
for (const place of Object.values(settings.environments))
  place.matcher = ({ labels }) => labels.some((each) => each.name === "place" && each.value === place.name);
export default settings;
"""
"""An allurerc.mjs: which environment a result belongs to is asked of a function, and JSON has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a report is made of, and where it goes."""

    name: str
    report: Path
    history: Path
    places: tuple[str, ...] = ()
    """Where the runs in it were made, as the label says it."""
    beside: tuple[Path, ...] = ()
    """Files that belong to no check."""
    single_file: bool = True


def settings(order: Order) -> dict[str, Any]:
    """Content of the settings.json that CONFIG reads. Allure refuses keys that it does not know."""
    return {
        "name": order.name,
        "output": str(order.report),
        "historyPath": str(order.history),
        "historyLimit": HISTORY_LIMIT,
        "hideLabels": list(HIDDEN_LABELS),
        "environments": {_id(place): {"name": place} for place in order.places},
        "globalAttachments": [str(path) for path in order.beside],
        "categories": {"rules": list(_categories())},
        "plugins": {
            "awesome": {
                "options": {
                    "reportName": order.name,
                    "singleFile": order.single_file,
                    "reportLanguage": "en",
                    "groupBy": ["parentSuite", "suite"],
                    "defaultSortBy": "status,asc",
                    "charts": list(CHARTS),
                }
            }
        },
    }


CHARTS: tuple[dict[str, Any], ...] = (
    {"type": "currentStatus", "title": "This run"},
    {"type": "statusDynamics", "title": "Outcomes, run by run", "limit": CHART_RUNS},
    {"type": "durationDynamics", "title": "Duration, run by run", "limit": CHART_RUNS},
    {"type": "durations", "title": "How long checks take", "groupBy": "none"},
    {"type": "statusTransitions", "title": "Newly failing and mended, run by run", "limit": CHART_RUNS},
    {"type": "stabilityDistribution", "title": "Stability by category", "groupBy": "suite", "limit": CHART_RUNS},
    {"type": "problemsDistribution", "title": "Problems by region, environment and browser", "by": "environment"},
    {"type": "testResultSeverities", "title": "Critical checks and others", "levels": ["critical", "normal"]},
)


def _categories() -> Iterable[dict[str, Any]]:
    """Yield them in the order in which they are shown; the first that matches has a check."""
    yield from (category(blame) for blame in sorted(Blame, key=lambda blame: blame.outcome))
    yield _category("not-run", f"{Outcome.NOT_RUN}: nobody looked", {"outcome": f"^{Outcome.NOT_RUN}$"})
    yield _category("flaky", f"{Outcome.FLAKY}: good only when tried again", {"outcome": f"^{Outcome.FLAKY}$"})
    yield _category("noise", f"{Outcome.PASS}: with something accepted (noise)", {NOISE: "."})


def category(blame: Blame) -> dict[str, Any]:
    """Where bad checks with the label ``blame`` are gathered."""
    # JavaScript reads these as regular expressions; a wrong one would give an empty report.
    return _category(f"blame-{blame}", f"{blame.outcome}: {MEANINGS[blame]} ({blame})", {"blame": f"^{blame}$"})


def _category(key: str, name: str, labels: dict[str, str]) -> dict[str, Any]:
    return {"id": key, "name": name, "matchers": {"labels": labels}}


def _id(place: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]+", "-", place).strip("-")
