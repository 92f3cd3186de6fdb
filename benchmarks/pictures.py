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
    side_by_side(browser, folder, ("light", "dark"), picture, width)


def side_by_side(browser: Browser, folder: Path, names: tuple[str, str], picture: Path, width: int) -> None:
    """Write the two pictures ``folder/<name>.png``, each ``width`` pixels wide, as one."""
    frame = browser.new_page(viewport={"width": 2 * width, "height": 600})
    both = "".join(f"<img src={name}.png width={width}>" for name in names)
    (folder / "both.html").write_text(f"<!doctype html><body style='margin:0;display:flex'>{both}", encoding="utf-8")
    frame.goto((folder / "both.html").as_uri())
    frame.wait_for_function("[...document.images].every(each => each.complete)")
    picture.parent.mkdir(exist_ok=True)
    frame.screenshot(path=picture, full_page=True)
