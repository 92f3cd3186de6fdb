"""What the simulation of many suites says, and that docs/scale.md says the same."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks import fleet as simulation
from benchmarks import scale
from benchmarks.fleet import Fleet, Outcome, Spread, Start, names, offset, share, simulate
from benchmarks.fleet_sizes import Prices

ROOT = Path(__file__).parents[1]
DOCUMENT = ROOT / "docs" / "scale.md"
MINUTE = 60.0
FLEET = Fleet(
    suites=300,
    interval_s=MINUTE,
    start=Start.STAGGERED,
    run=Spread(5.0, 8.0),
    hangs=0.01,
    timeout_s=150.0,
    drift=Spread(1.0, 2.0),
    cold=0.05,
    cold_s=Spread(5.0, 9.0),
)
CALM = replace(FLEET, hangs=0.0)
TIGHT = [
    FLEET,
    replace(FLEET, start=Start.TOGETHER),
    replace(FLEET, places=20),
    replace(FLEET, places=3),
    replace(FLEET, starts_per_s=2.0),
]


@pytest.mark.parametrize("fleet", TIGHT, ids=["free", "together", "few-places", "far-too-few", "slow-starts"])
def test_no_run_is_lost(fleet: Fleet) -> None:
    """Each that is due is begun or skipped, and there are never more at once than there are places."""
    found = simulate(fleet, 10 * MINUTE)
    assert found.slots == 10 * fleet.suites
    assert found.begun + found.skipped == found.slots
    assert found.peak <= (fleet.places or fleet.suites)
    assert len(found.late) == found.begun
    assert len(found.gaps) == fleet.suites


def test_the_same_fleet_has_the_same_outcome() -> None:
    """Figures can be printed in a document."""
    assert simulate(FLEET, 5 * MINUTE) == simulate(FLEET, 5 * MINUTE)


def test_staggering_lowers_the_peak_and_changes_nothing_else() -> None:
    """As many runs, as long, and no suite is looked at less often."""
    together, staggered = (simulate(replace(CALM, start=each), 10 * MINUTE) for each in Start)
    assert staggered.peak < together.peak / 3
    assert staggered.begun == together.begun
    assert staggered.late == pytest.approx(together.late)
    busy = [sum(each.busy) / len(each.busy) for each in (together, staggered)]
    assert busy[1] < 1.3 * busy[0]


def test_staggering_saves_the_waiting_where_places_are_few() -> None:
    """Places for a third more than are used on average: enough when staggered, a long queue when not."""
    together, staggered = (simulate(replace(CALM, start=each, places=50), 10 * MINUTE) for each in Start)
    assert together.waiting > 200
    assert staggered.waiting < 20
    assert share(together.late, 0.5) > 2 * share(staggered.late, 0.5)


def test_a_straggler_is_ended_by_its_time_out_and_delays_no_other_suite() -> None:
    """Each suite draws from a generator of its own: only those that hang are seen late."""
    calm, found = simulate(CALM, 10 * MINUTE), simulate(replace(FLEET, hangs=0.002), 10 * MINUTE)
    differ = [(was, is_now) for was, is_now in zip(calm.gaps, found.gaps, strict=True) if was != is_now]
    assert calm.hung == 0
    assert 0 < len(differ) <= found.hung < FLEET.suites / 10
    assert max(found.gaps) < 3 * MINUTE + FLEET.timeout_s


def test_runs_of_a_suite_never_overlap_and_what_is_skipped_is_counted() -> None:
    """One that takes two and a half minutes skips the next two, and one that ends before the next skips none."""
    long = replace(CALM, hangs=1.0)
    assert simulate(long, 9 * MINUTE).skipped == 6 * long.suites
    assert simulate(replace(long, timeout_s=50.0, drift=Spread(1.0, 1.0), cold=0.0), 9 * MINUTE).skipped == 0


def test_a_platform_that_starts_too_few_skips_the_others() -> None:
    """300 suites a minute are 5 starts a second; at 2, three in five are never looked at."""
    found = simulate(replace(CALM, starts_per_s=2.0), 20 * MINUTE)
    assert found.skipped / found.slots == pytest.approx(0.6, abs=0.07)


def test_what_is_used_is_seen_in_every_second() -> None:
    """A run of ten seconds that begins in the second one is there until the twelfth begins."""
    still = Spread(1.0, 1.0)
    one = replace(CALM, suites=1, start=Start.TOGETHER, run=Spread(10.0, 10.0), drift=still, cold=0.0)
    assert simulate(one, MINUTE).busy == (0, *(1 for _ in range(11)), *(0 for _ in range(48)))


def test_times_are_spread_as_they_were_measured() -> None:
    """Half of them below the median, one in twenty above the other bound."""
    random, spread = simulation.Random("any"), Spread(5.0, 8.0)
    drawn = sorted(spread.draw(random) for _ in range(4000))
    assert share(drawn, 0.5) == pytest.approx(5.0, rel=0.05)
    assert share(drawn, 0.95) == pytest.approx(8.0, rel=0.05)


def test_offsets_are_spread_evenly_over_the_interval() -> None:
    """No second gets more than twice its share of 10,000 suites."""
    seconds = [offset(name, MINUTE) for name in names(10_000)]
    assert set(seconds) == set(range(60))
    assert max(map(seconds.count, range(60))) < 2 * 10_000 / 60


def test_the_document_says_how_a_shell_finds_the_same_offset() -> None:
    """The line of the document is typed, for a name with an umlaut, too."""
    (typed,) = re.findall(r"^OFFSET=.*$", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    for suite in ("betterprompts", "münchen", *names(6)):
        done = subprocess.run(
            ["sh", "-c", f"{typed}; echo $OFFSET"], env={"PATH": "/usr/bin:/bin", "SUITE": suite},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert int(done.stdout) == offset(suite, MINUTE)


@pytest.mark.long
def test_the_document_holds_every_table_that_the_command_prints() -> None:
    """Nobody can change a figure, or what it is made of, without the other."""
    text = DOCUMENT.read_text(encoding="utf-8")
    missing = [table for table in scale.tables(scale.Question(), Prices()) if table not in text]
    assert missing == [], "make bench-scale prints what belongs there"


@pytest.mark.long
def test_the_picture_is_that_of_the_figures() -> None:
    """`make bench-scale ARGS=--draw` draws it."""
    assert scale.PLOT.read_text(encoding="utf-8") == scale.drawn(scale.hour(scale.Question()))


def test_the_picture_is_well_formed_and_shows_both_peaks() -> None:
    """As the command draws it."""
    drawn = scale.drawn({"all at once": outcome((0, 900, 4) * 20), "staggered": outcome((90, 90, 90) * 20)})
    said = "".join(ElementTree.fromstring(drawn).itertext())
    assert "all at once: at most 900 runs at once" in said
    assert "staggered: at most 90 runs at once" in said


def outcome(busy: tuple[int, ...]) -> Outcome:
    return Outcome(slots=1, begun=1, skipped=0, hung=0, busy=busy, waiting=0, late=(0.0,), gaps=(MINUTE,))
