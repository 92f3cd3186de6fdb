"""The four keys for people. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from smoke.dora.document import resolution
from smoke.dora.metrics import Band, Failure, FourKeys, Times, noticed_at
from smoke.moments import day, iso
from smoke.spans import written

UNMEASURED = "not measured"


def as_lines(keys: FourKeys, suite: str, environment: str) -> Iterator[str]:
    """Yield the four keys, each with its band and sample size, and the failures; what has no sample has no figure."""
    yield f"{suite} in {environment}, {day(keys.since)} to {day(keys.until)}"
    yield ""
    frequency, rate, restore = keys.frequency, keys.failure_rate, keys.restore
    often = f"{frequency.per_week:.3g} a week" if frequency.deployments else UNMEASURED
    share = UNMEASURED if rate.share is None else f"{100 * rate.share:.3g} %"
    deployed = _counted(frequency.deployments, "deployment")
    yield _line("deployment frequency", often, frequency.band, deployed)
    known = f"{keys.lead_time.samples} of {deployed}, whose commit time is known"
    yield _line("lead time", _times(keys.lead_time), keys.lead_time.band, known)
    yield _line("change failure rate", share, rate.band, f"{len(rate.failures)} of {deployed}")
    ended = f"{_counted(restore.times.samples, 'outage')} ended, {restore.open} open"
    yield _line("time to restore", _times(restore.times), restore.times.band, ended)
    if rate.failures:
        yield ""
        yield "failed:"
        yield from (_failure(each) for each in rate.failures)


def _line(name: str, figure: str, band: Band, samples: str) -> str:
    return f"{name:<21} {figure:<24} {'' if band is Band.UNKNOWN else band:<7} {samples}".rstrip()


def _times(times: Times) -> str:
    if times.mean_s is None or times.p95_s is None:
        return UNMEASURED
    return f"{_rough(times.mean_s)}, p95 {_rough(times.p95_s)}"


def _rough(span_s: float) -> str:
    """Write a time as precisely as it is worth."""
    return written(span_s if span_s < 60 else round(span_s / 60) * 60)


def _failure(each: Failure) -> str:
    failed = each.deployment
    late = noticed_at(failed) - failed.at
    noticed = f", noticed after {_rough(late)}" if late else ""
    named = failed.build if failed.commit in (None, failed.build) else f"{failed.build} ({failed.commit})"
    reason = failed.failure_reason or "no reason given"
    return f"  {iso(failed.at)}  {named}: {reason}{noticed}; {resolution(each.restored_by)}"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"
