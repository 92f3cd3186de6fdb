from playwright.sync_api import Page, expect

from page_objects.betterprompts.banner import Banner
from page_objects.betterprompts.login_page import LoginPage
from smoke.running.checks import check
from smoke.running.journey import Journey


@check("login.refused", category="authentication", permits=["POST /api/v1/auth/login"], repeatable=True)
def test_login_refused(page: Page, journey: Journey) -> None:
    """A login that must be refused says so, for a user that does not exist: no account comes nearer to its lock."""
    journey.expects_answer("POST /api/v1/auth/login 401", "the refusal is what this journey looks for")
    with journey.step("try to sign in as nobody"):
        login = LoginPage(page).open()
        login.sign_in("nobody@smoke.invalid", "no-such-password")
    with journey.step("the page says why, and nobody is signed in"):
        expect(login.refused).to_be_visible()
        expect(Banner(page).account).to_have_count(0)
        assert journey.api.get("./api/v1/auth/profile").status == 401, "nobody is signed in after a refused login"
