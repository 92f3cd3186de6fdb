"""Joins the parts of a run into one run, judged by the same rules as if one machine had run it all. Pure."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from smoke.judging.judge import SEVERITY, judge_run, outcome_of
from smoke.judging.judged import CheckResult, Interruption, Run
from smoke.model import Check, Outcome
from smoke.planning.sharding import ALL, Shard
from smoke.running.part import Part
from smoke.safety import Mutation, Safety

NAMES = uuid.UUID("5b1f3f0e-6f57-4b5e-9a53-9d6f3c1f7a10")
"""Name space of the ids of joined runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A run that was joined, and what it was joined from."""

    run: Run
    parts: tuple[Part, ...]
    """At least one; the first says on which terms the run is judged."""


def join(parts: Sequence[Part]) -> Whole:
    """Join the parts of one run in one place, at least one; the same part may be there several times.

    A shard that left nothing makes the whole INCONCLUSIVE at best: its checks were not run. Where one ran twice, the
    worse result of each check counts, so that nothing is made well by trying until it is. Shards that do not fit each
    other, or are too far apart in time, cannot be judged together.
    """
    each = [part for index, part in enumerate(parts) if part not in parts[:index]]
    ordered = tuple(sorted(each, key=lambda part: (_shard(part), part.run.started, part.run.run_id)))
    joined, alone = _joined(ordered), ordered[0].run
    if len(ordered) == 1 and (joined.verdict, joined.passed) == (alone.verdict, alone.passed):
        return Whole(run=replace(alone, part=None), parts=ordered)
    return Whole(run=joined, parts=ordered)


def _joined(parts: tuple[Part, ...]) -> Run:
    first, runs = parts[0], tuple(part.run for part in parts)
    results = tuple(_result(check, parts) for check in first.planned)
    troubles = tuple(dict.fromkeys([*_misfits(parts), *_contradictions(parts), *_own_troubles(parts)]))
    judgement = judge_run(results, first.point, interruption=_interruption(parts), troubles=troubles)
    started = min(run.started for run in runs)
    counts: Counter[str] = Counter()
    for run in runs:
        counts.update(run.builds)
    return replace(
        first.run,
        run_id=_id(started, runs),
        browser=_said(runs, lambda run: run.browser),
        base_url=_said(runs, lambda run: run.base_url),
        started=started,
        finished=max(run.finished for run in runs),
        verdict=judgement.verdict,
        passed=judgement.passed,
        action=judgement.action,
        reason=judgement.reason,
        failed_category=judgement.failed_category,
        results=results,
        builds=dict(sorted(counts.items())),
        silent_answers=sum(run.silent_answers for run in runs),
        safety=_receipt([run.safety for run in runs]),
        troubles=troubles,
        part=None,
    )


def _result(check: Check, parts: Sequence[Part]) -> CheckResult:
    """Return what ``check`` came to: the worst of all that was seen of it."""
    found = [result for part in parts for result in part.run.results if result.check.id == check.id]
    if seen := [result for result in found if result.attempts]:
        return max(seen, key=lambda result: SEVERITY.index(result.outcome))
    why = next((result.not_run for result in found), None) or _left_nothing(parts) or "no shard was to run it"
    return CheckResult(check=check, outcome=Outcome.NOT_RUN, blame=None, not_run=why)


def _left_nothing(parts: Sequence[Part]) -> str | None:
    count = max(_shard(part).count for part in parts)
    there = {_shard(part).index for part in parts}
    lost = [f"{index}/{count}" for index in range(1, count + 1) if index not in there]
    return f"shard {', '.join(lost)} left nothing" if lost else None


def _misfits(parts: Sequence[Part]) -> Iterator[str]:
    """Yield why the parts are not a whole run."""
    if lost := _left_nothing(parts):
        yield lost
    differ: tuple[tuple[str, Callable[[Part], object]], ...] = (
        ("cut the run into different numbers of shards", lambda part: _shard(part).count),
        ("read different configurations", lambda part: part.run.config_sha256),
        ("planned different checks", lambda part: tuple(check.id for check in part.planned)),
        ("looked at different addresses", lambda part: part.run.given_url),
        ("expected different builds", lambda part: part.run.expected_build),
        ("are judged on different terms", lambda part: repr(part.point)),
    )
    yield from (f"the shards {text}" for text, of in differ if len({of(part) for part in parts}) > 1)
    newest = max(part.run.started for part in parts)
    for part in parts:
        if (apart := newest - part.run.started) > part.point.timeout_s:
            text = f"began {apart:.0f} s before the last; those of one run begin within {part.point.timeout_s:g} s"
            yield f"shard {_shard(part)} {text}"


def _contradictions(parts: Sequence[Part]) -> Iterator[str]:
    """Yield where what a part says of itself does not follow from what it saw: somebody changed it."""
    for part in parts:
        run, planned = part.run, {check.id for check in part.planned}
        judgement = judge_run(run.results, part.point, interruption=part.interruption, troubles=run.troubles)
        odd = [result.check.id for result in run.results if result.outcome is not outcome_of(result.attempts)]
        strange = [result.check.id for result in run.results if result.check.id not in planned]
        if judgement.verdict is not run.verdict:
            yield f"shard {_shard(part)} says {run.verdict}, and what it saw is {judgement.verdict}"
        if odd:
            yield f"shard {_shard(part)} says of {', '.join(odd)} what its attempts did not come to"
        if strange:
            yield f"shard {_shard(part)} looked at {', '.join(strange)}, which nobody planned"
    runs = Counter(part.run.run_id for part in parts)
    yield from (
        f"{count} parts that differ say that they are run {run_id}" for run_id, count in runs.items() if count > 1
    )


def _own_troubles(parts: Iterable[Part]) -> Iterator[str]:
    for part in parts:
        yield from (f"shard {_shard(part)}: {trouble}" for trouble in part.run.troubles)


def _interruption(parts: Sequence[Part]) -> Interruption | None:
    """Return why a shard ended early, unless it ran again to its end."""
    ended = {_shard(part).index for part in parts if part.interruption is None}
    cut = [part for part in parts if part.interruption is not None and _shard(part).index not in ended]
    told = [
        (f"shard {_shard(part)}: {part.interruption.reason}", part.interruption) for part in cut if part.interruption
    ]
    deciding = [each for each in told if each[1].decides] or told
    return replace(deciding[0][1], reason=deciding[0][0]) if deciding else None


def _receipt(receipts: Sequence[Safety]) -> Safety:
    """Add up what the shards asked of the target; the peak of a limit is that of the busiest."""
    counts: Counter[Mutation] = Counter()
    for mutation in (each for receipt in receipts for each in receipt.mutations):
        counts[replace(mutation, count=0)] += mutation.count
    peaks = [receipt.rate_limit_peak for receipt in receipts if receipt.rate_limit_peak is not None]
    return Safety(
        requests=sum(receipt.requests for receipt in receipts),
        mutations=tuple(replace(mutation, count=count) for mutation, count in counts.items()),
        blocked=tuple(each for receipt in receipts for each in receipt.blocked),
        silenced=sum(receipt.silenced for receipt in receipts),
        rate_limit_peak=max(peaks, default=None),
    )


def _id(started: float, runs: Iterable[Run]) -> str:
    """Return an id that the same runs always get when they are joined: joining twice makes no second run."""
    name = uuid.uuid5(NAMES, "\n".join(sorted(run.run_id for run in runs)))
    return f"{datetime.fromtimestamp(started, UTC):%Y%m%dT%H%M%SZ}-{name.hex[:8]}"


def _said(runs: Iterable[Run], of: Callable[[Run], str]) -> str:
    return ", ".join(dict.fromkeys(of(run) for run in runs))


def _shard(part: Part) -> Shard:
    return part.shard or ALL
