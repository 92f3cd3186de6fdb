"""Whatever shape a login has, ``smoke init`` finds it out and writes journeys that pass, without a line by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.init.conftest import Smoke, texts
from tests.init.site import USER, Shape, Site

pytestmark = pytest.mark.browser

SITES = {
    "placeholders, a menu, a prefix": {Shape.PLACEHOLDERS, Shape.MENU, Shape.PREFIX},
    "two pages, a page that confirms, a redirect, a banner": {
        Shape.TWO_PAGES,
        Shape.CONFIRM_PAGE,
        Shape.REDIRECT,
        Shape.COOKIE_BANNER,
    },
    "a code on the next page, a dialog that confirms": {Shape.CODE_NEXT, Shape.CONFIRM_DIALOG, Shape.NOISE},
    "a code beside, a modal, a beacon, a banner": {
        Shape.CODE_BESIDE,
        Shape.MODAL,
        Shape.COOKIE_BANNER,
        Shape.BEACON,
        Shape.CATCH_ALL,
    },
    "no buttons": {Shape.NO_BUTTON, Shape.PLACEHOLDERS, Shape.TWO_PAGES},
    "a password alone": {Shape.PASSWORD_ALONE},
    "at another address": {Shape.SSO, Shape.PREFIX},
    "the password at another address": {Shape.SSO_AFTER_USER},
    "at another address at once": {Shape.SSO_AT_ONCE},
}
SOON = {"two pages, a page that confirms, a redirect, a banner"}
"""That of every run of the tests; the others take their time in `make test-long`."""
CODES = {Shape.CODE_NEXT, Shape.CODE_BESIDE}
WRITTEN = {
    Shape.PLACEHOLDERS: ("login_page.py", 'page.get_by_placeholder("Pass phrase")'),
    Shape.TWO_PAGES: ("login_page.py", "self.user.fill(user)\n        self."),
    Shape.CODE_BESIDE: ("login_page.py", "def sign_in(self, user: str, password: str, code: str)"),
    Shape.CODE_NEXT: ("login_page.py", "class SecondFactor:"),
    Shape.MENU: ("session.py", "self.menu.click()"),
    Shape.CONFIRM_PAGE: ("session.py", "self.confirm.click()"),
    Shape.CONFIRM_DIALOG: ("session.py", 'self.page.once("dialog", lambda dialog: dialog.accept())'),
    Shape.PREFIX: ("suite.yaml", "/tools/shop"),
    Shape.REDIRECT: ("checks.yaml", "redirects_to:"),
    Shape.MODAL: ("login_page.py", "self.entrance.click()"),
    Shape.NOISE: ("noise.yaml", r"the\ old\ widget\ is\ gone:\ \w+"),
    Shape.BEACON: ("suite.yaml", "- POST /beacon"),
    Shape.PASSWORD_ALONE: ("login_page.py", "def sign_in(self, password: str) -> None:"),
    Shape.COOKIE_BANNER: ("cookie_banner.py", 'page.get_by_role("button", name="Reject all")'),
    Shape.SSO: ("login_page.py", "self.entrance.click()"),
    Shape.SSO_AFTER_USER: ("login_page.py", "self.onward.click()"),
    Shape.SSO_AT_ONCE: ("suite.yaml", "sso: http://127.0.0.1:"),
    Shape.NO_BUTTON: ("login_page.py", 'self.password.press("Enter")'),
}
"""What makes the shape, in which file."""


@pytest.mark.parametrize(
    "name", [each if each in SOON else pytest.param(each, marks=pytest.mark.long) for each in SITES]
)
def test_a_login_is_found_out(name: str, smoke: Smoke, folder: Path) -> None:
    """The written suite is valid, passes, signs in and out, and holds the one line or two that the shape takes."""
    shapes = SITES[name]
    with Site(frozenset(shapes)).serving() as site:
        known = {"SHOP_PASSWORD": site.password, "SHOP_KEY": site.key}
        more = (*(("--totp", "SHOP_KEY") if shapes & CODES else ()), *(("--sso", site.sso) if site.is_away else ()))
        done = smoke("init", "--name", "Shop", "--url", site.url, "--login", "--user", USER, *more, **known)
        assert done.code == 0, done.said
    verdict = json.loads((folder / "reports/verdict.json").read_text())
    outcomes = {check["id"]: check["outcome"] for check in verdict["checks"]}
    assert (outcomes["homepage.load"], outcomes["login.account"]) == ("PASS", "PASS")
    assert smoke("config", "check").code == 0
    files = {Path(path).name: text for path, text in texts(folder).items() if "shop" in path}
    for shape in shapes & WRITTEN.keys():
        file, line = WRITTEN[shape]
        assert line in files[file], f"{shape}: {files[file]}"
    if Shape.PASSWORD_ALONE in shapes:
        assert site.writes == ["/login", "/logout"] * 2, "nothing wrong is tried: it could lock the one that there is"
    assert site.sessions == {} or "in" not in site.sessions.values(), "every session was ended"
    everything = "".join(texts(folder).values()) + done.said
    assert not [secret for secret in known.values() if secret in everything]
    todos = [line for text in files.values() for line in text.splitlines() if "TODO" in line]
    assert bool(todos) == bool(shapes & {Shape.NOISE, Shape.BEACON, Shape.PASSWORD_ALONE}), todos
