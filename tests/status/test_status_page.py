"""The pages in a real browser: everybody can read them, on anything, and they ask nobody for anything."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from smoke.alerts.kept import row_of
from smoke.history.incidents import Incidents
from smoke.history.opening import history_file
from smoke.history.runs import History
from smoke.model import Outcome
from smoke.status.gathering import board
from smoke.status.sources import Sources
from smoke.status.writing import files_of
from tests.status.shop import DAY, HOUR, MINUTE, NOW, REQUIRED, SHOP, SLOT, a_shop, say
from tests.support import axe, year
from tests.support.run_builder import a_typical_run

PAGES = ("index.html", "suite-shop.html")
LOOKS = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 800}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 800}},
    "phone": {"color_scheme": "light", "viewport": {"width": 360, "height": 740}},
    "dark phone": {"color_scheme": "dark", "viewport": {"width": 360, "height": 740}},
}
SCRIPT = """() => {
  const one = document.createElement('script');
  one.text = 'window.ran = 1';
  document.body.append(one);
}"""
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop with everything that a page can show, in three regions that say different things."""
    root = tmp_path_factory.mktemp("shop")
    shop = a_shop(root, "eu", "us", "ap")
    for region in ("eu", "us"):
        for index in range(1, 20):
            outcome = (Outcome.FAIL, Outcome.FLAKY, Outcome.INCONCLUSIVE, *[Outcome.PASS] * 4)[index % 7]
            say(shop, SLOT - index * 7 * HOUR, {**dict.fromkeys(REQUIRED, outcome)}, region=region)
    say(shop, SLOT, {"health.root": Outcome.FAIL, "home.load": Outcome.FLAKY, "cart.old": Outcome.PASS})
    say(shop, SLOT - 2 * HOUR, region="us")
    say(shop, SLOT, {"health.root": Outcome.INCONCLUSIVE}, region="ap")
    say(shop, SLOT, environment="staging", reason="all 2 checks passed")
    for number in range(3):
        ended = SLOT - number * DAY - MINUTE
        about = {"environment": SHOP[1], "execution_point": "canary-5", "region": "eu", "run_id": f"typical-{number}"}
        History(shop.store).record(a_typical_run(**about, started=ended - 9, finished=ended))
    for began, lasted in ((NOW - HOUR, None), (NOW - 9 * DAY, HOUR)):
        Incidents(shop.store).save(row_of(year.an_incident("shop", began, lasted, SHOP[1])))
    return written(shop, root / "status")


def written(sources: Sources, folder: Path) -> Path:
    folder.mkdir()
    for name, text in files_of(board(sources)):
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.browser
@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_nothing_keeps_anybody_from_reading_it(pages: Path, chrome: Any, name: str, look: str) -> None:
    """No serious violation by axe: contrast, names, headings, tables, what scrolls can be reached."""
    script = axe.script()
    context = chrome.new_context(**LOOKS[look], bypass_csp=True)
    page = context.new_page()
    page.goto((pages / name).as_uri())
    found = axe.grave(page, script)
    width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    context.close()
    assert found == []
    assert width <= 0, "it is as wide as the window"


@pytest.mark.browser
@pytest.mark.parametrize("name", PAGES)
def test_it_asks_nobody_for_anything(pages: Path, chrome: Any, name: str) -> None:
    """Neither does its own policy stop anything that it needs."""
    context = chrome.new_context(java_script_enabled=False)
    page = context.new_page()
    asked, said = [], []
    context.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto((pages / name).as_uri())
    context.close()
    assert [url for url in asked if not url.startswith("data:")] == [(pages / name).as_uri()]
    assert said == []


@pytest.mark.browser
def test_its_policy_lets_its_own_style_in_and_nothing_else(pages: Path, chrome: Any) -> None:
    """Also where somebody else's markup got into it."""
    context = chrome.new_context(color_scheme="light")
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto((pages / "index.html").as_uri())
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.querySelector('.figures')).display") == "grid"
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=https://shop.example/x.png>')")
    page.evaluate(SCRIPT)
    ran = page.evaluate("window.ran")
    context.close()
    assert ran is None
    assert any("Content Security Policy" in each for each in said)


@pytest.mark.browser
def test_all_of_it_can_be_reached_by_keyboard(pages: Path, chrome: Any) -> None:
    """Links, evidence, and tables that are wider than the window; where one is, is seen."""
    context = chrome.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto((pages / "suite-shop.html").as_uri())
    wanted = page.locator("a[href], summary, [tabindex]").count()
    reached = set()
    for _ in range(wanted):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("[...document.querySelectorAll('*')].indexOf(document.activeElement)"))
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid"
    page.locator("summary").first.focus()
    page.keyboard.press("Enter")
    page.get_by_text("GET /health (503) == 200").first.wait_for()
    context.close()
    assert len(reached) == wanted


@pytest.mark.browser
def test_it_prints(pages: Path, chrome: Any) -> None:
    """On white, with the evidence that is folded on the screen."""
    context = chrome.new_context(color_scheme="light")
    page = context.new_page()
    page.goto((pages / "suite-shop.html").as_uri())
    page.emulate_media(media="print")
    assert page.get_by_text("GET /health (503) == 200").first.evaluate("each => each.getClientRects().length")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.pdf().startswith(b"%PDF")
    context.close()


def test_every_moment_is_told_with_its_zone(pages: Path) -> None:
    """And is UTC for programs, too."""
    for name in PAGES:
        text = (pages / name).read_text(encoding="utf-8")
        moments = re.findall(r'<time datetime="([^"]+)">([^<]+)</time>', text)
        assert moments
        assert all(iso.endswith("Z") and told.endswith(" UTC") for iso, told in moments)


def test_its_links_lead_somewhere(pages: Path) -> None:
    """Within the folder: it can be put anywhere."""
    for name in PAGES:
        for link in re.findall(r'<a href="([^"]+)"', (pages / name).read_text(encoding="utf-8")):
            file, _, mark = link.partition("#")
            there = (pages / file).read_text(encoding="utf-8")
            assert not mark or f'id="{mark}"' in there


@pytest.mark.long
def test_a_year_of_four_suites_is_small(tmp_path: Path) -> None:
    """Under 300 kB with all that programs read; how long it takes, `make status-picture` tells."""
    store = history_file(tmp_path / "history.db")
    year.fill(store, ROOT, year.ENDS)
    sources = Sources(store=store, expected=year.EXPECTED, root=ROOT, reports=tmp_path, now=year.NOW)
    found = board(sources)
    files = dict(files_of(found))
    assert {place.suite: place.standing.status for place in found.places} == {
        "betterprompts": "up", "astronote": "down", "deltacrown": "up", "mosaic": "unknown",
    }  # fmt: skip
    assert all(len(place.days) == 91 and place.series for place in found.places)
    assert sum(len(text.encode()) for text in files.values()) < 300_000


@pytest.mark.parametrize("there", ["failures/index.html", "failures/home.load/index.html"])
def test_it_leads_to_what_was_wrong_with_each_check(tmp_path: Path, there: str) -> None:
    """Where such a list is beside it; it names none that is not."""
    shop = a_shop(tmp_path)
    say(shop, SLOT)
    page = shop.reports / there
    page.parent.mkdir(parents=True)
    page.touch()
    index = dict(files_of(board(shop)))["index.html"]
    assert ('href="../failures/index.html"' in index) == (there == "failures/index.html")
