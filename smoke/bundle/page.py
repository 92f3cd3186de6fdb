"""What the page about a bad check says. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from smoke.bundle import marking
from smoke.bundle.bad import last_bad
from smoke.bundle.curl import curl
from smoke.bundle.good import Good
from smoke.bundle.pictures import Material, Shot, in_words, shots, unseen
from smoke.bundle.reach import was_reached
from smoke.bundle.rules import Rules, rules_of
from smoke.bundle.scene import Event, Scene
from smoke.bundle.seen import seen
from smoke.bundle.words import acquitted, decisive, in_time, own_line, owner, sentence
from smoke.judging.causes import causes_of
from smoke.judging.judged import CheckResult, Run
from smoke.judging.offline import REACHES
from smoke.model import Blame
from smoke.observation import Attempt, Unit, told
from smoke.reporting.lines import again
from smoke.restraint.marks import trace_id

WAITED_FOR = re.compile(r"waiting for (get_by_|locator\(|frame_locator\()")
"""An element that Playwright did not find as it should be."""
LOOKED = (None, Blame.ASSERTION, Blame.JS_ERROR, Blame.SLOW)
"""Where the page was the right one; in any other, nothing is there that a journey looks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Time:
    """A time, or another number, beside the one of the last good run."""

    name: str
    now: str
    then: str
    budget: str
    is_over: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """A line of the timeline."""

    after: str
    kind: str
    text: str
    took: str
    is_bad: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Everything that is shown."""

    run: Run
    result: CheckResult
    attempt: Attempt
    """The last bad one."""
    sentence: str
    seen: str
    """The rule that decided, in plain words."""
    line: str
    """File and line of the check that it came from, where the check itself broke; empty: it did not."""
    vouched: str
    """Evidence that it is not this runner's network; empty: nothing is known of that."""
    owner: str
    """Who has to look at it, in words; empty: nobody."""
    acquitted: str
    """What that means for the application; empty: nothing."""
    rules: Rules
    command: str
    curl: str
    trace_id: str
    """Empty where nothing reached the target."""
    others: tuple[str, ...]
    """Checks that fell to the same cause."""
    shots: tuple[Shot, ...]
    unseen: tuple[str, ...]
    """Why there is no picture of something."""
    times: tuple[Time, ...]
    bad_events: tuple[Happening, ...]
    events: tuple[Happening, ...]
    used: str
    """The last element that was used, in words; empty: none."""
    missing: str
    """Where it was, if it is what the journey waited for and did not find; empty: it is not."""
    status_is_marked: bool
    headers: tuple[marking.Line, ...]
    body: tuple[marking.Line, ...]
    material: Material


def page_of(run: Run, result: CheckResult, material: Material) -> Page:
    """Return the page about ``result``, which is bad."""
    attempt = last_bad(result)
    scene, spoken = material.scene, material.spoken
    missing = _missing(result, scene)
    decided = decisive(result)
    rules = [finding.rule for finding in attempt.findings]
    happened = [_happening(each, attempt.started) for each in scene.timeline] if scene else []
    return Page(
        run=run,
        result=result,
        attempt=attempt,
        sentence=sentence(result, scene, missing),
        seen=seen(decided, scene),
        line=own_line(decided) if decided.blame is Blame.HARNESS else "",
        vouched=next((each for each in decided.evidence if each.startswith(REACHES)), ""),
        owner=owner(decided) if result.blame else "",
        acquitted=acquitted(decided.blame) if result.blame else "",
        rules=rules_of(attempt, decided),
        command=again(run, result.check),
        curl=curl(spoken) if spoken else "",
        trace_id=trace_id(run.run_id, result.check.id) if was_reached(material, attempt) else "",
        others=_others(run, result),
        shots=tuple(shots(material)),
        unseen=tuple(unseen(material)),
        times=tuple(_times(attempt, material.good)),
        bad_events=tuple(each for each in happened if each.is_bad),
        events=tuple(happened),
        used=in_words(scene.used) if scene else "",
        missing=missing,
        status_is_marked=marking.status_is_marked(rules),
        headers=marking.headers(spoken, rules) if spoken else (),
        body=marking.body(spoken, rules) if spoken else (),
        material=material,
    )


def _missing(result: CheckResult, scene: Scene | None) -> str:
    if result.blame not in LOOKED or scene is None or not scene.used or scene.box:
        return ""
    if not WAITED_FOR.search(told(last_bad(result).findings)):
        return ""
    return "it was in the last good run" if scene.was else "nothing is known of where it was"


def _others(run: Run, result: CheckResult) -> tuple[str, ...]:
    mine = next((cause.checks for cause in causes_of(run.results) if result.check.id in cause.checks), ())
    return tuple(each for each in mine if each != result.check.id)


def _times(attempt: Attempt, good: Good | None) -> Iterator[Time]:
    steps = {step.name: step.duration_ms for step in good.steps} if good else {}
    for step in attempt.steps:
        then = steps.get(step.name)
        yield Time(name=step.name, now=in_time(step.duration_ms), then="" if then is None else in_time(then), budget="")
    for each in attempt.measurements:
        known = good.measured.get(each.name) if good else None
        if each.value is None and known is None:
            continue
        written = in_time if each.unit is Unit.MS else _number
        yield Time(
            name=each.name,
            now="not observed" if each.value is None else written(each.value),
            then="" if known is None else written(known),
            budget="" if each.budget is None else written(each.budget),
            is_over=each.ok is False,
        )


def _number(value: float) -> str:
    return f"{value:.4g}" if math.isfinite(value) else "?"


def _happening(event: Event, started: float) -> Happening:
    return Happening(
        after=f"{event.at - started:+.2f} s",
        kind=event.kind,
        text=event.text,
        took="" if event.took_ms is None else in_time(event.took_ms),
        is_bad=event.bad,
    )
