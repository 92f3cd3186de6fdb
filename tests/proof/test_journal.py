"""What a drill keeps, so that it can be resumed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from smoke.model import Blame, Outcome
from smoke.proof import journal
from smoke.proof.writing import proof_folder
from smoke.settings import Settings, resolve
from tests.proof.test_parts import a_case

ROOT = Path(__file__).parents[2]
CAUGHT, MISSED = a_case("status-500"), a_case("status-502", outcome=Outcome.PASS, blame=None)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    proof_folder(tmp_path)
    return resolve({"reports": str(tmp_path)}, point="local", root=ROOT, environ=os.environ)


def test_what_was_tried_is_not_tried_again(settings: Settings) -> None:
    """Neither after one interruption nor after two."""
    begun = journal.anew(settings, "shop 1")
    begun.keep(CAUGHT)
    again = journal.resumed(settings, "shop 1")
    assert again.cases == {CAUGHT.key: CAUGHT}
    again.keep(MISSED)
    assert journal.resumed(settings, "shop 1").cases == {CAUGHT.key: CAUGHT, MISSED.key: MISSED}


def test_what_was_kept_of_another_drill_shows_nothing(settings: Settings) -> None:
    """Of another configuration or environment, or where the user begins anew."""
    journal.anew(settings, "shop 1").keep(CAUGHT)
    assert journal.resumed(settings, "shop 2").cases == {}
    assert journal.resumed(settings, "shop 1").cases == {}


def test_what_could_not_be_tried_is_tried_again(settings: Settings) -> None:
    """As is what was broken off in the middle."""
    begun = journal.anew(settings, "shop 1")
    begun.keep(a_case("reset", trouble="it was not tried"))
    begun.keep(a_case("hangs", outcome=Outcome.INCONCLUSIVE, blame=Blame.HARNESS))
    assert journal.resumed(settings, "shop 1").cases == {}


@pytest.mark.parametrize("end", [b'{"suite": "sh', b"\n", b"\xff\n"])
def test_a_line_that_was_cut_off_is_left_out(settings: Settings, end: bytes) -> None:
    """A drill that is killed may be in the middle of one."""
    journal.anew(settings, "shop 1").keep(CAUGHT)
    with journal.path_of(settings).open("ab") as file:
        file.write(end)
    again = journal.resumed(settings, "shop 1")
    again.keep(MISSED)
    assert journal.resumed(settings, "shop 1").cases.keys() == {CAUGHT.key, MISSED.key}


@pytest.mark.parametrize("text", [b"", b"[]\n", b"nonsense\n"])
def test_what_is_no_journal_is_begun_anew(settings: Settings, text: bytes) -> None:
    """Somebody else's file, or an empty one."""
    journal.path_of(settings).write_bytes(text)
    assert journal.resumed(settings, "shop 1").cases == {}
