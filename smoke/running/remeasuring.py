"""Takes what was too slow again, and reads how fast the runner is: only where a budget of time was exceeded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from smoke.answers.page_rules import PageRules
from smoke.answers.pages import Visit, broken_timings
from smoke.calibration import Reference, both
from smoke.judging.retry import standard_of
from smoke.judging.timing import Circumstances, is_beyond_ceiling, is_too_slow, sampled, written_once
from smoke.observation import Measurement
from smoke.running import reference
from smoke.running.cold_loads import Timings, cold_loads, values_of
from smoke.running.journey import Journey
from smoke.running.record import Record
from smoke.running.session import Session


def remeasure(session: Session, record: Record, journey: Journey, visit: Visit, *, whole: bool) -> Visit:
    """Return ``visit`` with further cold loads of its slow pages; ``record`` gets those, and what the runner says.

    An attempt that is not ``whole`` has failed anyhow, and one sample beyond its ceiling says enough if the runner is
    within its band: nothing is loaded again then.
    """
    rules, standard = session.plan.suite.about.page, standard_of(session.retry_of(journey.check.id), record.number)
    visit = replace(visit, pages=tuple(replace(page, standard=standard) for page in visit.pages))
    record.measurements = [replace(each, standard=standard) for each in record.measurements]
    broken = list(_broken(record.measurements, visit, rules))
    if not broken or not session.takes_again:
        return visit
    band_ms = Reference.PAGE.band_ms * session.band
    beyond = any(map(is_beyond_ceiling, broken))
    calm = reference.reading(session.spares, band_ms) if beyond else reference.calm(session.spares, band_ms)
    if whole and not (beyond and (calm is None or calm.is_within)):
        slow = _slow(record, journey, visit, rules)
        loads = {url: cold_loads(session, journey, url, timings) for url, timings in slow.items()}
        record.measurements = [
            _with(each, loads.get(journey.documents.get(each.name, ""), ())) for each in record.measurements
        ]
        visit = replace(visit, pages=tuple(replace(page, loads=loads.get(page.url, ())) for page in visit.pages))
    still = any(_broken(record.measurements, visit, rules))
    record.calibration = both(calm, reference.reading(session.spares, band_ms)) if still else calm
    return visit


def circumstances(session: Session, record: Record, journey: Journey) -> Circumstances:
    """Return what the judge needs to know about an attempt that was too slow."""
    why = written_once(session.guard.never_again(journey.check)) if session.takes_again else None
    return Circumstances(calibration=record.calibration, unrepeatable=why)


def _broken(measurements: list[Measurement], visit: Visit, rules: PageRules) -> Iterator[Measurement]:
    pages = (each for page in visit.pages for each in broken_timings(page, rules))
    yield from (each for each in (*measurements, *pages) if is_too_slow(each))


def _slow(record: Record, journey: Journey, visit: Visit, rules: PageRules) -> dict[str, dict[str, list[Measurement]]]:
    """Return what was too slow, by the address of its document and by the timing that it is about."""
    told = [(journey.documents.get(each.name, ""), each) for each in record.measurements]
    told += [(page.url, each) for page in visit.pages for each in broken_timings(page, rules)]
    found: dict[str, dict[str, list[Measurement]]] = {}
    for url, each in told:
        if url and is_too_slow(each):
            found.setdefault(url, {}).setdefault(_timing(each), []).append(each)
    return found


def _with(each: Measurement, loads: Sequence[Timings]) -> Measurement:
    """Return ``each`` as the median of all loads, if it was too slow."""
    return sampled(each, values_of(_timing(each), loads)) if is_too_slow(each) else each


def _timing(each: Measurement) -> str:
    """Return which timing of its page ``each`` is: the last word of its name."""
    return each.name.replace(" ", ".").rpartition(".")[2]
