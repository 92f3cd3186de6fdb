"""What a drill is said to have shown."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from smoke.commands.proving import Teller, summary
from smoke.model import Outcome
from smoke.proof.matrix import Case, Matrix
from smoke.proof.shown import page_of, rate_told, table_of
from smoke.proof.writing import write
from smoke.reporting.console import Console
from tests.proof.test_parts import a_case

TRIED = tuple(a_case(f"status-{code}") for code in (500, 502, 503))
UNTRIED = a_case("status-404", trouble="the fault changed nothing that the check asks for")


@pytest.mark.parametrize(
    ("cases", "told"),
    [
        (TRIED, "100 %"),
        ((*TRIED, UNTRIED), "100 % of the 3 that were tried"),
        ((UNTRIED,), "nothing was tried"),
        ((), "nothing was tried"),
    ],
)
def test_what_was_not_tried_was_not_caught(cases: tuple[Case, ...], told: str) -> None:
    """A share of some of the faults is nowhere told as if it were one of all."""
    matrix = Matrix(suite="shop", environment="local", cases=cases)
    assert rate_told(matrix) == told
    assert f"; {told}" in summary(matrix)
    assert f">{told}" in page_of([matrix])
    head, _, row = table_of([matrix]).splitlines()
    cells = dict(zip(head.split(" | "), row.split(" | "), strict=True))
    assert (cells["not tried"], cells["detection"]) == (str(cases.count(UNTRIED)), told)


@pytest.mark.parametrize(("outcome", "leads_on"), [(Outcome.PASS, True), (Outcome.FAIL, False)])
def test_what_survived_leads_on_to_what_would_catch_it(
    outcome: Outcome, leads_on: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    matrix = Matrix(suite="shop", environment="local", cases=(replace(TRIED[0], outcome=outcome),))
    Teller(Console.open(stream=1, plain=True)).whole(matrix)
    said = capfd.readouterr().out
    assert summary(matrix) in said
    assert ("docs/proof.md" in said) == leads_on


def test_a_suite_whose_drill_cannot_be_read_is_missed(tmp_path: Path) -> None:
    """A page without it would look whole."""
    matrix = Matrix(suite="shop", environment="local", cases=TRIED)
    page = write([matrix], tmp_path)
    assert "Missing here" not in page.read_text()
    (page.parent / "ware<house.json").write_text('{"suite": ')
    page = write([matrix], tmp_path)
    assert "wrote what was kept of it: ware&lt;house." in page.read_text()
    assert "ware" not in (page.parent / "matrix.md").read_text()


def test_what_cannot_be_written_leaves_what_was_there(tmp_path: Path) -> None:
    """A disk that is full, here a page that is in the way, costs no proof that was kept."""
    matrix = Matrix(suite="shop", environment="local", cases=TRIED)
    page = write([matrix], tmp_path)
    before = page.read_bytes()
    (page.parent / "index.html.part").mkdir()
    with pytest.raises(OSError, match=r"index\.html\.part"):
        write([matrix], tmp_path)
    assert page.read_bytes() == before
