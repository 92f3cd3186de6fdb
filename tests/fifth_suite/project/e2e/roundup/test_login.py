from page_objects.roundup.issues_page import IssuesPage
from playwright.sync_api import Page, expect

from smoke.judging.blame import AccountError
from smoke.running.checks import check
from smoke.running.journey import Journey

API = "./rest/data/issue"


@check("login.visitor", category="authentication", account="visitor", permits=["POST /tracker/"])
def test_login(page: Page, journey: Journey) -> None:
    """The visitor signs in, reads the API, signs out, and the session is gone."""
    issues, account = IssuesPage(page).open(), journey.account
    greeting = issues.sidebar.greeting(account.user)
    with journey.step("sign in"), journey.measured("login.sign_in_ms"):
        issues.sidebar.sign_in(account.user, account.password.reveal())
        expect(greeting.or_(issues.error).first).to_be_visible()
    if issues.error.is_visible():
        raise AccountError(f"login of {account.user} was not accepted: {issues.error.inner_text()}")
    with journey.step("the API knows the session"):
        assert journey.api.get(API).status == 200, "the API is open to a signed-in visitor"
    with journey.step("sign out, and the session is gone"):
        issues.sidebar.logout.click()
        expect(issues.sidebar.login).to_be_visible()
        assert journey.api.get(API).status == 403, "the API is closed after logout"
