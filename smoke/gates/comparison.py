"""Whether the canary is worse than the stable build, by samples taken in turn from both. Pure; needs scipy.

A difference counts when it is significant (Wilcoxon signed-rank test for times, Fisher's exact test for errors, both
one-sided; Holm's correction over all that is compared) and relevant (Cliff's delta and a least difference in
milliseconds). A number over a line on a noisy runner is neither.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

LEAST_PAIRS = 8
"""With fewer, hardly any difference could be significant after Holm's correction."""
SIGNIFICANT = 0.01
RELEVANT_DELTA = 0.33
"""Cliff's delta from which an effect is called medium (Romano et al. 2006)."""
RELEVANT_MS = 20.0
RELEVANT_SHARE = 0.10


class Relation(StrEnum):
    """What a comparison came to."""

    NO_WORSE = "no worse"
    WORSE = "worse"
    TOO_FEW = "too few samples"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paired:
    """One timing, taken in turn from both: the n-th of one beside the n-th of the other; in milliseconds."""

    name: str
    stable: tuple[float, ...]
    canary: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Errors:
    """Requests and failures of both."""

    stable_asked: int
    stable_failed: int
    canary_asked: int
    canary_failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One timing, or the error rate, of both."""

    name: str
    finding: Relation
    p: float
    """After Holm's correction; 1 where nothing was tested."""
    sentence: str


def cliffs_delta(stable: Sequence[float], canary: Sequence[float]) -> float:
    """Return how often a canary's sample is larger than a stable one, less how often it is smaller: -1 to 1."""
    larger = sum(one > other for one in canary for other in stable)
    smaller = sum(one < other for one in canary for other in stable)
    return (larger - smaller) / (len(stable) * len(canary))


def compare(timings: Sequence[Paired], errors: Errors) -> tuple[Compared, ...]:
    """Compare every timing, and the error rates last.

    Raises ValueError for samples that are no pairs, ImportError without scipy.
    """
    enough = [each for each in timings if len(each.canary) >= LEAST_PAIRS]
    corrected = _holm([*(_slower(each) for each in enough), _more_errors(errors)])
    by_name = {each.name: p for each, p in zip(enough, corrected, strict=False)}
    return (*(_timing(each, by_name.get(each.name)) for each in timings), _errors(errors, corrected[-1]))


def _slower(paired: Paired) -> float:
    from scipy.stats import wilcoxon

    differences = [canary - stable for stable, canary in zip(paired.stable, paired.canary, strict=True)]
    if not any(differences):
        return 1.0
    return float(wilcoxon(differences, alternative="greater").pvalue)


def _more_errors(errors: Errors) -> float:
    from scipy.stats import fisher_exact

    table = [
        [errors.canary_failed, errors.canary_asked - errors.canary_failed],
        [errors.stable_failed, errors.stable_asked - errors.stable_failed],
    ]
    return float(fisher_exact(table, alternative="greater").pvalue)


def _holm(ps: Sequence[float]) -> list[float]:
    """Return the p-values corrected for their number (Holm 1979), in the same order."""
    corrected, highest = [0.0] * len(ps), 0.0
    for rank, index in enumerate(sorted(range(len(ps)), key=ps.__getitem__)):
        highest = max(highest, min(1.0, ps[index] * (len(ps) - rank)))
        corrected[index] = highest
    return corrected


def _timing(paired: Paired, p: float | None) -> Compared:
    if p is None:
        said = f"{len(paired.canary)} pairs; {LEAST_PAIRS} are needed"
        return Compared(name=paired.name, finding=Relation.TOO_FEW, p=1.0, sentence=f"{paired.name}: {said}")
    stable, canary = statistics.median(paired.stable), statistics.median(paired.canary)
    delta = cliffs_delta(paired.stable, paired.canary)
    relevant = delta >= RELEVANT_DELTA and canary - stable >= max(RELEVANT_MS, RELEVANT_SHARE * stable)
    finding = Relation.WORSE if p < SIGNIFICANT and relevant else Relation.NO_WORSE
    tested = f"{len(paired.canary)} pairs, p {p:.2g}, delta {delta:.2f}"
    told = f"{paired.name} {canary:.0f} ms, stable {stable:.0f} ms ({tested})"
    return Compared(name=paired.name, finding=finding, p=p, sentence=told)


def _errors(errors: Errors, p: float) -> Compared:
    told = (
        f"errors {errors.canary_failed} of {errors.canary_asked}, "
        f"stable {errors.stable_failed} of {errors.stable_asked} (p {p:.2g})"
    )
    return Compared(name="errors", finding=Relation.WORSE if p < SIGNIFICANT else Relation.NO_WORSE, p=p, sentence=told)
