"""The few pieces of SVG that our pictures are made of, legible on a light page and on a dark one."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

STYLE = """\
text { font: 13px system-ui, sans-serif; fill: #1f2937 }
.small { font-size: 11px; fill: #6b7280; paint-order: stroke; stroke: #fff; stroke-width: 4px }
.head { font-weight: 600 }
.panel { fill: #fff; stroke: #d1d5db }
.grid { stroke: #e5e7eb } .mark { stroke: #6b7280; stroke-dasharray: 4 3 } .axis { stroke: #9ca3af; fill: none }
.start { fill: #2563eb } .beside { fill: #93c5fd } .journey { fill: #059669 }
.probe { fill: #d97706 } .end { fill: #7c3aed }
.curve { stroke: #2563eb; stroke-width: 2; fill: none } .dot { fill: #2563eb }
@media (prefers-color-scheme: dark) {
  text { fill: #e5e7eb } .small { fill: #9ca3af; stroke: #111827 } .panel { fill: #111827; stroke: #374151 }
  .grid { stroke: #1f2937 } .mark { stroke: #9ca3af } .axis { stroke: #6b7280 }
  .start { fill: #3b82f6 } .beside { fill: #1e40af } .journey { fill: #10b981 } .end { fill: #a78bfa }
  .curve { stroke: #60a5fa } .dot { fill: #60a5fa }
}"""


def picture(width: float, height: float, title: str, pieces: Iterable[str]) -> str:
    """Return an SVG document of ``pieces`` on a panel of its own."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" role="img">\n'
        f"<title>{escape(title)}</title>\n<style>\n{STYLE}\n</style>\n"
        f'<rect class="panel" x="0.5" y="0.5" width="{width - 1:.0f}" height="{height - 1:.0f}" rx="6"/>\n'
        + "\n".join(pieces)
        + "\n</svg>\n"
    )


def words(x: float, y: float, said: str, kind: str = "", anchor: str = "start") -> str:
    """Return text whose baseline starts, ends or has its middle at ``x``, ``y``."""
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(said)}</text>'


def bar(x: float, y: float, width: float, height: float, kind: str) -> str:
    """Return a bar, wide enough to be seen."""
    return (
        f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{max(width, 1.5):.1f}" height="{height:.1f}" rx="1.5"/>'
    )


def line(points: Iterable[tuple[float, float]], kind: str) -> str:
    """Return a line through ``points``."""
    return f'<polyline class="{kind}" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in points)}"/>'


def dot(x: float, y: float) -> str:
    """Return a dot."""
    return f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>'
