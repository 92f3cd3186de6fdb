"""One outage from open to close. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from smoke.alerts.notice import Ending
from smoke.alerts.subject import Subject
from smoke.model import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """Somebody looks after it: no more reminders. Its escalation goes on, for that is by time alone (seed 003)."""

    by: str
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """An alert of one rule about one subject. Its times come from the facts, so every machine says the same."""

    id: str
    rule: str
    title: str
    severity: Severity
    subject: Subject
    began: float
    """The first bad look; seconds since the epoch, as every time here."""
    opened: float
    """The look by which the condition held."""
    seen: float
    """The newest look that could be judged."""
    value: float
    """Of the rule's measure, when it was last known to be bad."""
    evidence: tuple[str, ...]
    condition: str
    """As the rule wrote it, with its window, when the condition was last seen to hold."""
    window: str
    runbook: str
    run_id: str | None = None
    failing: tuple[str, ...] = ()
    """Regions of which the newest look that could be judged was bad."""
    recipients: tuple[str, ...] = ()
    """Everybody who was told of it."""
    alerted: float | None = None
    """When people were first told: the escalation counts from here. None: not yet, for a silence."""
    told: float | None = None
    """When people were last told."""
    level: int = 0
    """Step of the escalation that people were told of."""
    notices: int = 0
    """So many were told."""
    acknowledged: Acknowledged | None = None
    closed: float | None = None
    ending: Ending | None = None

    @property
    def detect_s(self) -> float:
        """Seconds from the first bad look to the opening."""
        return max(0.0, self.opened - self.began)

    @property
    def recover_s(self) -> float | None:
        """Seconds from the first bad look to the recovery; None where there was none."""
        if self.closed is None or self.ending is not Ending.RECOVERED:
            return None
        return max(0.0, self.closed - self.began)


def incident_id(rule: str, subject: Subject, opened: float) -> str:
    """Return the same id for the same incident on every machine."""
    return hashlib.sha256(f"{rule}\n{subject.key}\n{opened:.3f}".encode()).hexdigest()[:16]
