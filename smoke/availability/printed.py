"""An availability as lines for a terminal, and as JSON. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from smoke import spans
from smoke.alerts.printed import incident_line
from smoke.availability.figures import Availability, Recovery
from smoke.moments import iso
from smoke.timeline.states import State

SHOWN = 10
"""Stretches of a state that are listed, the newest first."""
LISTED = (State.DOWN, State.UNKNOWN)


def lines(found: Availability) -> Iterator[str]:
    """Write it for people: the figure first, then what it hangs on."""
    times, slots = found.times, found.slots
    span = spans.written(found.until - found.since)
    yield f"{found.suite} in {found.environment}, {span} up to {iso(found.until)}"
    seen = "nothing was seen" if times.seen is None else f"{_share(times.seen)} of what was seen"
    yield f"  availability  {_share(times.worst)} … {_share(times.best)} ({seen})"
    yield "  time          " + ", ".join(f"{state} {spans.written(getattr(times, state))}" for state in State)
    yield f"  regions       {', '.join(found.regions)}; down means down in {found.needed} of {len(found.regions)}"
    if found.silent:
        yield f"                nothing is known of {', '.join(found.silent)}: another history has it, or nobody does"
    drift = f"drift p50 {_span(slots.drift_p50)}, p95 {_span(slots.drift_p95)}"
    yield f"  schedule      {slots.missed} of {slots.expected} slots missed; {drift}"
    yield from (f"  {line}" for line in map(_recovery_line, found.recoveries))
    for state in LISTED:
        listed = [each for each in found.spans if each.state is state]
        for each in reversed(listed[-SHOWN:]):
            yield f"  {state:<8}  {iso(each.since)}  {spans.written(each.seconds)}"
        if len(listed) > SHOWN:
            yield f"  {state:<8}  and {len(listed) - SHOWN} more before"
    yield from (f"  incident  {incident_line(each)}" for each in found.incidents)


def as_json(found: Iterable[Availability]) -> str:
    """Write it for programs: times in seconds, moments as RFC 3339, shares from 0 to 1, null for what is not known."""
    return json.dumps([_document(each) for each in found], indent=2)


def _document(found: Availability) -> dict[str, object]:
    times = found.times
    return {
        "suite": found.suite,
        "environment": found.environment,
        "since": iso(found.since),
        "until": iso(found.until),
        "availability": {"worst": times.worst, "best": times.best, "seen": times.seen},
        "seconds": {str(state): getattr(times, state) for state in State},
        "regions": found.regions,
        "silent_regions": found.silent,
        "down_regions": found.needed,
        "slots": {"expected": found.slots.expected, "missed": found.slots.missed},
        "drift_s": {"p50": found.slots.drift_p50, "p95": found.slots.drift_p95},
        "severities": [
            {
                "severity": each.severity,
                "incidents": each.incidents,
                "open": each.open,
                "mttd_s": each.detect,
                "mttr_s": each.recover,
                "mttr_target_s": each.target,
            }
            for each in found.recoveries
        ],
        "spans": [{"since": iso(each.since), "until": iso(each.until), "state": each.state} for each in found.spans],
        "incidents": [
            {
                "id": each.id,
                "rule": each.rule,
                "severity": each.severity,
                "opened": iso(each.opened),
                "closed": None if each.closed is None else iso(each.closed),
            }
            for each in found.incidents
        ],
    }


def _recovery_line(each: Recovery) -> str:
    target = "" if each.target is None else f" (target {spans.written(each.target)})"
    still = f", {each.open} open" if each.open else ""
    return (
        f"{each.severity:<12}  {each.incidents} incident{'s' * (each.incidents != 1)}{still};"
        f" MTTD {_span(each.detect)}, MTTR {_span(each.recover)}{target}"
    )


def _share(share: float) -> str:
    return f"{share:.3%}"


def _span(seconds: float | None) -> str:
    if seconds is None:
        return "not known"
    return f"-{spans.written(-seconds)}" if seconds < -0.5 else spans.written(seconds)
