"""How Allure is told to build a report."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from smoke.model import Blame

HISTORY_LIMIT = 100
"""Runs that history keeps: two days at one every half hour."""
MEANINGS = {
    Blame.DNS: "the host name does not resolve",
    Blame.TCP: "nothing accepts connections",
    Blame.TLS: "the certificate is not accepted",
    Blame.APP_5XX: "the application answers with an error",
    Blame.APP_4XX: "a route is missing or refuses us",
    Blame.JS_ERROR: "the page's own scripts fail",
    Blame.ASSERTION: "the application shows something else",
    Blame.SLOW: "too slow",
    Blame.EDGE_BLOCKED: "an edge service stopped us",
    Blame.ACCOUNT: "the smoke account cannot be used",
    Blame.STALE_BUILD: "another build is served",
    Blame.HARNESS: "our own fault",
    Blame.RUNNER_OFFLINE: "the runner reaches nothing",
    Blame.SAFETY: "a request without permission",
}
HIDDEN_LABELS = ("host", "thread", "framework", "language", "package")


def settings(name: str, report: Path, history: Path) -> dict[str, Any]:
    """Content of an allurerc.json. Allure refuses keys that it does not know."""
    return {
        "name": name,
        "output": str(report),
        "historyPath": str(history),
        "historyLimit": HISTORY_LIMIT,
        "hideLabels": list(HIDDEN_LABELS),
        "categories": {"rules": [category(blame) for blame in sorted(Blame, key=lambda blame: blame.outcome)]},
        "plugins": {
            "awesome": {
                "options": {
                    "reportName": name,
                    "singleFile": True,
                    "reportLanguage": "en",
                    "groupBy": ["parentSuite", "suite"],
                    "defaultSortBy": "status,asc",
                }
            }
        },
    }


def category(blame: Blame) -> dict[str, Any]:
    """Where failures with the label ``blame`` are gathered; the first category that matches has them."""
    return {
        "id": f"blame-{blame}",
        "name": f"{blame.outcome}: {MEANINGS[blame]} ({blame})",
        # JavaScript reads this as a regular expression; a wrong one would give an empty report.
        "matchers": {"labels": {"blame": f"^{blame}$"}},
    }
