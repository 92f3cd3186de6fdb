"""Writes what clean repetitions came to: a JSON file a suite, beside those of the drills, and a table of all."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from smoke import moments
from smoke.host.whole_file import write_whole
from smoke.model import Outcome
from smoke.proof.campaign import Campaign

if TYPE_CHECKING:
    from pydantic import TypeAdapter

FOLDER = "clean"
"""Below that of the proofs."""


def write_campaign(campaign: Campaign, proofs: Path) -> Path:
    """Write a campaign below the folder of ``proofs``; return its file. Raises OSError."""
    folder = proofs / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    return write_whole(folder / f"{campaign.suite}.json", _format().dump_json(campaign, indent=1))


def campaigns_in(proofs: Path) -> list[Campaign]:
    """Return the campaigns below the folder of ``proofs``, but for what another version, or somebody else, wrote."""
    found = []
    for path in sorted((proofs / FOLDER).glob("*.json")):
        with contextlib.suppress(ValueError):
            found.append(_format().validate_json(path.read_bytes()))
    return found


@cache
def _format() -> TypeAdapter[Campaign]:
    from pydantic import TypeAdapter

    return TypeAdapter(Campaign)


def table_of(campaigns: Sequence[Campaign]) -> str:
    """Return the figures of each suite as a Markdown table; nothing without campaigns."""
    if not campaigns:
        return ""
    lines = [
        "| suite | repetitions | with journeys | PASS | FLAKY | FAIL | INCONCLUSIVE | false alarms | seed | time |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for each in campaigns:
        counts = [each.count(one) for one in (Outcome.PASS, Outcome.FLAKY, Outcome.FAIL, Outcome.INCONCLUSIVE)]
        told = [
            each.suite, len(each.repetitions), each.with_journeys, *counts, rate_told(each), each.seed,
            f"{each.duration_s:.0f} s",
        ]  # fmt: skip
        lines.append(f"| {' | '.join(map(str, told))} |")
    return "\n".join(lines) + "\n"


def when(finished: float) -> str:
    """Say when a drill or a campaign ended, in seconds since the epoch; empty where nobody knows."""
    return moments.minute(finished) if finished else ""


def rate_told(campaign: Campaign) -> str:
    """Say in which share of a campaign's repetitions there was a false alarm, and what the true rate is below."""
    if campaign.rate is None or campaign.bound is None:
        return "nothing was judged"
    return f"{100 * campaign.rate:.3g} % (below {100 * campaign.bound:.2g} % with 95 % confidence)"
