"""Draws docs/images/allure.png: the Allure report of a run with two breakages, its list beside a failed check."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Page

from benchmarks.failure_picture import run
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
            _side_by_side(browser.new_page(viewport={"width": 2 * WIDTH, "height": HEIGHT}), folder)
    print("docs/images/allure.png")


def _side_by_side(page: Page, folder: Path) -> None:
    both = "".join(f"<img src={name}.png width={WIDTH}>" for name in ("list", "check"))
    (folder / "both.html").write_text(f"<!doctype html><body style='margin:0;display:flex'>{both}", encoding="utf-8")
    page.goto((folder / "both.html").as_uri())
    page.wait_for_function("[...document.images].every(each => each.complete)")
    page.screenshot(path=PICTURE)


if __name__ == "__main__":
    main()
