"""Pages of runs that only these tests saw: hostile ones, and what becomes of them with time."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from smoke.bundle import good
from smoke.bundle.page import page_of
from smoke.bundle.pictures import Material
from smoke.bundle.scene import SCENE, SPOKEN, Box, Event, Picture, Scene, Spoken, written
from smoke.bundle.writing import KEPT_S, MOST, Bundles, prune, standings
from smoke.judging.causes import BROWSER_GONE
from smoke.judging.hints import MEANINGS
from smoke.judging.judged import Run
from smoke.model import Blame, CheckKind, Outcome
from smoke.observation import Finding, Measurement, Step, Unit
from smoke.secrets.secret import Scrubber, Secret
from tests.support import axe
from tests.support.run_builder import STARTED, a_finding, a_result, a_run, an_attempt

TAGS = "</script></style>--><img src=x onerror='window.ran=1'><script>window.ran=1</script>"
EVIL = f"{TAGS}\u202e\x00\ud800 𝔘é <!-- not recovered -->"
HOSTILE_URL = "javascript:window.ran=1//http://elsewhere.example/" + EVIL
NOT_ITS = "not by the application&#39;s fault"
PNG = b"\x89PNG\r\n\x1a\n"


def bundles(run: Run, reports: Path, *secrets: str) -> Bundles:
    scrubber = Scrubber([Secret(each) for each in secrets])
    return Bundles(run=run, reports=reports, scrubber=scrubber, good={}, shelf=reports / "good")


def a_bad_run(rule: str = "it works", kind: CheckKind = CheckKind.PROBE, **changes: Any) -> Run:
    finding = Finding(rule=rule, blame=Blame.ASSERTION, evidence=(rule,))
    result = a_result(
        an_attempt(findings=(finding,)), check_id="shop.home", kind=kind, outcome=Outcome.FAIL, blame=Blame.ASSERTION
    )
    return a_run(replace(result, hint=rule), verdict=Outcome.FAIL, versions={"browser": rule, "smoke": "1"}, **changes)


def a_good_run(**changes: Any) -> Run:
    return a_run(a_result(check_id="shop.home"), run_id="run-2", finished=STARTED + 1000, **changes)


def leave(reports: Path, name: str, text: str) -> None:
    folder = reports / "attempts" / "shop.home-1"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8", errors="replace")


@pytest.mark.browser
def test_no_text_of_a_target_becomes_part_of_the_page(chrome: Any, tmp_path: Path) -> None:
    """Titles, addresses, console, headers and bodies are shown as they are, whatever they say and however long."""
    events = tuple(
        Event(at=STARTED + at, kind="console", text=f"error: {EVIL} {'x' * 400}", bad=at % 2 == 0) for at in range(300)
    )
    shown = Picture(file="screenshot.png", step=EVIL, moment=EVIL, width=1280, height=720)
    box = Box(x=-1e9, y=1e9, width=0, height=0)
    scene = Scene(url=HOSTILE_URL, title=EVIL, step=EVIL, used=EVIL, shown=shown, box=box, timeline=events)
    spoken = Spoken(method="GET", url=HOSTILE_URL, headers=((EVIL, EVIL),), body=EVIL, status=200,
                    answer_headers=((EVIL, EVIL),), answer=json.dumps({EVIL: EVIL}) * 10_000)  # fmt: skip
    leave(tmp_path, SCENE, written(scene))
    leave(tmp_path, SPOKEN, written(spoken))
    leave(tmp_path, "console.txt", EVIL * 90_000)
    (tmp_path / "attempts/shop.home-1/screenshot.png").write_bytes(PNG)
    page_file = bundles(a_bad_run(EVIL, CheckKind.JOURNEY), tmp_path).write()["shop.home"]
    assert page_file.stat().st_size < 2_000_000
    page, asked = chrome.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(page_file.as_uri())
    assert page.evaluate("window.ran") is None
    assert [url for url in asked if not url.startswith("data:")] == [page_file.as_uri()]
    assert page.locator("script").count() == 0
    assert page.locator("img").count() == 0
    assert [
        each for each in page.eval_on_selector_all("[href]", "all => all.map(each => each.href)") if "java" in str(each)
    ] == []
    assert "window.ran=1</script>" in page.locator("main").text_content()
    assert page.locator("footer").is_visible()
    recovered = a_good_run()
    bundles(recovered, tmp_path).write()
    page.reload()
    assert page.locator(".recovered").count() == 1
    page.close()


def test_a_secret_that_was_learnt_late_is_not_on_the_page(tmp_path: Path) -> None:
    """What is written is searched once more, with all that is known by then."""
    leave(tmp_path, SPOKEN, written(Spoken(method="GET", url="http://shop.example/", headers=(), body="s3cr3t-w0rd")))
    page = bundles(a_bad_run("it keeps s3cr3t-w0rd"), tmp_path, "s3cr3t-w0rd").write()["shop.home"]
    assert "s3cr3t-w0rd" not in page.read_text()
    assert "***" in page.read_text()


def test_what_cannot_be_read_of_the_evidence_is_left_out(tmp_path: Path) -> None:
    """Half of a file explains nothing, and stands in nobody's way."""
    leave(tmp_path, SCENE, '{"url": ')
    leave(tmp_path, SPOKEN, "[]")
    assert "it works" in bundles(a_bad_run(), tmp_path).write()["shop.home"].read_text()


