"""Photographs of our pages for the manuals: light beside dark."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser


def photograph(browser: Browser, folder: Path, picture: Path, width: int) -> None:
    """Photograph ``folder/index.html``, ``width`` pixels wide, in both schemes, and write them side by side."""
    for scheme in ("light", "dark"):
        page = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 600}).new_page()
        page.goto((folder / "index.html").as_uri())
        page.screenshot(path=folder / f"{scheme}.png", full_page=True)
    frame = browser.new_context(viewport={"width": 2 * width, "height": 600}).new_page()
    both = "".join(f"<img src={scheme}.png width={width}>" for scheme in ("light", "dark"))
    (folder / "both.html").write_text(f"<!doctype html><body style='margin:0;display:flex'>{both}", encoding="utf-8")
    frame.goto((folder / "both.html").as_uri())
    frame.wait_for_function("[...document.images].every(each => each.complete)")
    picture.parent.mkdir(exist_ok=True)
    frame.screenshot(path=picture, full_page=True)
