"""What is to be known of a browser that runs elsewhere, while it is still there."""

from __future__ import annotations

from smoke.browser.server import VARIABLE
from smoke.judging.offline import needs_control
from smoke.model import CheckKind
from smoke.running.control import browser_reaches
from smoke.running.session import Session

GONE = (
    f"{VARIABLE}: the browser server ended the session before the run did; see whether it still runs, what it says, "
    "and how long it lets a session take"
)


def look_around(session: Session, *, connected: bool) -> None:
    """Note in ``session`` that the browser was lost, or has no network, which only itself can tell."""
    if session.browser is None or session.browser.server is None:
        return
    if not connected:
        session.troubles.append(GONE)
        return
    controls = session.plan.environment.controls
    journeys = {check.id for check in session.plan.checks if check.kind is CheckKind.JOURNEY}
    seen = tuple(each for name, each in session.observations.items() if name in journeys)
    addresses = (session.target.base_url, *session.target.urls.values())
    if needs_control(seen, addresses) and not browser_reaches(session.spares, controls):
        why = f"the browser that {VARIABLE} names reaches neither the target nor {', '.join(controls)}"
        session.cut_off = dict.fromkeys((each.check_id for each in seen), why)
