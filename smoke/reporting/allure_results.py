"""Makes Allure's results explain themselves: the verdict above all, hint and command beside each failure."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from smoke.judged import CheckResult, Run
from smoke.reporting.lines import again, receipt

PARAMETERS = frozenset({"environment", "execution point", "target"})
"""What is worth knowing of a check; anything else is how pytest came to run it."""
ENVIRONMENT = "environment.properties"
Content = dict[str, Any]


def explain(run: Run, results: Path, pages: Mapping[str, Path]) -> str | None:
    """Rewrite what pytest left in ``results`` for whoever reads the report of ``run``; ``pages`` explain checks.

    Returns what kept it from that, None if nothing did; what could not be rewritten stays as it was.
    """
    if not results.is_dir():
        return None
    checks = {result.check.id: result for result in run.results}
    try:
        for path in results.glob("*-result.json"):
            _rewrite(path, lambda content: _linked(_explained(content, run, checks), pages))
        for path in results.glob("*-container.json"):
            _rewrite(path, _without_machinery)
        (results / ENVIRONMENT).write_text(_environment(run), encoding="utf-8")
    except (OSError, ValueError) as error:
        return f"Allure's results are not explained: {error}"
    return None


def _rewrite(path: Path, change: Callable[[Content], Content]) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    if (changed := change(content)) != content:
        path.write_text(json.dumps(changed), encoding="utf-8")


def _explained(content: Content, run: Run, checks: Mapping[str, CheckResult]) -> Content:
    ours = [each for each in content.get("parameters", ()) if each["name"] in PARAMETERS]
    told = {**content, "parameters": [{**each, "value": each["value"].strip("'")} for each in ours]}
    result = checks.get(content.get("name", "").partition(": ")[0])
    details = content.get("statusDetails")
    if result is None or not details or content.get("status") == "passed":
        return told
    lines = [details.get("message", ""), *([f"hint: {result.hint}"] if result.hint else [])]
    lines.append(f"again: {again(run, result.check)}")
    return {**told, "statusDetails": {**details, "message": "\n".join(lines)}}


def _linked(content: Content, pages: Mapping[str, Path]) -> Content:
    """Lead to the page about a bad check, as a report beside the folder of pages finds it."""
    page = pages.get(content.get("name", "").partition(": ")[0])
    if page is None:
        return content
    link = {"name": "failure page", "url": "/".join(("..", *page.parts[-3:])), "type": "link"}
    return {**content, "links": [*content.get("links", ()), link]}


def _without_machinery(content: Content) -> Content:
    """Leave out what was set up and torn down without a failure: fixtures of pytest and of its plugins."""
    kept = {name: [each for each in content.get(name, ()) if _failed(each)] for name in ("befores", "afters")}
    return {**content, **kept}


def _failed(fixture: Content) -> bool:
    return bool(fixture.get("status", "passed") != "passed")


def _environment(run: Run) -> str:
    said = {
        "verdict": run.verdict,
        "reason": run.reason,
        "action": run.action,
        "receipt": receipt(run.safety),
        "suite": run.suite,
        "environment": run.environment,
        "execution point": run.execution_point,
        "target": run.base_url,
        "region": run.region,
        "run": run.run_id,
    }
    return "".join(f"{name.replace(' ', '_')}={' '.join(value.split())}\n" for name, value in said.items())
