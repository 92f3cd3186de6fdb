"""A message as an event of PagerDuty's Events API v2, within its limits. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, assert_never

from smoke.brief import cut
from smoke.channels.message import Message
from smoke.model import Severity, Urgency

SUMMARY, KEY = 1024, 255
"""Characters that PagerDuty takes."""


def trigger(message: Message, routing_key: str) -> dict[str, Any]:
    """Return the event that opens an incident, or adds to the one that is open: they are told apart by ``dedup_key``.

    Where somebody acknowledged it, it stays acknowledged.
    """
    return {
        **_head(message, routing_key, "trigger"),
        "client": "smoke",
        **({"client_url": message.report} if message.report.startswith("http") else {}),
        "links": [
            {"href": text, "text": name} for name, text in message.details if text.startswith(("https://", "http://"))
        ],
        "payload": {
            "summary": cut(f"{message.state}: {message.sentence}", SUMMARY),
            "source": f"{message.suite} in {message.environment}",
            "severity": _severity(message),
            "timestamp": datetime.fromtimestamp(message.at, UTC).isoformat(timespec="seconds"),
            "component": message.suite,
            "group": message.environment,
            "class": message.rule,
            "custom_details": {
                **dict(message.details),
                "incident": message.incident,
                **({"all": list(message.lines)} if message.lines else {}),
            },
        },
    }


def resolve(message: Message, routing_key: str) -> dict[str, Any]:
    """Return the event that closes the incident."""
    return _head(message, routing_key, "resolve")


def _head(message: Message, routing_key: str, action: str) -> dict[str, Any]:
    return {"routing_key": routing_key, "event_action": action, "dedup_key": f"smoke/{message.incident}"[:KEY]}


def _severity(message: Message) -> str:
    """Return how loud it is: a service with dynamic urgency wakes nobody for ``warning`` and ``info``."""
    match message.urgency, message.severity:
        case Urgency.PAGE, Severity.CRITICAL:
            return "critical"
        case Urgency.PAGE, _:
            return "error"
        case Urgency.TELL, Severity.LOW:
            return "info"
        case Urgency.TELL, _:
            return "warning"
        case _:
            assert_never((message.urgency, message.severity))
