"""A channel with its receiver, an outbox, and what is to be told, in a line or two."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from smoke.alerts.notice import Ending, Notice, NoticeKind
from smoke.alerts.subject import Subject
from smoke.channels.delivery import deliver
from smoke.channels.emptying import Delivered, Round
from smoke.channels.links import Links
from smoke.channels.message import Message, message_of
from smoke.channels.parcels import parcels_of
from smoke.channels.registry import Channel, available
from smoke.model import Severity, Urgency
from smoke.secrets.secret import Scrubber
from tests.support.deliveries import an_outbox
from tests.support.receivers import ROUTING_KEY, SECRET, TOKEN, WEBHOOK_PATH

BEGAN = 1_790_000_000.0
LINKS = Links(runbooks="https://git.example/shop/blob/main", report="https://reports.example/{run_id}")
OPTIONS: dict[str, dict[str, Any]] = {
    "slack": {"webhook": "SLACK_URL"},
    "pagerduty": {"routing_key": "PD_KEY", "address": "PD_URL"},
    "webhook": {"url": "HOOK_URL", "secret": "HOOK_SECRET"},
    "github-issue": {},
    "email": {"server": "SMTP_URL", "sender": "MAIL_FROM"},
}


def a_channel(kind: str, *serves: str, **options: Any) -> Channel:
    made = ((each, each.options) for each in available())
    kinds = {next(field.default for field in fields(shape) if field.name == "channel"): each for each, shape in made}
    found = kinds[kind]
    return Channel(kind=found, options=found.options(serves=serves or (kind,), **OPTIONS[kind], **options))


def environ(base: str) -> dict[str, str]:
    """The environment that leads every channel to a server at ``base``."""
    return {
        "SLACK_URL": base + WEBHOOK_PATH,
        "PD_KEY": ROUTING_KEY,
        "PD_URL": base + "/v2/enqueue",
        "HOOK_URL": base + "/hook",
        "HOOK_SECRET": SECRET,
        "GITHUB_TOKEN": TOKEN,
        "GITHUB_REPOSITORY": "shop/app",
        "GITHUB_API_URL": base,
    }


def a_notice(kind: NoticeKind = NoticeKind.OPENED, number: int = 1, **changes: Any) -> Notice:
    closed = kind is NoticeKind.CLOSED
    at = changes.get("at", BEGAN + 300 * number)
    return Notice(
        **{
            "kind": kind,
            "incident": "5f0c1d2e3a4b5c6d",
            "number": number,
            "at": at,
            "rule": "smoke_test_failure",
            "title": "The smoke test fails",
            "severity": Severity.CRITICAL,
            "urgency": Urgency.TELL if closed else Urgency.PAGE,
            "subject": Subject(suite="shop", environment="production"),
            "recipients": tuple(OPTIONS),
            "roles": ("on-call",),
            "action": "" if closed else "Acknowledge the alert",
            "sentence": "The smoke test fails: shop in production, since 10:00: success_rate < 90.00% over 1 run",
            "evidence": ("run 7 was FAIL: health.api, APP_5XX", "run 6 was FAIL"),
            "hint": "Open the report",
            "runbook": "docs/alert-response-guide.md#smoke_test_failure",
            "run_id": "run-7",
            "began": BEGAN,
            "opened": BEGAN + 60,
            "closed": at if closed else None,
            "ending": Ending.RECOVERED if closed else None,
            "detect_s": 60.0,
            "recover_s": at - BEGAN if closed else None,
            "target_s": 900.0,
            "longest_s": 1800.0,
            **changes,
        }
    )


def a_message(
    kind: NoticeKind = NoticeKind.OPENED, channel: str = "slack", address: str = "", **changes: Any
) -> Message:
    return message_of(a_notice(kind, **changes), channel, address, LINKS)


def put(folder: Path, channels: Iterable[Channel], *notices: Notice, scrubber: Scrubber | None = None) -> None:
    an_outbox(folder).put(*parcels_of(notices, tuple(channels), LINKS, scrubber or Scrubber()))


def give(
    folder: Path, channels: Iterable[Channel], variables: Mapping[str, str], *, now: float, deadline_s: float = 3.0
) -> list[Delivered]:
    """Deliver as a run at ``now`` would."""
    return list(
        deliver(
            Round(
                channels=tuple(channels),
                outbox=an_outbox(folder),
                environ=variables,
                deadline_s=deadline_s,
                clock=lambda: now,
            )
        )
    )


def waiting(folder: Path) -> int:
    outbox = an_outbox(folder)
    return sum(len(outbox.waiting(stream)) for stream in outbox.recipients("alert:"))
