"""What the steps of smoke.yml take, with 90 days of three regions behind them. `make bench-publish`.

Everything is on this machine: the product, the branch, and whoever is told. What GitHub adds (the runner, the checkout,
caches and artifacts on their way) only GitHub can tell.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

from pytest_httpserver import HTTPServer

from smoke.history.carrying import exported_runs, imported, runs_since
from smoke.history.opening import history_file
from tests.deploy.world import BRANCH, REGIONS, Round, World, world

DAYS, SLOT_S = 90, 1800
OURS = ("Smoke", "Pull the history", "Join, judge the rules, tell", "Report", "Push the history")


def main() -> int:
    """Print a table of seconds."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(HTTPServer(threaded=True))
        made = stack.enter_context(world(folder, server, node=True))
        well, _ = made.apps
        _say("a first round")
        first = made.round(well, None, None)
        _say(f"{DAYS} days of such rounds, from {len(REGIONS)} regions")
        checkout = _fill(made, first)
        _say("a round without the copy in the cache")
        cold = made.round(well, None, None)
        made.cache = checkout
        _say("one with it")
        warm = made.round(well, None, None)
        print("| step | took | computed | without the copy |\n|---|---|---|---|")
        for step in OURS:
            jobs = [each.regions[REGIONS[0]] if step == "Smoke" else each.publish for each in (warm, cold)]
            took, computed, unlike = jobs[0].seconds[step], jobs[0].cpu[step], jobs[1].cpu[step]
            print(f"| {step} | {took:.1f} s | {computed:.1f} s | {unlike:.1f} s computed |")
        print(made.git("count-objects", "-v", "-H"), file=sys.stderr)
    return 0


def _fill(made: World, first: Round) -> Path:
    """Put the run of a round on the branch for each slot and region of the time before; return who has them too."""
    here = history_file(first.checkout / "reports/history.db")
    (line,) = exported_runs(here, runs_since(here, 0.0))
    checkout = made.checkout("past")
    store = history_file(checkout / "reports/history.db")
    imported(store, (_earlier(line, region, slot) for slot in range(1, DAYS * 48) for region in REGIONS))
    made.smoke(checkout, "history", "push", BRANCH)
    return checkout


def _earlier(line: str, region: str, slot: int) -> str:
    told = {**json.loads(line), "region": region}
    told["run_id"] = f"{told['run_id']}-{region}-{slot}"
    for part in (told, *_attempts(told)):
        for moment in ("started", "finished"):
            if part.get(moment) is not None:
                part[moment] -= slot * SLOT_S
    return json.dumps(told)


def _attempts(told: Mapping[str, list[dict[str, list[dict[str, float]]]]]) -> Iterator[dict[str, float]]:
    return (attempt for check in told["checks"] for attempt in check["attempts"])


def _say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
