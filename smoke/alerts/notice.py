"""What people must be told of an incident: the noun that channels turn into messages. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from smoke.alerts.subject import Subject
from smoke.model import Severity, Urgency


class NoticeKind(StrEnum):
    """OPENED and CLOSED come once for an incident, the others as often as its rule says, in between."""

    OPENED = "opened"
    REMINDED = "reminded"
    ESCALATED = "escalated"
    CLOSED = "closed"


class Ending(StrEnum):
    """Why an incident was closed."""

    RECOVERED = "recovered"
    UNCONFIRMED = "unconfirmed"
    """Nothing could be said of it for as long as its rule allows: it may still be there."""
    RETIRED = "retired"
    """Its rule is gone, or no longer speaks of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing to be told about one incident. Nothing in it is scrubbed yet."""

    kind: NoticeKind
    incident: str
    """Id of the incident, the same from open to close: what receivers deduplicate by."""
    number: int
    """From 1, counted within the incident."""
    at: float
    """When it came up; seconds since the epoch, as every time here."""
    rule: str
    title: str
    """The rule for people, without a full stop."""
    severity: Severity
    urgency: Urgency
    subject: Subject
    recipients: tuple[str, ...]
    """As alert-rules.yaml writes them (``oncall@example.com``, ``slack:#alerts``, ``pagerduty``, ``github``), each
    once: those of the rule, then those of the roles of the present escalation step and of the steps before it, so that
    whoever was told of the opening is told of the closing."""
    roles: tuple[str, ...]
    """Who is responsible at this step: ``on-call``, ``lead``, …"""
    action: str
    """What the escalation matrix asks of them; empty: nothing."""
    sentence: str
    """What, where, since when, rule and value, in one line."""
    evidence: tuple[str, ...]
    """The newest looks that support it, one line each, the newest first."""
    hint: str | None
    """What to do next."""
    runbook: str
    """Link to what to do."""
    run_id: str | None
    """The newest run that supports it: whose report to link."""
    began: float
    """The first bad look: the outage is at least that old."""
    opened: float
    closed: float | None
    ending: Ending | None
    """None as long as it is open."""
    detect_s: float
    """From the first bad look to the opening."""
    recover_s: float | None
    """From the first bad look to the recovery; None before it, and where it was closed without one."""
    target_s: float
    """What its severity grants for the recovery, and at most (seed 003)."""
    longest_s: float

    @property
    def key(self) -> str:
        """The same for the same notice, on whatever machine and however often it comes up."""
        return f"{self.incident}:{self.number}:{self.kind}"