@pytest.mark.parametrize(
    "elsewhere",
    [{"suite": "other"}, {"environment": "staging"}, {"region": "us"}],
    ids=["suite", "environment", "region"],
)
def test_only_the_same_check_of_the_same_place_recovers(tmp_path: Path, elsewhere: dict[str, str]) -> None:
    bundles(a_bad_run(), tmp_path).write()
    bundles(a_good_run(**elsewhere), tmp_path).write()
    assert [each.recovered for _, each in standings(tmp_path / "failures")] == [None]
    bundles(a_good_run(), tmp_path).write()
    assert [each.recovered for _, each in standings(tmp_path / "failures")] == [STARTED + 1000]


def test_a_new_failure_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    """Recovered or not: the page is about what happened last."""
    bundles(a_bad_run("first"), tmp_path).write()
    bundles(a_good_run(), tmp_path).write()
    page = bundles(a_bad_run("second"), tmp_path).write()["shop.home"].read_text()
    assert "second" in page
    assert "first" not in page
    assert "Recovered" not in page


def test_pages_are_kept_for_a_month_after_recovery(tmp_path: Path) -> None:
    """One that did not recover stays."""
    bundles(a_bad_run(), tmp_path).write()
    prune(tmp_path / "failures", STARTED + 10 * KEPT_S)
    assert len(list(standings(tmp_path / "failures"))) == 1
    bundles(a_good_run(), tmp_path).write()
    prune(tmp_path / "failures", STARTED + 1000 + KEPT_S)
    assert len(list(standings(tmp_path / "failures"))) == 1
    prune(tmp_path / "failures", STARTED + 1001 + KEPT_S)
    assert not list((tmp_path / "failures").glob("*/"))


def test_of_too_many_pages_those_stay_that_failed_last(tmp_path: Path) -> None:
    failures = tmp_path / "failures"
    bundles(a_bad_run(), tmp_path).write()
    told = json.loads((failures / "shop.home/failure.json").read_text())
    for number in range(MOST + 5):
        folder = failures / f"shop.{number}"
        folder.mkdir()
        (folder / "failure.json").write_text(json.dumps({**told, "failed": STARTED - number}))
    (failures / ".draft-1").mkdir()
    prune(failures, STARTED)
    left = {folder.name for folder in failures.iterdir() if folder.is_dir()}
    assert left == {"shop.home", *(f"shop.{number}" for number in range(MOST - 1))}


@pytest.mark.parametrize(
    ("outcome", "blame", "said"),
    [
        (Outcome.FLAKY, Blame.APP_5XX, "It failed, and passed at attempt 2: the application answers with an error"),
        (Outcome.INCONCLUSIVE, Blame.HARNESS, "It could not be judged: the check or this runner is at fault"),
        (Outcome.FAIL, Blame.SAFETY, f"It failed, at all 2 attempts, {NOT_ITS}: {MEANINGS[Blame.SAFETY]}"),
        (Outcome.FAIL, Blame.DNS, "It failed, at all 2 attempts: the host shop.example does not resolve"),
    ],
)
def test_the_first_sentence_says_what_became_of_it(tmp_path: Path, outcome: Outcome, blame: Blame, said: str) -> None:
    """The attempt that was bad is the one that is shown, though a later one passed."""
    cause = "the host shop.example does not resolve" if blame is Blame.DNS else None
    bad = an_attempt(findings=(Finding(rule="it works", blame=blame), Finding(rule="…", blame=blame, cause=cause)))
    last = an_attempt(number=2, findings=() if outcome is Outcome.FLAKY else bad.findings)
    result = a_result(bad, last, check_id="shop.home", outcome=outcome, blame=blame)
    run = a_run(result, verdict=outcome, versions={"browser": "1", "smoke": "1"})
    page = bundles(run, tmp_path).write()["shop.home"].read_text()
    assert f"<h1>{said}</h1>" in page
    assert "<dt>Seen</dt><dd>it works</dd>" in page


