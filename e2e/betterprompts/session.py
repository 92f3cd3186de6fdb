"""Signing in and out, as several journeys need it, and what proves that a session is there or gone."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from page_objects.betterprompts.banner import Banner
from page_objects.betterprompts.login_page import LoginPage, LoginTestPage, SecondFactor
from smoke.judging.blame import AccountError
from smoke.running.journey import Journey

PROFILE = "./api/v1/auth/profile"
LOGOUT = "./api/v1/auth/logout"
SESSION_COOKIES = ["auth_token", "refresh_token"]
REFUSED = re.compile(r"Invalid email or password|locked|[Tt]oo many", re.IGNORECASE)


def sign_in(page: Page, journey: Journey) -> None:
    """Sign in with the journey's account, second factor included, and make sure that it ends signed out."""
    login, banner, account = LoginPage(page).open(), Banner(page), journey.account
    journey.measure_page(page, "login")
    journey.at_end(lambda: end_session(journey))
    second, signed_in = SecondFactor(page), _signed_in(page, journey)
    with journey.measured("login.sign_in_ms"):
        login.sign_in(account.user, account.password.reveal())
        expect(signed_in.or_(second.heading).or_(login.alert).first).to_be_visible()
    _not_refused(login, journey)
    if account.totp is not None:
        with journey.step("second factor"):
            expect(second.heading).to_be_visible()
            second.enter(journey.one_time_code())
            expect(signed_in.or_(second.refused).first).to_be_visible()
            if second.refused.is_visible():
                raise AccountError(f"second factor of {account.user} was not accepted: Invalid code")
    expect(signed_in).to_be_visible()
    assert banner.sign_in.count() == 0 or journey.target.contract != "planned", "the banner still offers Sign in"
    assert _held(journey) == SESSION_COOKIES, f"session cookies ({_held(journey)}) == {SESSION_COOKIES} when signed in"


def _held(journey: Journey) -> list[str]:
    """Read which cookies of a session the browser holds."""
    return sorted({cookie["name"] for cookie in journey.context.cookies()} & {*SESSION_COOKIES})


def _signed_in(page: Page, journey: Journey) -> Locator:
    if journey.target.contract == "planned":
        return Banner(page).account
    return page.get_by_test_id("hero-section")


def _not_refused(login: LoginPage, journey: Journey) -> None:
    if not login.alert.is_visible():
        return
    said = login.alert.inner_text()
    if REFUSED.search(said):
        raise AccountError(f"login of {journey.account.user} was not accepted: {said}")
    raise AssertionError(f"login of {journey.account.user} works: the page says {said!r}")


def session_is_ours(journey: Journey) -> None:
    """Prove the session by what only this signed-in user can read."""
    answer = journey.api.get(PROFILE)
    assert answer.status == 200, f"GET /api/v1/auth/profile ({answer.status}) == 200 when signed in"
    email = answer.json().get("email")
    assert email == journey.account.user, f"profile.email ({email}) == {journey.account.user}"


def sign_out(page: Page, journey: Journey) -> None:
    """Sign out as a user does, and prove that the old session opens nothing any more."""
    cookies = "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in journey.context.cookies())
    if journey.target.contract == "planned":
        banner = Banner(page)
        banner.sign_out()
        expect(banner.sign_in).to_be_visible()
        assert _held(journey) == [], f"session cookies ({_held(journey)}) == [] after logout"
    else:
        LoginTestPage(page).open().logout.click()
        journey.api.post(LOGOUT)
    for name, headers in (("the browser's", {}), ("the old", {"Cookie": cookies})):
        answer = journey.api.get(PROFILE, headers=headers)
        assert answer.status == 401, f"profile ({answer.status}) == 401 with {name} session after logout"


def end_session(journey: Journey) -> None:
    """End the session at the API, whatever became of the journey."""
    if any(cookie["name"] == "auth_token" for cookie in journey.context.cookies()):
        journey.api.post(LOGOUT)
        journey.context.clear_cookies()
