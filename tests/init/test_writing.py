"""What is made of what was seen, without a browser."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from datetime import date
from json import dumps
from pathlib import Path

import pytest
import yaml

from smoke.answers.pages import DocumentHeaders, Visit
from smoke.init.banners import answers_to_banners
from smoke.init.controls import Control, Form, code_form, login_form, openers, spots
from smoke.init.files import project_files, scrubbed, suite_files, todos
from smoke.init.first_run import edits
from smoke.init.probes import probes
from smoke.init.proposal import noise_entries, page_rules, propose
from smoke.init.seen import Answered, Item, Login, Refused, SecondFactor, Seen, StartPage, WayOut
from smoke.init.snapshot import Node, nodes
from smoke.init.spot import By, Spot, is_steady, shortened, spellings
from smoke.init.start_page import landmarks, named, parts
from smoke.init.usual import DESCRIPTIONS, NOWHERE
from smoke.init.wanted import AccountWanted, Wanted, origin, suite_of
from smoke.init.writing import missing
from smoke.observation import Signal, SignalKind

ROOT = Path(__file__).parents[2]
JSON = "application/json"
TODAY = date(2026, 11, 21)
SNAPSHOT = r"""
- banner:
  - navigation "Main":
    - link "Home":
      - /url: /
- main:
  - 'heading "Hi: \"you\" there" [level=1]'
  - textbox "Your mail": me
  - text: plain words
  - button "Go" [disabled]
