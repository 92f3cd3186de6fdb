"""What a channel is to say: one notice as people read it, kept in the outbox as JSON until it is delivered. Pure."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, assert_never

from smoke.alerts.notice import Ending, Notice
from smoke.channels.links import Links
from smoke.model import Severity, Urgency

if TYPE_CHECKING:
    from pydantic import TypeAdapter


class MessageKind(StrEnum):
    """The kinds of notices, and what the channels say of themselves."""

    OPENED = "opened"
    REMINDED = "reminded"
    ESCALATED = "escalated"
    CLOSED = "closed"
    DIGEST = "digest"
    """What could not be told in time."""
    TEST = "test"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One thing to be said to one address. It is kept as JSON: keep its fields readable."""

    key: str
    """The same for the same message, however often it is sent: what receivers deduplicate by."""
    channel: str
    address: str
    """Who exactly; empty where the channel itself leads to one place."""
    kind: MessageKind
    incident: str
    """The same from open to close."""
    at: float
    """When it came up; seconds since the epoch, as every time here."""
    severity: Severity
    urgency: Urgency
    title: str
    where: str
    suite: str
    environment: str
    rule: str
    sentence: str
    """What, where, since when, rule and value, in one line."""
    evidence: str = ""
    """What supports it, in one line."""
    hint: str = ""
    action: str = ""
    """What is asked of ``roles``."""
    roles: tuple[str, ...] = ()
    runbook: str = ""
    """Link."""
    report: str = ""
    """Link."""
    recipients: tuple[str, ...] = ()
    """Everybody who is told, as alert-rules.yaml writes them."""
    began: float
    opened: float
    closed: float | None = None
    ending: Ending | None = None
    detect_s: float | None = None
    recover_s: float | None = None
    lines: tuple[str, ...] = ()
    """Of a digest: what it holds, a line each."""

    @property
    def headline(self) -> str:
        """What it is, how bad, what and where, in a few words."""
        return f"{self.state}: {self.title} - {self.where}" if self.where else f"{self.state}: {self.title}"

    @property
    def state(self) -> str:
        """How it stands with the incident, in a word or two."""
        match self.kind:
            case MessageKind.OPENED:
                return self.severity.upper()
            case MessageKind.REMINDED:
                return f"STILL {self.severity.upper()}"
            case MessageKind.ESCALATED:
                return f"ESCALATED {self.severity.upper()}"
            case MessageKind.CLOSED:
                return "OVER" if self.is_over else "CLOSED, NOT CONFIRMED"
            case MessageKind.DIGEST:
                return "NOT TOLD IN TIME"
            case MessageKind.TEST:
                return "TEST"
            case _:
                assert_never(self.kind)

    @property
    def is_over(self) -> bool:
        """Whether it was seen to be well again; an incident that is closed otherwise may still be there."""
        return self.kind is MessageKind.CLOSED and self.ending is Ending.RECOVERED

    @property
    def details(self) -> tuple[tuple[str, str], ...]:
        """What follows the sentence, each with what it is called; links are told apart by beginning with http."""
        asked = f"{', '.join(self.roles)}: {self.action}" if self.action and self.roles else self.action
        told = (
            ("Evidence", self.evidence),
            ("Asked", asked),
            ("Do next", self.hint),
            ("Runbook", self.runbook),
            ("Report", self.report),
        )
        return tuple((name, text) for name, text in told if text)

    def to_json(self) -> str:
        """Write it the way it is kept."""
        return _adapter().dump_json(self).decode()


def from_json(text: str) -> Message:
    """Read what ``to_json`` wrote; raises ValueError for anything else."""
    return _adapter().validate_json(text)


def message_of(notice: Notice, channel: str, address: str, links: Links) -> Message:
    """Return what ``channel`` is to say of ``notice``; nothing in it is scrubbed yet."""
    same = {each.name for each in fields(Message)} & {each.name for each in fields(Notice)}
    taken: dict[str, Any] = {name: getattr(notice, name) for name in same}
    return Message(
        **{
            **taken,
            "key": f"{notice.key}/{channel}/{address}".rstrip("/"),
            "kind": MessageKind(notice.kind.value),
            "evidence": notice.evidence[0] if notice.evidence else "",
            "hint": notice.hint or "",
            "runbook": links.to_runbook(notice.runbook),
            "report": links.to_report(notice.run_id, notice.subject.check),
        },
        channel=channel,
        address=address,
        where=str(notice.subject),
        suite=notice.subject.suite,
        environment=notice.subject.environment,
    )


def a_test(channel: str, address: str, now: float, links: Links) -> Message:
    """Return a message that shows that ``channel`` works, marked so that nobody is alarmed."""
    return Message(
        key=f"test:{now:.3f}/{channel}/{address}".rstrip("/"),
        channel=channel,
        address=address,
        kind=MessageKind.TEST,
        incident=f"test-{now:.0f}",
        at=now,
        severity=Severity.LOW,
        urgency=Urgency.TELL,
        title="this is only a test of the alert channel",
        where="",
        suite="smoke",
        environment="test",
        rule="smoke alerts test",
        sentence=f"A test of the channel {channel}: nothing is wrong, and nothing needs to be done.",
        hint="If you read this where alerts belong, it works.",
        runbook=links.to_runbook("docs/alert-response-guide.md#test-the-channels"),
        began=now,
        opened=now,
    )


@cache
def _adapter() -> TypeAdapter[Message]:
    from pydantic import TypeAdapter

    return TypeAdapter(Message)
