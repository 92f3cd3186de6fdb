from playwright.sync_api import Page, expect

from e2e.betterprompts.answers import is_about
from page_objects.betterprompts.enhance_page import EnhancePage
from smoke.running.checks import check
from smoke.running.journey import Journey


@check("enhance.page", category="critical-paths", permits=["POST /api/v1/enhance"], repeatable=True)
def test_enhance_page(page: Page, journey: Journey) -> None:
    """The enhance page answers a prompt through the API."""
    prompt = journey.target.texts["safe_prompt"]
    with journey.step("open the enhance page"):
        enhance = EnhancePage(page).open()
        expect(enhance.enhance).to_be_visible()
        journey.measure_page(page, "enhance")
    with journey.step("ask and read the answer"), journey.measured("enhance.answer_ms"):
        enhance.ask(prompt)
        expect(enhance.answer).to_be_visible()
    is_about(enhance.answer.inner_text(), prompt)