"""


def spot(name: str, role: str = "button") -> Spot:
    return Spot(by=By.ROLE, role=role, name=name)


def control(index: int, **about: object) -> Control:
    return Control(**{"index": index, "tag": "input", "form": 0, **about})  # type: ignore[arg-type]


USER = control(0, type="email", name="mail")
PASSWORD = control(1, type="password", name="secret")
SUBMIT = control(9, tag="button", type="submit", text="Log in")
CODE = control(2, type="text", autocomplete="one-time-code")
LOGIN = Login(
    path="/login",
    banner=None,
    entrance=None,
    user=spot("Mail", "textbox"),
    onward=(),
    password=Spot(by=By.LABEL, name="Password"),
    code=None,
    submit=spot("Log in"),
    second=None,
    refused=None,
    signed_in=None,
    way_out=None,
    protected="",
    writes=("POST /login",),
)
OUT = WayOut(opener=spot("Me"), log_out=spot("Log out"), asks=True, confirm=spot("Yes"), signed_out=spot("Log in"))
REFUSED = Refused(message=Spot(by=By.TEXT, name="Wrong"), answers=("POST /login 401",), writes=("POST /login",))
LOGINS = {
    "nothing else known": LOGIN,
    "all on one page": replace(LOGIN, code=spot("Code"), refused=REFUSED, signed_in=spot("Me"), way_out=OUT),
    "two pages": replace(LOGIN, onward=(spot("Next"),), submit=None, way_out=replace(OUT, signed_out=None)),
    "a second factor": replace(LOGIN, second=SecondFactor(code=spot("Code"), submit=None), protected="/mine"),
    "behind a banner": replace(LOGIN, banner=spot("No cookies"), way_out=OUT),
    "a password alone": replace(LOGIN, user=None),
    "in a dialog": replace(LOGIN, entrance=spot("Log in"), way_out=replace(OUT, opener=None, asks=False)),
}
START = StartPage(
    title="Shop",
    landmark=Item("shop", spot("Shop", "heading")),
    parts=(Item("go", spot("Go")),),
    banner=None,
    load_ms=3000,
)
WANTED = Wanted(
    title='The "Shop"',
    url="https://shop.example.com",
    account=AccountWanted(user="smoke", password="SHOP_PASSWORD", totp=None, start="", sso=""),
)


def seen(login: Login | None = None, **about: object) -> Seen:
    plain = Seen(start=START, answers=(), visits=(), signals=(), stopped=(), login=login)
    return replace(plain, **about)  # type: ignore[arg-type]


def test_a_snapshot_is_read() -> None:
    """Roles and names, whatever stands around them."""
    assert nodes(SNAPSHOT) == (
        Node("banner", ""),
        Node("navigation", "Main"),
        Node("link", "Home"),
        Node("main", ""),
        Node("heading", 'Hi: "you" there', 1),
        Node("textbox", "Your mail"),
        Node("button", "Go"),
    )


def test_a_page_that_shows_nothing_has_an_empty_snapshot() -> None:
    assert nodes("") == ()


@pytest.mark.parametrize(
    ("controls", "found"),
    [
        ([USER, PASSWORD, SUBMIT], Form(user=USER, password=PASSWORD, submit=SUBMIT)),
        ([USER, PASSWORD, CODE, SUBMIT], Form(user=USER, password=PASSWORD, code=CODE, submit=SUBMIT)),
        ([PASSWORD, SUBMIT], Form(password=PASSWORD, submit=SUBMIT)),
        ([USER, SUBMIT], Form(user=USER, submit=SUBMIT)),
        ([USER, replace(SUBMIT, text="Subscribe")], None),
        ([USER, replace(PASSWORD, autocomplete="new-password"), SUBMIT], Form(user=USER, submit=SUBMIT)),
        ([control(5, type="search", name="q", form=1), USER, PASSWORD], Form(user=USER, password=PASSWORD)),
        ([USER, PASSWORD, replace(SUBMIT, text="Log in with GitHub")], Form(user=USER, password=PASSWORD)),
        ([CODE, SUBMIT], None),
    ],
)
def test_the_form_that_signs_in_is_told_from_others(controls: list[Control], found: Form | None) -> None:
    """By its password, else by a user and a button that goes on."""
    assert login_form(controls) == found


def test_a_code_is_asked_for_alone() -> None:
    """Beside a password it belongs to that."""
    assert code_form([CODE, SUBMIT]) == Form(code=CODE, submit=SUBMIT)
    assert code_form([PASSWORD, CODE, SUBMIT]) is None


def test_what_bears_the_user_is_opened_first() -> None:
    """The way out is there most often."""
    help_menu, mine = (control(n, tag="button", text=text, opens=True) for n, text in ((0, "Help"), (1, "ann")))
    assert list(openers([help_menu, mine, SUBMIT], "ann@shop.example")) == [mine, help_menu]


def test_a_banner_about_cookies_is_refused_if_it_can_be() -> None:
    """Buttons come before links; what stands elsewhere, and a choice, answers nothing."""
    texts = ("Accept all", "Reject all", "OK", "More options")
    buttons = [control(n, tag="button", text=text, over="We use cookies.") for n, text in enumerate(texts)]
    link = control(7, tag="a", text="How to refuse them", over="We use cookies.")
    choice = control(8, type="checkbox", label="Accept some", over="We use cookies.")
    elsewhere = [replace(each, over=over) for each in buttons for over in ("", "Sure?", "cookies " * 999)]
    found = answers_to_banners([link, choice, *elsewhere, *buttons])
    assert [each.says for each in found] == ["Reject all", "Accept all", "OK", "How to refuse them"]


def test_a_field_is_found_by_what_users_read() -> None:
    """Its label without the star, then its placeholder, then its role; selectors come last."""
    field = replace(USER, label="E-mail *", placeholder="you@here")
    found = list(spots(field, "textbox", "E-mail *"))
    assert found[0] == Spot(by=By.LABEL, name="E-mail")
    order = list(dict.fromkeys(each.by for each in found))
    assert order == [By.LABEL, By.PLACEHOLDER, By.ROLE, By.CSS]


def test_an_id_that_was_made_for_one_visit_is_not_used() -> None:
    """Nor one that cannot be written in a selector."""
    found = [each.name for each in spots(replace(USER, id="field-81723", name='a"b'), "", "")]
    assert not [each for each in found if "81723" in each or 'a"b' in each]


def test_locators_get_narrower() -> None:
    """The plain one, the exact one, the ones within a landmark."""
    first, exact, within, *_ = spellings(spot("Log in"))
    assert first.code == 'page.get_by_role("button", name="Log in")'
    assert exact.code == 'page.get_by_role("button", name="Log in", exact=True)'
    assert within.code == 'page.get_by_role("main").get_by_role("button", name="Log in")'
    assert [each.code for each in spellings(spot("", "search"))][:2] == [
        'page.get_by_role("search")',
        'page.get_by_role("main").get_by_role("search")',
    ]


def test_long_names_end_at_a_word_and_numbers_are_not_steady() -> None:
    """Both are what changes with the next release."""
    assert shortened("word " * 30).split() == ["word"] * 12
    assert (is_steady("3 issues"), is_steady("…"), is_steady("Issues")) == (False, False, True)


def test_the_first_heading_is_the_landmark_and_names_are_python() -> None:
    """Whatever a page calls its things."""
    page = nodes(SNAPSHOT)
    assert next(landmarks(page)).code == 'page.get_by_role("heading", level=1, name="Hi: \\"you\\" there")'
    assert [part.attribute for part in named(parts(page))][:2] == ["banner", "navigation"]
    alike = named([Spot(by=By.ROLE, role="search"), *(spot("Search", role) for role in ("button", "link"))])
    assert [part.attribute for part in alike] == ["search", "search_button", "search_link"]
    strange = named([spot("class"), spot("Page"), spot("Page"), spot("→"), spot("Été 1")])
    assert all(part.attribute.isidentifier() for part in strange)
    assert len({part.attribute for part in strange} - {"page"}) == 5


def answered(path: str, status: int, media_type: str, body: str, json: object = None) -> Answered:
    return Answered(path=path, status=status, media_type=media_type, location="", body=body, json=json)


NOT_FOUND = answered(NOWHERE, 404, "text/html", "no")


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (
            answered("/health", 200, JSON, "", {"status": "ok", "n": 1}),
            {"json": {"status": {"equals": "ok"}}},
        ),
        (answered("/health", 200, JSON, "", {"db": 1}), {"json": {"db": {}}}),
        (answered("/ping", 200, "text/plain", "pong\n"), {"contains": ["pong"]}),
        (answered("/up", 200, "text/html", "<!doctype html>" + "x" * 99), None),
        (answered("/health", 503, JSON, "", {"status": "ok"}), None),
    ],
)
def test_what_says_that_it_is_well_becomes_a_probe(answer: Answered, told: dict[str, object] | None) -> None:
    """A page for people does not, nor what says that it is not well."""
    found = [each for each in probes([NOT_FOUND, answer], "") if each["id"].startswith("health.")]
    assert len(found) == (told is not None)
    assert all(told.items() <= each["expect"].items() for each in found if told)


def test_an_application_that_answers_everything_tells_nothing() -> None:
    """The same page for each path is no sign of health."""
    every = answered("/ping", 200, "text/plain", "pong")
    assert list(probes([replace(NOT_FOUND, status=200), every], "")) == []


def test_headers_are_rules_where_every_document_had_them() -> None:
    """With the same value: one that is made anew each time is none."""
    documents = (
        DocumentHeaders(path="/", headers={"x-frame-options": "DENY", "content-security-policy": "nonce-1"}),
        DocumentHeaders(path="/a", headers={"x-frame-options": "DENY", "content-security-policy": "nonce-2"}),
    )
    rules = page_rules([Visit(over_https=True, documents=documents)])
    assert rules["headers"] == {"X-Frame-Options": {"equals": "DENY"}}


def test_noise_is_proposed_once_for_a_time_and_to_somebody() -> None:
    """What is made anew at each load stands for any."""
    signals = [Signal(kind=SignalKind.CONSOLE, where="/", text=f"lost app.{n}f0c9e21.js") for n in (1, 2)]
    (entry,) = noise_entries(signals, TODAY)
    assert entry["matches"] == r"lost\ app\.\w+\.js"
    assert entry["until"] > TODAY
    assert entry["owner"].startswith("TODO")


@pytest.mark.parametrize("name", LOGINS)
def test_every_file_is_what_its_name_says(name: str) -> None:
    """Python or YAML, no line too long, and no password."""
    files = suite_files(WANTED, seen(LOGINS[name]), "local", TODAY)
    for file in files:
        assert max(map(len, file.text.splitlines()), default=0) <= 120, file
        ast.parse(file.text) if file.path.endswith(".py") else yaml.safe_load(file.text)
    assert len({file.path for file in files}) == len(files)


def test_many_permits_are_written_a_line_each() -> None:
    """As the formatter would: a decorator that is too long is broken."""
    stopped = tuple(f"WS /a/rather/long/way/to/socket/{number}" for number in range(2))
    files = suite_files(WANTED, seen(stopped=stopped), "local", TODAY)
    (journey,) = (file.text for file in files if file.path.endswith("test_homepage.py"))
    assert (
        """@check(
    "homepage.load",
    category="critical-paths",
    scope="reduced",
    permits=["WS /a/rather/long/way/to/socket/0", "WS /a/rather/long/way/to/socket/1"],
)
def """
        in journey
    )


def test_the_page_class_is_this_projects_own() -> None:
    """What a new project gets is what the suites here stand on."""
    own = {file.path: file.text for file in project_files(WANTED)}
    assert own["page_objects/page.py"] == (ROOT / "page_objects/page.py").read_text(encoding="utf-8")
    assert own[".env.example"].endswith("SHOP_PASSWORD=\n")


def test_what_is_masked_in_noise_is_still_a_regular_expression() -> None:
    """What looks like the beginning of a secret may be a word of the page."""
    lost = Signal(kind=SignalKind.CONSOLE, where="/", text="lost https://shop.example.com/a.js")
    file = next(each for each in suite_files(WANTED, seen(signals=(lost,)), "local", TODAY) if "noise" in each.path)
    (entry,) = yaml.safe_load(scrubbed(file, lambda text: text.replace("shop", "***")).text)["noise"]
    assert re.search(entry["matches"], lost.text)


def test_settings_of_pytest_are_not_hidden(tmp_path: Path) -> None:
    """A pytest.ini would, wherever else they stand."""
    (tmp_path / "pyproject.toml").write_text("[tool.pytest.ini_options]\n")
    found = {file.path for file in missing(tmp_path, project_files(WANTED))}
    assert "pytest.ini" not in found
    assert "page_objects/page.py" in found


def test_what_nobody_knows_is_left_to_a_person() -> None:
    """And nothing else is."""
    known = replace(LOGIN, refused=REFUSED, signed_in=spot("Me"), way_out=OUT)
    assert list(todos(suite_files(WANTED, seen(known), "local", TODAY))) == []
    left = list(todos(suite_files(WANTED, seen(LOGIN), "local", TODAY)))
    assert [line.split(":")[0].rpartition("/")[2] for line in left] == ["login_page.py", "session.py", "test_login.py"]


def test_where_a_check_that_did_not_pass_is_written_is_told() -> None:
    """The journey or the probe, and the pages that it goes through; of checks that passed, nothing."""
    served = answered("/", 200, "text/html", "")
    files = suite_files(WANTED, seen(LOGINS["all on one page"], answers=(served,)), "local", TODAY)
    ids = {"homepage.load": "PASS", "login.account": "FAIL", "homepage.answer": "INCONCLUSIVE"}
    verdict = dumps({"checks": [{"id": name, "outcome": outcome} for name, outcome in ids.items()]})
    pages = "page_objects/the_shop/login_page.py, page_objects/the_shop/session.py"
    assert list(edits(verdict, files)) == [
        f"login.account: e2e/the_shop/test_login.py:10, {pages}",
        "homepage.answer: config/suites/the_shop/checks.yaml:2",
    ]


@pytest.mark.parametrize(("title", "name"), [("My Shop", "my_shop"), ("Café-42", "cafe_42"), ("SHOP", "shop")])
def test_a_suite_is_named_after_the_application(title: str, name: str) -> None:
    """In a way that is a Python package, too."""
    assert suite_of(title) == name


START_PAGE = answered("/", 200, "text/html", "<title>Shop</title>")


@pytest.mark.parametrize(
    ("start", "title", "told"),
    [
        (START_PAGE, "Shop", {"contains": ["Shop"]}),
        (START_PAGE, "Shop 3", {}),
        (START_PAGE, "Store", {}),
        (replace(START_PAGE, status=302, location="https://a.example/en?x=1"), "", {"redirects_to": r".*/en(\?.*)?"}),
        (replace(START_PAGE, status=302), "", None),
        (replace(START_PAGE, status=500), "", None),
    ],
)
def test_what_the_address_answers_becomes_a_probe(start: Answered, title: str, told: dict[str, object] | None) -> None:
    """What is served, or where it leads to; an error is nothing to expect."""
    found = [each["expect"] for each in probes([start], title) if each["id"] == "homepage.answer"]
    assert len(found) == (told is not None)
    assert all(told.items() <= each.items() for each in found if told is not None)


@pytest.mark.parametrize(("json", "key"), [({"openapi": "3.1.0"}, "openapi"), ({"swagger": "2.0"}, "swagger")])
def test_an_api_that_describes_itself_becomes_a_probe(json: dict[str, object], key: str) -> None:
    """Once, wherever it is described."""
    told = zip(DESCRIPTIONS[:3], ({"other": 1}, json, json), strict=True)
    every = [answered(path, 200, JSON, "", each) for path, each in told]
    found = [each for each in probes([NOT_FOUND, *every], "") if each["id"] == "api.description"]
    assert [each["request"] for each in found] == [f"GET {DESCRIPTIONS[1]}"]
    assert found[0]["expect"]["json"] == {key: {"type": "string"}, "paths": {"type": "object"}}


def test_a_title_with_a_number_is_known_by_its_beginning() -> None:
    start = replace(START, title="Shop (3 items)")
    assert (start.title_is_steady, start.title_begins) == (False, "^Shop")
    assert replace(START, title="The Shop").title_begins == "^The Shop"


def test_what_is_no_snapshot_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^no ARIA snapshot: "):
        nodes("- a: [")
    assert nodes("- text: words\n- 'no role at all'") == ()


def test_a_page_without_a_steady_name_is_known_by_its_body() -> None:
    """Numbers change; areas are there without a name too."""
    found = (Node("heading", "3 items"), Node("navigation", "2 links"), Node("button", "1"))
    assert [each.code for each in landmarks(found)] == ['page.get_by_role("main")', 'page.locator("body")']
    assert [each.code for each in parts(found)] == ['page.get_by_role("navigation")']


def test_a_field_without_a_name_is_found_by_what_it_is() -> None:
    found = [each.name for each in spots(control(3, tag="a", id="sign-in"), "", "")]
    assert found == ['a[id="sign-in"]']
    assert [each.by for each in spots(replace(SUBMIT, type=""), "button", "")] == []


def test_outside_of_a_form_the_button_says_what_it_does() -> None:
    """Any other button may do anything."""
    alone = [replace(each, form=-1) for each in (USER, PASSWORD)]
    search, enter = (
        control(number, tag="button", text=text, form=-1) for number, text in ((7, "Search"), (8, "Log in"))
    )
    found = login_form([*alone, search, enter])
    assert found is not None
    assert found.submit == enter


def test_the_password_goes_to_an_origin() -> None:
    assert origin("https://sso.example.com/") == "https://sso.example.com"
    with pytest.raises(ValueError, match=r"^is where the login is, without a path"):
        origin("https://sso.example.com/realm")


def test_a_proposal_is_for_two_files() -> None:
    """What pages said is noise only if they said something."""
    visit = Visit(over_https=True, pages=(), documents=(), cookies=(), builds=())
    assert [line for line in propose(visit, [], date(2026, 3, 2)).splitlines() if line.startswith("#")] == [
        "# suite.yaml"
    ]
    signal = Signal(kind=SignalKind.CONSOLE, where="/", text="boom")
    both = propose(visit, [signal], date(2026, 3, 2))
    suite, noise = both.split("# noise.yaml: `matches` is a regular expression\n")
    assert yaml.safe_load(noise)["noise"][0]["matches"] == "boom"
    assert list(yaml.safe_load(suite)) == ["page"]
