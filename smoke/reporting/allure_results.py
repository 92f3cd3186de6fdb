"""Makes Allure's results explain themselves: the verdict above all, hint and command beside each failure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from smoke.config.noise import NoiseEntry
from smoke.judging.judged import CheckResult, Run
from smoke.model import Outcome
from smoke.observation import Attempt, told
from smoke.reporting import allure_executor, allure_noise
from smoke.reporting.allure.privacy import VIEWER
from smoke.reporting.allure.settings import NOISE, PLACE
from smoke.reporting.allure_executor import executor
from smoke.reporting.lines import again, cut_lines, receipt

if TYPE_CHECKING:
    from smoke.channels.links import Links

PARAMETERS = frozenset({"environment", "execution point", "target"})
"""What is worth knowing of a check; anything else is how pytest came to run it."""
ENVIRONMENT = "environment.properties"
LONGEST_PLACE = 64
STATUSES = {Outcome.FAIL: "failed", Outcome.INCONCLUSIVE: "broken", Outcome.NOT_RUN: "skipped"}
"""What Allure calls a check that did not pass."""
RUNBOOK = "docs/alert-response-guide.md#the-first-five-minutes"
Content = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What is known of a run beside itself."""

    pages: Mapping[str, Path] = field(default_factory=dict)
    """Pages that explain bad checks, by check."""
    noise: tuple[NoiseEntry, ...] = ()
    """What was accepted that day."""
    runbook: str | None = None
    """What to do about a bad check: an address, or a file of the project."""
    environ: Mapping[str, str] = field(default_factory=dict)


def runbook_of(root: Path, links: Links) -> str | None:
    """Return what leads to the runbook of the project in ``root``; None where it has none."""
    return links.to_runbook(RUNBOOK) if (root / RUNBOOK.partition("#")[0]).is_file() else None


def explain(run: Run, results: Path, around: Around) -> str | None:
    """Rewrite what pytest and the probes left in ``results`` for whoever reads the report of ``run``.

    Returns what kept it from that, None if nothing did; what could not be rewritten stays as it was.
    """
    if not results.is_dir():
        return None
    checks = {result.check.id: result for result in run.results}
    try:
        for path in results.glob("*-result.json"):
            _rewrite(path, lambda content: _explained(content, run, checks, around))
        for path in results.glob("*-container.json"):
            _rewrite(path, _without_machinery)
        (results / ENVIRONMENT).write_text(_environment(run), encoding="utf-8")
        (results / allure_executor.FILE).write_text(json.dumps(executor(run, around.environ)), encoding="utf-8")
        if around.noise:
            (results / allure_noise.FILE).write_text(allure_noise.table(around.noise, run.results), encoding="utf-8")
    except (OSError, ValueError) as error:
        return f"Allure's results are not explained: {error}"
    return None


def _rewrite(path: Path, change: Callable[[Content], Content]) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    if (changed := change(content)) != content:
        path.write_text(json.dumps(changed), encoding="utf-8")


def _explained(content: Content, run: Run, checks: Mapping[str, CheckResult], around: Around) -> Content:
    ours = [each for each in content.get("parameters", ()) if each["name"] in PARAMETERS]
    plain = {**content, "parameters": [{**each, "value": each["value"].strip("'")} for each in ours]}
    where = {"region": run.region, "browser": run.browser, PLACE: place(run)}
    plain["labels"] = [*plain.get("labels", ()), *_named(where)]
    result = checks.get(content.get("name", "").partition(": ")[0])
    return plain if result is None else _bad(_judged(plain, result, around), run, result, around)


def _judged(content: Content, result: CheckResult, around: Around) -> Content:
    """Say what the check came to, over all its attempts, and what was accepted in it."""
    blame = result.blame if result.outcome in STATUSES else None
    said = {"outcome": result.outcome, **({"blame": blame} if blame else {})}
    accepted = allure_noise.met(result, around.noise)
    labels = [each for each in content["labels"] if each["name"] not in {"outcome", "blame", NOISE}]
    met = [{"name": NOISE, "value": reason} for reason in accepted]
    description = [content.get("description", ""), *(f"Accepted {times}x: {each}." for each, times in accepted.items())]
    judged = {**content, "labels": [*labels, *_named(said), *met], "description": "\n\n".join(description)}
    judged["status"] = STATUSES.get(result.outcome, content.get("status"))
    if result.outcome is Outcome.FLAKY:
        judged["statusDetails"] = {**content.get("statusDetails", {}), "flaky": True}
    return judged


def _bad(content: Content, run: Run, result: CheckResult, around: Around) -> Content:
    """Say first what is wrong and where to read on; pytest's own words follow in the trace."""
    if content.get("status") == "passed":
        return content
    details, attempt = content.get("statusDetails", {}), _attempt(content, result)
    given = details.get("message", "")
    found = told(attempt.findings) if attempt and attempt.findings else given or result.reason or ""
    said = {"hint": result.hint, "again": again(run, result.check), "runbook": around.runbook}
    message = "\n".join([found, *(f"{name}: {text}" for name, text in said.items() if text)])
    trace = details.get("trace", "")
    links = [*content.get("links", ()), *_links(result, attempt, around)]
    whole = trace if given in trace or given == found else f"{given}\n\n{trace}"
    return {**content, "statusDetails": {**details, "message": message, "trace": cut_lines(whole)}, "links": links}


def _attempt(content: Content, result: CheckResult) -> Attempt | None:
    """Return the attempt that ``content`` is about: the one that began nearest to it."""
    began = content.get("start", 0) / 1000
    return min(result.attempts, key=lambda attempt: abs(attempt.started - began), default=None)


def _links(result: CheckResult, attempt: Attempt | None, around: Around) -> Iterator[Content]:
    """Yield where to read on, as a report beside the other reports finds it."""
    if (page := around.pages.get(result.check.id)) is not None:
        yield {"name": "failure page", "url": "/".join(("..", *page.parts[-3:])), "type": "link"}
    traces = [artifact.path for artifact in (attempt.artifacts if attempt else ()) if artifact.kind == "trace"]
    yield from ({"name": "trace", "url": f"{VIEWER}?trace=../../{path}", "type": "link"} for path in traces)
    if around.runbook and "://" in around.runbook:
        yield {"name": "runbook", "url": around.runbook, "type": "link"}


def place(run: Run) -> str:
    """Say where ``run`` looked from, at what and with which browser."""
    return " \u00b7 ".join((run.region, run.environment, run.browser))[:LONGEST_PLACE]


def _named(values: Mapping[str, str]) -> list[Content]:
    return [{"name": name, "value": str(value)} for name, value in values.items()]


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
