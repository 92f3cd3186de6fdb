"""Runs behind the proxy that spoils answers are not deceived. A short selection; ``make tamper`` tries everything."""

from __future__ import annotations

import urllib.request
from dataclasses import replace

import pytest

from smoke.demo.options import DemoOptions
from smoke.demo.process import start
from smoke.model import Blame
from tampering.__main__ import main
from tampering.campaign import Red, Tried, campaign, chosen
from tampering.defect import DEFECTS, Defect
from tampering.proxy import proxies

SHORT = ("gzip-unasked", "gzip-lie", "cached-for-all", "json-trailing-noise")
RED = Red(check_id="a.b", outcome="FAIL", blame=Blame.ASSERTION, said="")
HARM = Defect(name="x", done="", blames=frozenset({Blame.ASSERTION}), change=lambda _asked, good, _memory: good)
NONE = replace(HARM, blames=frozenset())
CAUGHT = Tried(suite="s", defect=HARM, verdict="FAIL", touched=("GET /",), red=(RED,), asleep=(), seconds=1.0)


@pytest.fixture(scope="module")
def tried() -> dict[str, Tried]:
    """The short selection on a suite without a browser."""
    return {each.defect.name: each for each in campaign(["deltacrown"], chosen(SHORT))}


@pytest.mark.parametrize("name", SHORT)
@pytest.mark.long
def test_a_spoiled_answer_is_told_and_a_changed_one_is_not(name: str, tried: dict[str, Tried]) -> None:
    """With rightful blame; what harms nobody stays green."""
    assert tried[name].touched
    assert tried[name].result == "", tried[name]


@pytest.mark.parametrize(
    ("seen", "result"),
    [
        (CAUGHT, ""),
        (replace(CAUGHT, verdict="PASS", red=()), "missed"),
        (replace(CAUGHT, red=(replace(RED, blame=Blame.SLOW),)), "missed"),
        (replace(CAUGHT, red=()), "missed"),
        (replace(CAUGHT, verdict="FLAKY", red=(replace(RED, outcome="FLAKY", blame=Blame.SLOW),)), "missed"),
        (replace(CAUGHT, verdict="FLAKY", red=(replace(RED, outcome="FLAKY"),)), ""),
        (replace(CAUGHT, red=(RED, replace(RED, blame=Blame.ACCOUNT))), "wrong blame: ACCOUNT"),
        (replace(CAUGHT, red=(RED, replace(RED, outcome="FLAKY", blame=Blame.ACCOUNT))), ""),
        (replace(CAUGHT, red=(RED, replace(RED, blame=Blame.SLOW))), ""),
        (replace(CAUGHT, defect=NONE), "false alarm"),
        (replace(CAUGHT, defect=NONE, verdict="INCONCLUSIVE", red=()), "false alarm"),
        (replace(CAUGHT, defect=NONE, verdict="FAIL", red=(replace(RED, blame=Blame.SLOW),)), ""),
        (replace(CAUGHT, defect=NONE, verdict="FLAKY", red=(replace(RED, outcome="FLAKY"),)), ""),
        (replace(CAUGHT, defect=NONE, verdict="PASS", red=()), ""),
        (replace(CAUGHT, verdict="PASS", red=(), touched=()), ""),
    ],
)
def test_what_a_run_shows_is_told(seen: Tried, result: str) -> None:
    """Sleeping, blaming another and crying wolf are told; a busy machine excuses only what is late."""
    assert seen.result == result


def test_without_a_defect_the_proxy_is_not_noticed() -> None:
    """Status, type and body are those of the application, and nothing counts as spoiled."""
    with proxies(1, NONE) as proxy, start(DemoOptions(suites=frozenset({"mosaic"}))) as demo:
        proxy.upstream = {proxy.urls[0]: demo.base_urls["mosaic"]}
        through, straight = (urllib.request.urlopen(f"{url}/health") for url in (*proxy.urls, demo.base_urls["mosaic"]))
        assert through.read() == straight.read()
        assert through.headers["Content-Type"] == straight.headers["Content-Type"]
        assert proxy.touched == set()


def test_a_name_that_fits_nothing_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """Else whoever mistypes one of two names believes that both were tried."""
    with pytest.raises(SystemExit, match="2"):
        main(["--suite", "deltacrown", "images-html", "gzip-lye"])
    assert "unknown defect 'gzip-lye'; did you mean 'gzip-lie'?" in capsys.readouterr().err


def test_defects_of_both_kinds_are_there() -> None:
    """Enough that harm, and some that do not: a run that is always red would be found out."""
    harmful = [each for each in DEFECTS.values() if each.blames]
    assert len(harmful) > 40
    assert len(DEFECTS) - len(harmful) > 4
