"""Keeps what explains a bad attempt: screenshot, trace, console and network log, all scrubbed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from smoke.observation import Artifact
from smoke.running.camera import CAPTURE_MS, masks, shows_secrets
from smoke.running.journey import Journey
from smoke.secrets.firewall import clean
from smoke.secrets.secret import Scrubber

if TYPE_CHECKING:
    from playwright.sync_api import Page


def capture(journey: Journey, folder: Path, reports: Path) -> list[Artifact]:
    """Write the evidence of ``journey`` into ``folder`` and return it with paths relative to ``reports``.

    What cannot be taken any more (a browser that is gone) is left out: evidence never replaces the failure.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found = [
        *_screenshots(journey, folder),
        *_trace(journey, folder),
        *_log(journey, folder / "console.txt", "console", journey.listeners.console),
        *_log(journey, folder / "network.txt", "network", journey.listeners.network),
    ]
    return [Artifact(kind=kind, path=path.relative_to(reports).as_posix()) for kind, path in found]


def _screenshots(journey: Journey, folder: Path) -> Iterator[tuple[str, Path]]:
    for index, page in enumerate(journey.context.pages):
        path = folder / ("screenshot.png" if index == 0 else f"screenshot-{index + 1}.png")
        if _screenshot(page, path, journey.scrubber):
            yield "screenshot", path


def _screenshot(page: Page, path: Path, scrubber: Scrubber) -> bool:
    from playwright.sync_api import Error

    with contextlib.suppress(Error, TimeoutError):
        if shows_secrets(page, scrubber):
            return False
        page.screenshot(path=path, timeout=CAPTURE_MS, animations="disabled", mask=masks(page))
        return True
    return False


def _trace(journey: Journey, folder: Path) -> Iterator[tuple[str, Path]]:
    from playwright.sync_api import Error

    path = folder / "trace.zip"
    try:
        journey.context.tracing.stop(path=path)
        path.write_bytes(clean(path.read_bytes(), journey.scrubber))
    except (Error, OSError):
        path.unlink(missing_ok=True)
        return
    yield "trace", path


def _log(journey: Journey, path: Path, kind: str, lines: list[str]) -> Iterator[tuple[str, Path]]:
    if lines:
        path.write_text(journey.scrubber.text("\n".join(lines) + "\n"), encoding="utf-8")
        yield kind, path
