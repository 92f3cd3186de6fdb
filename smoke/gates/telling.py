"""Tells people, and programs, how a monitoring period goes."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import IO

from smoke.gates.error_rate import Tally
from smoke.gates.sample import Sample
from smoke.gates.watching import Watch
from smoke.percentiles import percentile

TENTHS = 10


@dataclass(slots=True)
class Telling:
    """Writes a live line on a terminal, and ten plain ones elsewhere."""

    file: IO[str]
    duration_s: float
    _told: int = -1

    def stands(self, tally: Tally, last: Sample, left_s: float) -> None:
        """Tell how it stands after the session ``last``."""
        line = f"{left_s:4.0f} s left  {tally.failed} of {tally.judged} requests failed{_rate(tally)}{_latency(last)}"
        if self.file.isatty():
            self.file.write(f"\r\x1b[2K{line}")
            self.file.flush()
            return
        tenth = int(TENTHS * (1 - left_s / self.duration_s))
        if tenth > self._told:
            self._told = tenth
            print(line, file=self.file, flush=True)

    def ended(self, watch: Watch) -> None:
        """Tell what it came to."""
        if self.file.isatty():
            self.file.write("\r\x1b[2K")
        print(f"{watch.standing.outcome:<12} {watch.sentence}", file=self.file, flush=True)


def _rate(tally: Tally) -> str:
    return "" if tally.error_rate is None else f" ({100 * tally.error_rate:.3g} %)"


def _latency(sample: Sample) -> str:
    times = [look.total_ms for look in sample.looks if look.total_ms is not None]
    return f"  {statistics.median(times):.0f} ms" if times else ""


def document(watch: Watch) -> dict[str, object]:
    """Return a monitoring period as JSON has it; times in milliseconds unless their name says seconds."""
    times: dict[str, list[float]] = {}
    for sample in watch.samples:
        for look in sample.looks:
            if look.total_ms is not None:
                times.setdefault(look.check_id, []).append(look.total_ms)
    return {
        "outcome": watch.standing.outcome,
        "reason": watch.sentence,
        "error_rate": watch.tally.error_rate,
        "max_error_rate": watch.terms.max_error_rate,
        "min_samples": watch.terms.least,
        "good": watch.tally.good,
        "failed": watch.tally.failed,
        "unjudged": watch.tally.unjudged,
        "watched_s": round(watch.watched_s, 3),
        "duration_s": watch.duration_s,
        "latency_ms": {
            check: {
                "median": round(statistics.median(each), 1),
                "p95": round(percentile(sorted(each), 95), 1),
                "samples": len(each),
            }
            for check, each in sorted(times.items())
        },
    }
