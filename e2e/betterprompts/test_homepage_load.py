from playwright.sync_api import Page, expect

from page_objects.betterprompts.home_page import HomePage
from smoke.running.checks import check
from smoke.running.journey import Journey


@check("homepage.load", category="critical-paths", scope="reduced")
def test_homepage_load(page: Page, journey: Journey) -> None:
    """The homepage loads in time, whole and without errors."""
    home = HomePage(page)
    with journey.step("open the homepage"):
        home.open()
        expect(page).to_have_title(home.title)
    with journey.step("everything above the fold is visible"):
        expect(home.banner.navigation).to_be_visible()
        expect(home.hero).to_be_visible()
        expect(home.heading("Try It Now - No Sign Up Required")).to_be_visible()
        expect(home.enhancement.prompt).to_be_visible()
        expect(home.enhancement.enhance).to_be_disabled()
        journey.measure_page(page, "homepage")
    with journey.step("everything below it mounts when scrolled to"):
        home.scroll_to_end()
        expect(home.heading("Everything You Need")).to_be_visible()
        expect(home.feature_cards).to_have_count(6)
        expect(home.heading("Ready to Transform Your Prompts?")).to_be_visible()
        expect(home.call_to_action).to_be_visible()
        expect(home.footer).to_contain_text("All rights reserved")