def test_what_was_too_slow_is_said_with_its_time_and_its_budget(tmp_path: Path) -> None:
    late = Measurement(name="shop.load_ms", value=4110.0, budget=800.0)
    slow = an_attempt(findings=(Finding(rule="shop.load_ms (4110) <= 800", blame=Blame.SLOW),), measurements=(late,))
    result = a_result(slow, check_id="shop.home", outcome=Outcome.FAIL, blame=Blame.SLOW)
    run = a_run(result, verdict=Outcome.FAIL, versions={"browser": "1", "smoke": "1"})
    page = bundles(run, tmp_path).write()["shop.home"].read_text()
    assert "<h1>It failed: shop.load_ms took 4.11 s; the limit is 800 ms</h1>" in page


@pytest.mark.parametrize(
    ("rule", "evidence", "said"),
    [
        ("shop.failed_requests (1) == 0: GET /cart 404", (), "GET /cart answers 404"),
        ("Locator expected to be visible", ("at e2e/shop.py:3", "GET /cart answered 403"), "GET /cart answers 403"),
        ("status (404) == 200", ("GET http://shop.example/cart",), "GET http://shop.example/cart answers 404"),
        ("it works", (), "a route is missing or refuses the request"),
    ],
)
def test_what_was_refused_is_said_with_method_path_and_status(
    tmp_path: Path, rule: str, evidence: tuple[str, ...], said: str
) -> None:
    page = page_of_one(tmp_path, Finding(rule=rule, blame=Blame.APP_4XX, evidence=evidence))
    assert f"<h1>It failed: {said}</h1>" in page


def test_a_check_that_broke_itself_is_shown_with_its_line(tmp_path: Path) -> None:
    """And its author is asked to look; a browser that is gone is a matter of the runner."""
    line = "e2e/shop.py:18"
    broke = page_of_one(tmp_path, Finding(rule="KeyError: 'x'", blame=Blame.HARNESS, evidence=(f"at {line}",)))
    assert f"<h1>It could not be judged: the check&#39;s own code broke at {line}</h1>" in broke
    assert f"<dt>Line</dt><dd><code>{line}</code></dd>" in broke
    assert ">the check&#39;s author</span> (HARNESS)" in broke
    gone = page_of_one(tmp_path, Finding(rule="it works", blame=Blame.HARNESS, cause=BROWSER_GONE))
    assert ">this runner</span> (HARNESS)" in gone


def test_a_network_that_was_looked_at_is_said_to_be_none_of_the_runners(tmp_path: Path) -> None:
    """Where nobody looked, nothing is said of it."""
    note = "network works: it reaches example.org:443"
    known = Finding(rule="it works", blame=Blame.DNS, evidence=(f"this runner's {note}",))
    assert f"<dt>Network</dt><dd>this runner&#39;s {note}</dd>" in page_of_one(tmp_path, known)
    assert "Network" not in page_of_one(tmp_path, replace(known, evidence=()))
    offline = "this runner reaches neither the target nor a:1"
    assert "Network" not in page_of_one(tmp_path, replace(known, blame=Blame.RUNNER_OFFLINE, evidence=(offline,)))


def test_pink_is_explained_where_there_is_some(tmp_path: Path) -> None:
    shown = Picture(file="screenshot.png", step="", moment="at the end", width=1280, height=720)
    (tmp_path / "attempts/shop.home-1").mkdir(parents=True)
    (tmp_path / "attempts/shop.home-1/screenshot.png").write_bytes(PNG)
    for covered in (0, 1):
        scene = Scene(url="http://shop.example/", title="", step="", used="", shown=replace(shown, covered=covered))
        leave(tmp_path, SCENE, written(scene))
        page = bundles(a_bad_run(kind=CheckKind.JOURNEY), tmp_path).write()["shop.home"].read_text()
        assert ("Pink covers" in page) == bool(covered)


@pytest.mark.parametrize(
    ("rule", "is_missing"),
    [
        ('Locator expected to be visible; Error: element(s) not found; waiting for locator("#pay")', True),
        ("shop.load_ms (6214) <= 3000", False),
    ],
)
def test_the_last_element_is_missing_only_where_it_was_waited_for(tmp_path: Path, rule: str, is_missing: bool) -> None:
    """Otherwise the page only tells what was used last."""
    leave(tmp_path, SCENE, written(Scene(url="http://shop.example/", title="", step="", used="#pay")))
    page = bundles(a_bad_run(rule, CheckKind.JOURNEY), tmp_path).write()["shop.home"].read_text()
    assert ("nothing is known of where it was" in page) == is_missing
    assert ("the last element that was used: " in page) != is_missing


