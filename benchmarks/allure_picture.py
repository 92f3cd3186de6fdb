"""Draws docs/images/allure.png: the Allure report of a run with two breakages, its list beside a failed check."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.failure_picture import run
from benchmarks.pictures import side_by_side
from smoke.reporting.allure_report import ReportSkipped, build
from tests.support.chromium import chromium

PICTURE = Path(__file__).parents[1] / "docs/images/allure.png"
CHECKS = ("homepage", "health", "enhance", "login.totp")
OPENED = "homepage.enhance"
WIDTH, HEIGHT = 1000, 1150


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(folder, CHECKS)
        built = build(folder / "allure-results", folder / "allure-report")
        if isinstance(built, ReportSkipped):
            raise SystemExit(built.reason)
        with chromium() as browser:
            page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
            page.goto(built.page.as_uri())
            page.get_by_text(f"{OPENED}:").first.wait_for()
            page.screenshot(path=folder / "list.png")
            page.get_by_text(f"{OPENED}:").first.click()
            page.get_by_role("link", name="failure page").wait_for()
            page.screenshot(path=folder / "check.png")
            side_by_side(browser, folder, ("list", "check"), PICTURE, WIDTH)
    print("docs/images/allure.png")


if __name__ == "__main__":
    main()
