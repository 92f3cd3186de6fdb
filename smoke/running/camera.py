"""Takes pictures of pages: at a failure, and of a journey's steps where somebody will look at them."""

from __future__ import annotations

import contextlib
import time
from collections import deque
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from smoke.bundle.good import Snap
from smoke.bundle.scene import Picture
from smoke.running.aside import Aside
from smoke.running.deadline import stopped_clock
from smoke.secrets.secret import Scrubber

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Locator, Page

    from smoke.running.record import Record

MASKED_FIELDS = "input[type=password], input[autocomplete=one-time-code]"
CAPTURE_MS = 3000
BLANK = "about:blank"
QUALITY = 60
MOST = 8
"""Pictures of one attempt; those after them are the ones that are kept."""
SHOWN = f"""() => {{
  const seen = [document.body?.innerText];
  const look = root => {{
    for (const each of root.querySelectorAll('*')) {{
      if (each.shadowRoot) {{ seen.push(each.shadowRoot.textContent); look(each.shadowRoot); }}
      for (const part of ['::before', '::after', '::marker']) {{
        const shown = getComputedStyle(each, part).content;
        if (shown.startsWith('attr(')) seen.push(...[...each.attributes].map(given => given.value));
        else if (!['none', 'normal'].includes(shown)) seen.push(shown);
      }}
      if (each.matches('{MASKED_FIELDS}')) continue;
      if (each.matches('input, textarea')) seen.push(each.value, each.placeholder);
      if (each.matches('option, optgroup')) seen.push(each.label);
      if (each.matches('img')) seen.push(each.alt);
      if (each.matches('svg')) seen.push(each.textContent);
    }}
  }};
  look(document);
  return seen.join('\\n');
}}"""
"""What a picture of a frame would show, but for what is painted: a page that shows a secret is not taken."""
COVERED = f"() => document.querySelectorAll('{MASKED_FIELDS}').length"
PLACE, SCROLL = "data-smoke-box", "data-smoke-scroll"
PLACES = f"""() => {{
  const copy = document.documentElement.cloneNode(true);
  const live = [...document.documentElement.querySelectorAll('*')], copied = [...copy.querySelectorAll('*')];
  if (live.length !== copied.length || live.length > 5000) return '';
  const gone = 'script, style, link, noscript, template, iframe, frame, object, embed, base, meta, [type=hidden]';
  const loads = /^(on.*|style|src.*|href|poster|data|background|action|formaction|value|ping|imagesrcset)$/i;
  live.forEach((each, index) => {{
    const at = each.getBoundingClientRect(), to = copied[index];
    const box = [at.x, at.y, at.width, at.height].map(Math.round).join(' ');
    for (const name of to.getAttributeNames()) {{
      if (loads.test(name) && !(name === 'href' && to.localName === 'a')) to.removeAttribute(name);
    }}
    if (at.width && at.height && each.checkVisibility()) to.setAttribute('{PLACE}', box);
    else to.setAttribute('hidden', '');
  }});
  copy.setAttribute('{SCROLL}', [scrollX, scrollY].map(Math.round).join(' '));
  copy.querySelectorAll(gone).forEach(each => each.remove());
  return copy.outerHTML;
}}"""
"""The page as HTML that loads nothing and runs nothing, in which each visible element says where it stands."""


def shows_secrets(page: Page, scrubber: Scrubber) -> bool:
    """Tell whether a picture of ``page`` would show a secret; raises what Playwright does, and TimeoutError."""
    shown = "\n".join(Aside(page, partial(frame.evaluate, SHOWN)).result(CAPTURE_MS / 1000) for frame in page.frames)
    return scrubber.text(shown) != shown


def masks(page: Page) -> list[Locator]:
    """Return the fields that a picture of ``page`` hides, those of its frames included."""
    return [frame.locator(MASKED_FIELDS) for frame in page.frames]


def covered_in(page: Page) -> int:
    """Count the fields that a picture of ``page`` hides; raises what Playwright does, and TimeoutError."""
    return sum(Aside(page, partial(frame.evaluate, COVERED)).result(CAPTURE_MS / 1000) for frame in page.frames)


@dataclass(eq=False)
class Camera:
    """Takes pictures of one attempt, if it is on."""

    context: BrowserContext
    scrubber: Scrubber
    record: Record
    is_on: bool
    step: str = ""
    """The step that the attempt is in, or ended in."""
    _snaps: deque[Snap] = field(default_factory=lambda: deque(maxlen=MOST))

    @property
    def snaps(self) -> tuple[Snap, ...]:
        """The last pictures, in the order of time."""
        return tuple(self._snaps)

    def look(self, moment: str) -> Snap | None:
        """Take a picture at a ``moment``, and return it; the time for that is the harness's."""
        if not self.is_on or not self.context.pages or self.context.pages[0].url == BLANK:
            return None
        begun = time.perf_counter()
        with stopped_clock():
            if (snap := self.take(moment)) is not None:
                if self._snaps and self._snaps[-1].data == snap.data:
                    self._snaps.pop()  # nothing happened since
                self._snaps.append(snap)
        self.record.waited_s += time.perf_counter() - begun
        return snap

    def forget(self, snap: Snap) -> None:
        """Drop a picture, unless there is no other: what it was taken before did not happen."""
        if len(self._snaps) > 1 and snap in self._snaps:
            self._snaps.remove(snap)

    def take(self, moment: str) -> Snap | None:
        """Take one picture, on or off; None where there is no page, or one that shows a secret."""
        from playwright.sync_api import Error

        page = self.context.pages[0]
        with contextlib.suppress(Error, TimeoutError):
            if shows_secrets(page, self.scrubber):
                return None
            data = page.screenshot(type="jpeg", quality=QUALITY, timeout=CAPTURE_MS, mask=masks(page))
            places = self.scrubber.text(Aside(page, partial(page.evaluate, PLACES)).result(CAPTURE_MS / 1000))
            size = page.viewport_size or {"width": 0, "height": 0}
            step = self.scrubber.text(self.step)
            picture = Picture(
                file="",
                step=step,
                moment=moment,
                width=size["width"],
                height=size["height"],
                covered=covered_in(page),
            )
            return Snap(picture=picture, data=data, places=places)
        return None
