from playwright.sync_api import Page, expect

from page_objects.astronote.landing_page import LandingPage
from smoke.running.checks import check
from smoke.running.journey import Journey


@check("landing.load", category="critical-paths", scope="reduced")
def test_landing(page: Page, journey: Journey) -> None:
    """A1 The landing page loads in time, whole and without errors."""
    landing = LandingPage(page)
    with journey.step("open the landing page"):
        landing.open()
        expect(page).to_have_title(landing.title)
    with journey.step("everything above the fold is visible"):
        expect(landing.banner.navigation).to_be_visible()
        expect(landing.banner.sign_in).to_be_visible()
        expect(landing.sample).to_be_visible()
        journey.measure_page(page, "landing")
    with journey.step("everything below it is there"):
        expect(landing.areas).to_have_count(2)
        expect(landing.features).to_have_count(6)
        landing.start.scroll_into_view_if_needed()
        expect(landing.start).to_be_visible()
        expect(landing.footer).to_contain_text("All rights reserved")
