from playwright.sync_api import Page

from e2e.betterprompts.session import session_is_ours, sign_in, sign_out
from smoke.running.checks import check
from smoke.running.journey import Journey


@check(
    "login.totp",
    category="authentication",
    account="premium",
    contracts=["planned"],
    permits=["POST /api/v1/auth/login", "POST /api/v1/auth/mfa", "POST /api/v1/auth/logout"],
)
def test_login_totp(page: Page, journey: Journey) -> None:
    """The premium account signs in with its second factor, is known, signs out, and its session is gone."""
    with journey.step("sign in with a second factor"):
        sign_in(page, journey)
    with journey.step("the session is this account's"):
        session_is_ours(journey)
    with journey.step("sign out, and the session is gone"):
        sign_out(page, journey)
