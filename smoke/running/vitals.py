"""Reads page timings from the browser itself (Navigation Timing 2, Paint Timing, LCP, Layout Instability)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from smoke.observation import Measurement, Unit

if TYPE_CHECKING:
    from playwright.sync_api import Page

PATIENCE_MS = 2000
TIMINGS = """() => {
  const navigation = performance.getEntriesByType('navigation')[0];
  const entries = type => {
    try {
      const observer = new PerformanceObserver(() => {});
      observer.observe({type, buffered: true});
      const records = observer.takeRecords();
      observer.disconnect();
      return records;
    } catch { return []; }
  };
  const paint = performance.getEntriesByName('first-contentful-paint')[0];
  const painted = entries('largest-contentful-paint').at(-1);
  let cls = PerformanceObserver.supportedEntryTypes.includes('layout-shift') ? 0 : null;
  let session = 0, first = -Infinity, last = -Infinity;
  for (const shift of entries('layout-shift')) {
    if (shift.hadRecentInput) continue;
    const within = shift.startTime - last < 1000 && shift.startTime - first < 5000;
    session = within ? session + shift.value : shift.value;
    if (!within) first = shift.startTime;
    last = shift.startTime;
    cls = Math.max(cls, session);
  }
  const seen = value => value > 0 ? value : null;
  return {
    ttfb_ms: seen(navigation?.responseStart), fcp_ms: seen(paint?.startTime), lcp_ms: seen(painted?.startTime),
    cls, dcl_ms: seen(navigation?.domContentLoadedEventEnd), load_ms: seen(navigation?.loadEventEnd),
  };
}"""
ADDRESS = "() => performance.getEntriesByType('navigation')[0]?.name ?? ''"
"""The address that a document came from, whatever its scripts made of that since."""
LOADED = """async patience_ms => {
  const until = performance.now() + patience_ms;
  const loaded = () => performance.getEntriesByType('navigation')[0]?.loadEventEnd > 0;
  const painted = () => document.hidden || performance.getEntriesByName('first-contentful-paint').length;
  while (!(loaded() && painted()) && performance.now() < until) await new Promise(done => setTimeout(done, 10));
}"""
"""Waits for the end of the load event and for the first paint, without which most timings are not there."""


def read(
    page: Page, name: str, budgets: Mapping[str, float], ceilings: Mapping[str, float]
) -> tuple[str, list[Measurement]]:
    """Measure the document that ``page`` shows; ``name`` becomes the first part of each measurement's name.

    Returns its address, too.
    """
    script = f"async patience_ms => {{ await ({LOADED})(patience_ms); return [({ADDRESS})(), ({TIMINGS})()]; }}"
    url: str
    values: dict[str, float | None]
    url, values = page.evaluate(script, PATIENCE_MS)
    return url, [
        Measurement(
            name=f"{name}.{key}",
            value=value,
            unit=Unit.SCORE if key == "cls" else Unit.MS,
            budget=budgets.get(f"{name}.{key}"),
            ceiling=ceilings.get(f"{name}.{key}"),
        )
        for key, value in values.items()
    ]
