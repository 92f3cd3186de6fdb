"""The small project that most sabotages run: one journey, one probe."""

from __future__ import annotations

from textwrap import dedent, indent

from sabotage.ground import Ground

POINTS = """\
points:
  local:
    title: Local
    phase: Development
    purpose: Be sabotaged
    environment: local
    scope: full
    categories: [api-health, database, critical-paths]
    target_s: {timeout_s}
    timeout_s: {timeout_s}
    flaky: allow
    on_failure: {{action: block}}
releases:
  none:
    - {{point: local}}
"""
SUITE = """\
title: Shop
environments:
  local: {{base_url: "{url}", timeout_ms: {timeout_ms}, controls: ["{control}"]}}
"""
PROBES = """\
probes:
  - id: health.root
    title: The service is healthy
    category: api-health
    request: GET /health
    expect: {status: 200}
"""
JOURNEY = '''\
{imports}
from playwright.sync_api import expect
from smoke.running.checks import check


@check("shop.opens", category="critical-paths")
def test_opens(page, journey):
    """The shop opens."""
{body}
'''
OPENS = """\
page.goto("./")
expect(page.get_by_role("heading", name="Open")).to_be_visible()
"""


def shop(
    ground: Ground,
    body: str = OPENS,
    *,
    imports: str = "",
    url: str = "",
    control: str = "",
    timeout_s: int = 60,
    timeout_ms: int = 4000,
) -> None:
    """Write the project: its journey is ``body``, its target is at ``url`` or else the ground's own.

    ``control`` (host:port) is who else is asked whether this runner has a network: by default the target itself.
    """
    control = control or ground.target.url.removeprefix("http://")
    ground.write("config/execution-points.yaml", POINTS.format(timeout_s=timeout_s))
    settings = SUITE.format(url=url or ground.target.url, timeout_ms=timeout_ms, control=control)
    ground.write("config/suites/shop/suite.yaml", settings)
    ground.write("config/suites/shop/checks.yaml", PROBES)
    ground.write("page_objects/__init__.py", "")
    ground.write("e2e/shop/test_opens.py", JOURNEY.format(imports=imports, body=indent(dedent(body).strip(), "    ")))
