from playwright.sync_api import Page, expect

from e2e.betterprompts.answers import is_about
from page_objects.betterprompts.home_page import HomePage
from smoke.running.checks import check
from smoke.running.journey import Journey


@check(
    "homepage.enhance",
    category="critical-paths",
    scope="reduced",
    permits=["POST /api/v1/enhance"],
    repeatable=True,
)
def test_homepage_enhance(page: Page, journey: Journey) -> None:
    """An anonymous visitor gets an enhanced prompt, and nothing is saved."""
    prompt = journey.target.texts["safe_prompt"]
    saved = saved_enhancements(journey)
    form = HomePage(page).open().enhancement
    with journey.step("type the safe prompt"):
        form.prompt.fill(prompt)
        expect(form.count).to_contain_text(f"{len(prompt)}/2000")
        expect(form.enhance).to_be_enabled()
    with journey.step("read the answer"), journey.measured("homepage.enhance_ms"):
        form.enhance.click()
        expect(form.output).to_be_visible()
        expect(form.techniques).to_be_visible()
    is_about(form.output.inner_text(), prompt)
    with journey.step("nothing was saved"):
        now = saved_enhancements(journey)
        assert now == saved, f"saved enhancements ({now}) == {saved} after an anonymous one"
        assert journey.api.get("./api/v1/history").status == 401, "history stays closed to an anonymous visitor"


def saved_enhancements(journey: Journey) -> int | None:
    """Read how many enhancements are stored, where this deployment is ours alone and says so."""
    if journey.target.contract != "planned" or journey.target.shared:
        return None
    count = journey.api.get("./health").json().get("enhancements_saved")
    return int(count) if count is not None else None
