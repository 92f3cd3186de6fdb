"""The figures of docs/production-test-strategy.md are those that its command prints."""

from pathlib import Path

from benchmarks.gates import missing, passing

STRATEGY = Path(__file__).parents[2] / "docs/production-test-strategy.md"


def test_the_figures_of_the_strategy_are_those_that_the_engine_computes() -> None:
    told = STRATEGY.read_text(encoding="utf-8").splitlines()
    assert [line for line in (*missing(), *passing()) if line not in told] == []
