"""A message as Slack shows it: Block Kit within its limits. Pure."""

from __future__ import annotations

from typing import Any

from smoke.brief import cut
from smoke.channels.message import Message

HEADER, SECTION, FALLBACK = 150, 3000, 4000
"""Characters that Slack takes in a header, in the text of a section, and in a text without being cut."""


def payload(message: Message) -> dict[str, Any]:
    """Return the body of the request to an incoming webhook."""
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": cut(message.headline, HEADER), "emoji": False}},
        _section(escaped(message.sentence)),
    ]
    if message.lines:
        blocks.append(_section("\n".join(f"• {escaped(line)}" for line in message.lines)))
    if message.details:
        blocks.append(_section("\n".join(f"*{name}:* {_linked(text)}" for name, text in message.details)))
    about = f"incident {message.incident} · {message.rule} · {message.key}"
    blocks.append({"type": "context", "elements": [_text(escaped(about))]})
    return {"text": cut(escaped(f"{message.headline}. {message.sentence}"), FALLBACK), "blocks": blocks}


def escaped(text: str) -> str:
    """Return ``text`` with what Slack would read as markup or as a call for everybody made harmless."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _linked(text: str) -> str:
    if text.startswith("http") and " " not in text and "|" not in text:
        return f"<{escaped(text)}>"
    return escaped(text)


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": _text(text)}


def _text(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": cut(text, SECTION)}
