"""Any service that takes JSON, signed as standardwebhooks.com says, so that it can tell us from others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from smoke.channels.message import Message
from smoke.channels.options import Options
from smoke.channels.registry import Errand, channel
from smoke.strict import Variable
from smoke.variables import ADDRESS, Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook(Options):
    """An address that messages are posted to, with an idempotency key and a signature."""

    knows_incidents: ClassVar[bool] = True
    """It may: a program at the other end would wait for the end."""
    channel: Literal["webhook"] = "webhook"
    """``webhook``."""
    url: Variable
    """Environment variable that holds the address."""
    secret: Variable
    """Environment variable that holds the secret that both sides know: ``whsec_`` and at least 24 bytes in base64."""

    @property
    def needed(self) -> tuple[str, ...]:
        """The address and the secret."""
        return (self.url, self.secret)

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """An address, and a secret as standardwebhooks.com writes it."""
        return (
            Shape(self.url, ADDRESS, "an address that begins with https://"),
            Shape(self.secret, r"whsec_[\w+/=-]{32,}", "whsec_ and at least 24 bytes in base64"),
        )


@channel(Webhook)
def send(message: Message, options: Webhook, errand: Errand) -> str:
    """Post ``message``; the receiver knows by its key what it has already."""
    from smoke.channels._http import Service, request
    from smoke.channels._signed import signed

    body = message.to_json().encode()
    headers = signed(message.key, body, errand.value(options.secret), errand.now, variable=options.secret)
    service = Service(title="the webhook", variables=f"{options.url} and {options.secret}")
    reply = request("POST", errand.value(options.url), headers, errand, service, body)
    return f"{reply.status} {reply.text}".strip()
