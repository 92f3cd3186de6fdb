import re

from playwright.sync_api import Page, expect

from page_objects.astronote.door_page import DoorPage
from page_objects.astronote.landing_page import LandingPage
from smoke.running.checks import check
from smoke.running.journey import Journey


@check("landing.areas", category="critical-paths")
def test_landing_areas(page: Page, journey: Journey) -> None:
    """A2 The landing page leads into both areas, and each of them back."""
    landing = LandingPage(page).open()
    for area in ("Retail", "Shopify"):
        door = DoorPage(page, area)
        with journey.step(f"into the {area} area"):
            landing.enter(area)
            expect(page).to_have_url(re.compile(rf"/app/{area.lower()}$"))
            expect(door.heading).to_be_visible()
            expect(door.points).to_have_count(3)
            expect(door.sign_in).to_be_visible()
        with journey.step("and back"):
            door.banner.go_home()
            landing.arrived()
