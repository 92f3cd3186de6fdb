from page_objects.roundup.issues_page import IssuesPage
from playwright.sync_api import Page, expect

from smoke.running.checks import check
from smoke.running.journey import Journey


@check("issues.load", category="critical-paths")
def test_issues_page(page: Page, journey: Journey) -> None:
    """A visitor sees the list of issues, the search and the login."""
    issues = IssuesPage(page)
    with journey.step("open the list of issues"):
        issues.open()
        expect(page).to_have_title(issues.title)
        journey.measure_page(page, "issues")
    with journey.step("everything of it is visible"):
        expect(issues.list).to_contain_text("Smoke detector")
        expect(issues.search).to_be_visible()
        expect(issues.sidebar.login).to_be_visible()
