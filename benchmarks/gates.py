"""Print the figures of docs/production-test-strategy.md: how sure a gate can be of what it looked at."""

from __future__ import annotations

from math import comb

from smoke.config.gates import Cohort
from smoke.gates.cohort import chance_of_missing, sessions_for
from smoke.gates.error_rate import RateTerms, Tally, WatchState, standing

SHARES = (0.05, 0.25, 1.0)
SESSIONS = (1, 3, 10, 20, 60, 100)
SAMPLES = (100, 300, 1200)
RATES = (0.001, 0.005, 0.01, 0.02, 0.05, 0.1)
TERMS = RateTerms(max_error_rate=0.01, least=100)


def missing() -> list[str]:
    """The chance that none of so many sessions meets the canary, and how many do with a confidence of 95 %."""
    least = Cohort(share=1).min_sessions
    head = ["share", *map(str, SESSIONS), "sessions for 1", f"for {least}"]
    rows = []
    for share in SHARES:
        chances = (percent(chance_of_missing(share, each)) for each in SESSIONS)
        rows.append([percent(share), *chances, str(sessions_for(share, 1)), str(sessions_for(share, least))])
    return table(head, rows)


def passing() -> list[str]:
    """The chance that a monitoring period with a limit of 1 % passes, by samples and true error rate."""
    rows = [[f"{samples:,}", *(percent(chance_of_passing(samples, rate)) for rate in RATES)] for samples in SAMPLES]
    return table(["samples", *map(percent, RATES)], rows)


def chance_of_passing(samples: int, rate: float) -> float:
    kept = (failed for failed in range(samples + 1) if _stands(samples, failed) is WatchState.KEPT)
    return sum(comb(samples, failed) * rate**failed * (1 - rate) ** (samples - failed) for failed in kept)


def _stands(samples: int, failed: int) -> WatchState:
    return standing(TERMS, Tally(good=samples - failed, failed=failed), 0)


def percent(share: float) -> str:
    return "< 0.01 %" if 0 < share < 0.0001 else f"{100 * share:.3g} %"


def table(head: list[str], rows: list[list[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in (head, *rows)]


if __name__ == "__main__":
    print("\n".join([*missing(), "", *passing()]))