def test_what_may_follow_from_the_rule_that_decided_is_folded(tmp_path: Path) -> None:
    gone = Finding(rule="status (404) == 200", blame=Blame.APP_4XX)
    lacks = Finding(rule="header A (absent) is present", blame=Blame.ASSERTION)
    page = page_of_one(tmp_path, gone, lacks)
    assert "1 more that may follow from it" in page
    assert page.index("status (404) == 200") < page.index("<details><summary>1 more") < page.index("header A (absent)")


def page_of_one(reports: Path, *findings: Finding) -> str:
    """Return the page about a check that failed by ``findings``, the first of which decided."""
    blame = findings[0].blame
    result = a_result(an_attempt(findings=findings), check_id="shop.home", outcome=blame.outcome, blame=blame)
    run = a_run(result, verdict=blame.outcome, versions={"browser": "1", "smoke": "1"})
    return bundles(run, reports).write()["shop.home"].read_text()


def test_a_probe_that_got_no_answer_shows_what_it_asked(tmp_path: Path) -> None:
    spoken = Spoken(method="DELETE", url="http://shop.example/cart", headers=(("Authorization", "***"),), body="")
    leave(tmp_path, SPOKEN, written(spoken))
    page = bundles(a_bad_run(), tmp_path).write()["shop.home"].read_text()
    assert "No whole answer came" in page
    assert "curl -i -X DELETE -H &#39;Authorization: ***&#39; http://shop.example/cart" in page
    assert "Fill in what is masked" in page


def test_what_cannot_be_explained_has_no_page(tmp_path: Path) -> None:
    """What passed, and what was never tried."""
    skipped = a_result(outcome=Outcome.NOT_RUN, check_id="shop.cart")
    assert bundles(a_run(a_result(), skipped), tmp_path).write() == {}


def test_good_times_are_kept_from_run_to_run(tmp_path: Path) -> None:
    """Of what passed; a bad run changes nothing of it, and what is not seen for a season is forgotten."""
    shelf = good.shelf_of(tmp_path, "shop", "production")
    attempt = an_attempt()
    good.keep(a_run(a_result(attempt, check_id="shop.home"), a_result(check_id="shop.old")), {}, shelf, Scrubber())
    kept = good.read(shelf)["shop.home"]
    assert (kept.steps, kept.run_id, kept.build) == (attempt.steps, "run-1", "abc123")
    good.keep(a_bad_run(run_id="bad"), {}, shelf, Scrubber())
    assert good.read(shelf)["shop.home"] == kept
    good.keep(a_good_run(), {}, shelf, Scrubber())
    later = a_run(a_result(check_id="shop.home"), finished=STARTED + 500 + good.FORGOTTEN_S)
    good.keep(later, {}, shelf, Scrubber())
    assert set(good.read(shelf)) == {"shop.home"}


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a": 1}', '{"a": {"steps": 3}}'])
def test_what_was_good_and_cannot_be_read_is_unknown(tmp_path: Path, text: str) -> None:
    (tmp_path / "good.json").write_text(text)
    assert good.read(tmp_path) == {}


def test_times_and_numbers_stand_beside_the_good_ones() -> None:
    """And beside their budget; what was observed neither now nor then is left out."""
    slow = Measurement(name="home.load_ms", value=6214, budget=3000)
    lost = Measurement(name="home.ttfb_ms", value=None)
    never = Measurement(name="home.fcp_ms", value=None)
    broken = Measurement(name="home.images", value=2, unit=Unit.COUNT, budget=0.5)
    finding = Finding(rule="home.load_ms (6214) <= 3000", blame=Blame.SLOW)
    attempt = an_attempt(slow, lost, never, broken, findings=(finding,))
    result = a_result(attempt, check_id="shop.home", outcome=Outcome.FAIL, blame=Blame.SLOW)
    kept = good.Good(
        run_id="r", at=0, build="", steps=(Step(name="open", duration_ms=70),), measured={"home.ttfb_ms": 150}
    )
    console = Event(at=STARTED + 1.5, kind="console", text="late", bad=True, took_ms=None)
    scene = Scene(url="http://shop.example/", title="", step="", used="", timeline=(console,))
    material = Material(scene=scene, good=kept)
    page = page_of(a_run(result, verdict=Outcome.FAIL), result, material)
    assert [(each.name, each.now, each.then, each.budget, each.is_over) for each in page.times] == [
        ("open", "80 ms", "70 ms", "", False),
        ("read", "40 ms", "", "", False),
        ("home.load_ms", "6.21 s", "", "3.00 s", True),
        ("home.ttfb_ms", "not observed", "150 ms", "", False),
        ("home.images", "2", "", "0.5", True),
    ]
    assert [(each.after, each.text) for each in page.bad_events] == [("+1.50 s", "late")]


