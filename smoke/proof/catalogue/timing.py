"""Faults of how fast, and how steadily, a page comes: what budgets are for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from smoke.answers.exchange import Exchange
from smoke.model import Blame
from smoke.proof.fault import Act
from smoke.proof.journey_fault import JourneyFault, Recorded, implied

SLOW = frozenset({Blame.SLOW})
FOREVER_MS = 30_000.0
"""For a page that is not waited for until its end."""
MORE = 1.1
"""Than the budget: so much breaks it."""
LONGEST_MS = 2800.0
"""A page that shows itself later than that is one that shows nothing, as a drill's time-outs are."""
HIDDEN = """(() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('body { visibility: hidden !important }');
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  const show = setInterval(() => {
    if (performance.now() < %d) return;
    clearInterval(show); sheet.disabled = true;
  }, 10);
})()"""
ONCE_PAINTED = """new PerformanceObserver((_, observer) => {
  observer.disconnect();
  const block = document.createElement('div');
  block.style.cssText = 'height: 70vh';
  %s
}).observe({type: 'paint', buffered: true})"""
SHIFT = ONCE_PAINTED % "document.body.prepend(block)"
FLASH = """addEventListener('DOMContentLoaded', () => {
  const block = document.createElement('div');
  block.style.cssText = 'height: 70vh';
  document.body.prepend(block);
  requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(() => block.remove())));
})"""


@implied
def _slow(recorded: Recorded) -> Iterator[JourneyFault]:
    if not recorded.documents():
        return
    about = recorded.is_document
    yield JourneyFault(name="slow-trickle", about=about, act=_trickles, blames=SLOW)
    if budget_ms := recorded.budgets.get("ttfb_ms"):
        yield JourneyFault(name="delay", about=about, act=_late(budget_ms * MORE), blames=SLOW, timed=True)
    budget_ms = recorded.budgets.get("lcp_ms")
    if budget_ms and budget_ms * MORE <= LONGEST_MS:
        yield JourneyFault(name="slow-lcp", script=HIDDEN % (budget_ms * MORE), blames=SLOW, timed=True)


@implied
def _unsteady(recorded: Recorded) -> Iterator[JourneyFault]:
    if recorded.documents() and recorded.budgets.get("cls"):
        yield JourneyFault(name="layout-shift", script=SHIFT, blames=SLOW, timed=True)
        yield JourneyFault(name="hydration-flash", script=FLASH, blames=SLOW, timed=True)


def _late(first_byte_ms: float) -> Act:
    def act(good: Exchange, _number: int) -> Exchange:
        return replace(good, timing=replace(good.timing, first_byte_ms=first_byte_ms, total_ms=first_byte_ms))

    return act


def _trickles(good: Exchange, _number: int) -> Exchange:
    return replace(good, timing=replace(good.timing, total_ms=FOREVER_MS)) if good.status < 300 else good
