"""Makes a report keep to itself: no analytics, and it leads to the trace viewer and the pages beside it."""

from __future__ import annotations

import base64
import re

ANALYTICS = re.compile(
    r"[ \t]*<script\b[^>]*\bsrc=\"https://www\.googletagmanager\.com/[^\"]*\"[^>]*></script>\s*"
    r"(?:<script>(?:(?!</script>).)*\bgtag\((?:(?!</script>).)*</script>\s*)?",
    re.DOTALL,
)
BUNDLE = re.compile(r"(src=\"data:text/javascript;base64,)([A-Za-z0-9+/=]+)\"")
TRACE_SITE = re.compile(r"(\w+)=\"https://trace\.playwright\.dev\",(\w+)=`\$\{\1\}/`")
RELATIVE = re.compile(r"((\w+)\.match\(/\^\(\[A-Za-z\]\[A-Za-z0-9\+\.-\]\*\):/\);if\(!\w+\)return)(?=;)")
"""Where Allure drops an address for having no scheme."""
VIEWER = "trace/index.html"
"""Playwright's trace viewer, beside the report."""


def keep_private(page: str) -> str:
    """Return the report's page without Google Analytics, and with the trace viewer beside it.

    Allure 3.18 has no setting for either: its trace button hands the trace to a public site.
    """
    return BUNDLE.sub(_rebundled, ANALYTICS.sub("", page))


def keep_beside(script: str) -> str:
    """Return a script of the report so that it hands traces to the viewer, and leads to the pages, beside its own."""
    script = RELATIVE.sub(r"\1 \2", script)
    return TRACE_SITE.sub(rf'\1=location.origin,\2=new URL("{VIEWER}",location.href).href', script)


def _rebundled(bundle: re.Match[str]) -> str:
    script = keep_beside(base64.b64decode(bundle[2]).decode())
    return f'{bundle[1]}{base64.b64encode(script.encode()).decode()}"'