def test_many_bad_checks_take_no_longer_than_they_may(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that come too late have no page, and the run goes on."""
    results = [
        a_result(
            an_attempt(findings=(a_finding(),)), check_id=f"shop.{each}", outcome=Outcome.FAIL, blame=Blame.APP_5XX
        )
        for each in range(3)
    ]
    run = a_run(*results, verdict=Outcome.FAIL, versions={"browser": "1", "smoke": "1"})
    monkeypatch.setattr("smoke.bundle.writing.LONGEST_S", -1.0)
    assert bundles(run, tmp_path).write() == {}


@pytest.mark.parametrize("blame", Blame)
def test_every_page_says_whose_fault_it_is_and_what_to_do(tmp_path: Path, blame: Blame) -> None:
    """Only what the application is to blame for is called its fault."""
    bad = an_attempt(findings=(Finding(rule="it works", blame=blame),))
    result = a_result(bad, check_id="shop.home", outcome=blame.outcome, blame=blame)
    run = a_run(result, verdict=blame.outcome, versions={"browser": "1", "smoke": "1"})
    page = bundles(run, tmp_path).write()["shop.home"].read_text()
    whose = page.partition("<dt>Blame</dt><dd>")[2].partition("</dd>")[0]
    is_its = blame.outcome is Outcome.FAIL and blame is not Blame.SAFETY
    assert (">the application" in whose) == is_its
    assert ("not the application" in whose) != is_its
    assert f"({blame})" in whose


@pytest.mark.parametrize("url", ["about:blank", "chrome-error://chromewebdata/", "http://shop.example/"])
def test_a_page_that_never_came_is_not_shown_as_an_empty_picture(tmp_path: Path, url: str) -> None:
    """It is said in words."""
    shown = Picture(file="screenshot.png", step="", moment="at the end", width=1280, height=720)
    leave(tmp_path, SCENE, written(Scene(url=url, title="", step="", used="", shown=shown)))
    (tmp_path / "attempts/shop.home-1/screenshot.png").write_bytes(PNG)
    page = bundles(a_bad_run(kind=CheckKind.JOURNEY), tmp_path).write()["shop.home"].read_text()
    assert ("the browser had no page to show" in page) != ("At the failure" in page)
    assert ("At the failure" in page) == url.startswith("http")


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_list_leads_to_all_pages_those_that_failed_last_first(chrome: Any, tmp_path: Path, scheme: Any) -> None:
    """With what each says first, whose fault it was, and whether it is well again; everybody can read it."""
    bundles(a_bad_run(), tmp_path).write()
    bundles(a_good_run(), tmp_path).write()
    cart = a_result(
        an_attempt(findings=(a_finding(),)), check_id="shop.cart", outcome=Outcome.FAIL, blame=Blame.APP_5XX
    )
    versions = {"browser": "1", "smoke": "1"}
    bundles(a_run(cart, verdict=Outcome.FAIL, versions=versions, finished=STARTED + 2000), tmp_path).write()
    context = chrome.new_context(color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.goto((tmp_path / "failures/index.html").as_uri())
    first, second = (" ".join(row.split()) for row in page.locator("tbody tr").all_inner_texts())
    assert page.title() == "Failures: 1 still bad"
    assert first.startswith("shop.cart")
    assert "It failed: " in first
    assert " APP_5XX " in first
    assert first.endswith("✕ FAIL")
    assert second.startswith("shop.home")
    assert "● well again since " in second
    assert axe.grave(page, axe.script()) == []
    page.get_by_role("link", name="shop.cart").click()
    assert page.locator("h1").inner_text().startswith("It failed: ")
    assert page.locator("header").inner_text().startswith("✕ FAIL shop.cart")
    context.close()


def test_a_list_of_pages_that_earlier_versions_wrote_is_a_list(tmp_path: Path) -> None:
    """They kept no sentence."""
    bundles(a_bad_run(), tmp_path).write()
    file = tmp_path / "failures/shop.home/failure.json"
    told = json.loads(file.read_text())
    del told["sentence"], told["blame"]
    file.write_text(json.dumps(told))
    bundles(a_good_run(), tmp_path).write()
    assert "well again" in (tmp_path / "failures/index.html").read_text()
