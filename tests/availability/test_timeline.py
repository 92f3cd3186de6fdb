"""Every moment of a window is in one state, and what nobody knows is never taken for up."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from smoke.timeline.quiet import Period
from smoke.timeline.states import State, Word, clipped, timeline
from smoke.timeline.times import times_of
from tests.support.properties import unhurried

REGIONS = ("eu", "us", "asia")
ENDS = 1000.0
moments = st.integers(-200, 1200).map(float)
words = st.builds(
    lambda at, region, state, lasts: Word(at, region, state, at + lasts),
    moments,
    st.sampled_from(REGIONS),
    st.sampled_from([State.UP, State.DEGRADED, State.DOWN, State.UNKNOWN]),
    st.integers(1, 300).map(float),
)
lasting = st.builds(
    lambda at, region, state: Word(at, region, state, at + ENDS),
    st.integers(0, 5).map(float),
    st.sampled_from(REGIONS),
    st.sampled_from([State.UP, State.DOWN, State.UNKNOWN]),
)
"""Words that meet each other."""
periods = st.builds(lambda since, lasts: Period(since, since + lasts), moments, st.integers(1, 300).map(float))


def spans_of(said, quiet=(), needed=2, regions=REGIONS):
    return timeline(said, regions, quiet, since=0.0, until=ENDS, needed=needed)


def written(said, **more):
    """``up 0-100, down 100-200``."""
    return ", ".join(f"{each.state} {each.since:g}-{each.until:g}" for each in spans_of(said, **more))


def word(at, state, region="eu", lasts=300.0):
    return Word(at, region, state, at + lasts)


@unhurried
@given(st.lists(words, max_size=30), st.lists(periods, max_size=3), st.integers(1, 3))
def test_the_states_make_up_the_whole_window(said, quiet, needed):
    """Without a gap or an overlap; neighbours differ; the worst case is never better than the best."""
    spans = spans_of(said, quiet, needed)
    assert (spans[0].since, spans[-1].until) == (0.0, ENDS)
    assert all(one.until == two.since and one.state is not two.state for one, two in pairwise(spans))
    times = times_of(spans)
    assert times.counted + times.maintenance == ENDS
    assert 0 <= times.worst <= times.best <= 1
    assert times.seen is None or times.worst - 1e-9 <= times.seen <= times.best + 1e-9


@unhurried
@given(st.lists(words, max_size=30), st.lists(periods, max_size=3), st.randoms())
def test_neither_order_nor_repetition_matters(said, quiet, random):
    """Imports come late, twice, and in any order."""
    again = [*said, *said[::2]]
    random.shuffle(again)
    assert spans_of(again, quiet) == spans_of(said, quiet)


@unhurried
@given(st.lists(lasting, min_size=1, max_size=8), st.data(), st.integers(1, 3))
def test_what_becomes_known_narrows_the_figure(said, data, needed):
    """Where a run that could not judge had judged, both ends of the figure stay where they were, or come closer."""
    assume(len({(each.at, each.region) for each in said}) == len(said))
    index = data.draw(st.integers(0, len(said) - 1))
    known = data.draw(st.sampled_from([State.UP, State.DEGRADED, State.DOWN]))
    blind = [*said[:index], replace(said[index], state=State.UNKNOWN), *said[index + 1 :]]
    seeing = [*said[:index], replace(said[index], state=known), *said[index + 1 :]]
    before, after = (times_of(spans_of(each, needed=needed)) for each in (blind, seeing))
    assert before.worst <= after.worst + 1e-9
    assert after.best <= before.best + 1e-9
    assert after.unknown <= before.unknown


@unhurried
@given(st.lists(words, max_size=20), st.lists(periods, max_size=2), moments, moments)
def test_what_comes_later_changes_nothing_before_it(said, quiet, one, other):
    """A part of the whole is the same as if nothing had been said since: a replay may work it out once."""
    since, until = sorted((one, other))
    whole = timeline(said, REGIONS, quiet, since=-500.0, until=2000.0, needed=2)
    known = [each for each in said if each.at <= until]
    assert tuple(clipped(whole, since, until)) == timeline(known, REGIONS, quiet, since=since, until=until, needed=2)


def test_a_run_speaks_until_the_next_one_and_no_longer_than_it_may():
    """What lies behind is unknown, not up; and so is what comes before the first."""
    said = [word(100, State.UP), word(300, State.DOWN), word(400, State.UP, lasts=150.0)]
    assert (
        written(said, regions=("eu",), needed=1)
        == "unknown 0-100, up 100-300, down 300-400, up 400-550, unknown 550-1000"
    )


def test_what_could_not_be_judged_ends_what_was_known():
    """An INCONCLUSIVE run is no reason to go on believing the one before."""
    said = [word(0, State.UP), word(100, State.UNKNOWN), word(200, State.UP, lasts=800.0)]
    assert written(said, regions=("eu",), needed=1) == "up 0-100, unknown 100-200, up 200-1000"


def test_some_regions_down_is_degraded_and_enough_of_them_is_down():
    """Two of three; while the third is not known, one that is down may be the one that decides."""
    said = [word(0, State.UP, region, lasts=1000.0) for region in REGIONS]
    said += [word(100, State.DOWN, "eu", 900.0), word(200, State.DOWN, "us", 100.0), word(500, State.UNKNOWN, "asia")]
    said += [word(300, State.UP, "us", 700.0)]
    assert written(said) == "up 0-100, degraded 100-200, down 200-300, degraded 300-500, unknown 500-1000"


def test_maintenance_counts_apart_and_goes_before_everything():
    """Overlapping times of it are one."""
    said = [word(0, State.DOWN, lasts=1000.0)]
    quiet = [Period(200.0, 400.0), Period(100.0, 300.0), Period(250.0, 260.0)]
    assert written(said, quiet=quiet, regions=("eu",), needed=1) == "down 0-100, maintenance 100-400, down 400-1000"


def test_of_two_words_of_one_moment_the_worse_stands():
    """Whatever their order."""
    said = [word(0, State.DOWN, lasts=1000.0), word(0, State.UP, lasts=1000.0)]
    assert written(said, regions=("eu",), needed=1) == "down 0-1000"


def test_nothing_said_is_nothing_known():
    """Neither of a region nor of none."""
    for regions in (REGIONS, ()):
        assert written([], regions=regions) == "unknown 0-1000"
        assert times_of(spans_of([], regions=regions)).seen is None
