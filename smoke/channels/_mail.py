"""A message as an e-mail: text and HTML, mails of one incident in one thread. Pure."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape

from smoke.channels.message import Message, MessageKind


def mail(message: Message, *, sender: str) -> EmailMessage:
    """Return the mail; sent again it is the same to the byte."""
    made = EmailMessage()
    made["From"] = _one_line(sender)
    made["To"] = _one_line(message.address)
    made["Subject"] = _one_line(f"[smoke] {message.headline}")
    made["Date"] = format_datetime(datetime.fromtimestamp(message.at, UTC))
    made["Message-ID"] = _id(message.key, sender)
    if message.kind is not MessageKind.OPENED:
        made["In-Reply-To"] = made["References"] = _id(_thread(message), sender)
    made["Auto-Submitted"] = "auto-generated"
    made["X-Smoke-Incident"] = _one_line(message.incident)
    made.set_content(_text(message))
    made.add_alternative(_html(message), subtype="html")
    made.set_boundary(hashlib.sha256(message.key.encode()).hexdigest()[:32])
    return made


def _thread(message: Message) -> str:
    """Return the key of the first message of its incident."""
    return f"{message.incident}:1:{MessageKind.OPENED}/{message.channel}/{message.address}"


def _id(key: str, sender: str) -> str:
    domain = sender.rpartition("@")[2].strip(" >") or "smoke.invalid"
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"


def _text(message: Message) -> str:
    listed = [f"- {line}" for line in message.lines]
    told = [f"{name}: {text}" for name, text in message.details]
    about = f"incident {message.incident}, rule {message.rule}"
    return "\n\n".join(part for part in (message.sentence, "\n".join(listed), "\n".join(told), about) if part) + "\n"


def _html(message: Message) -> str:
    listed = "".join(f"<li>{escape(line)}</li>" for line in message.lines)
    told = "".join(
        f'<tr><th align="left" valign="top">{escape(name)}</th><td>{_linked(text)}</td></tr>'
        for name, text in message.details
    )
    return (
        f"<html><body><h2>{escape(message.headline)}</h2><p>{escape(message.sentence)}</p>"
        + (f"<ul>{listed}</ul>" if listed else "")
        + (f"<table>{told}</table>" if told else "")
        + f"<p><small>incident {escape(message.incident)}, rule {escape(message.rule)}</small></p></body></html>\n"
    )


def _linked(text: str) -> str:
    if text.startswith(("https://", "http://")):
        return f'<a href="{escape(text)}">{escape(text)}</a>'
    return escape(text)


def _one_line(text: str) -> str:
    return " ".join(text.split())
