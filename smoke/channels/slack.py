"""Slack, by an incoming webhook: each leads to one channel of Slack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from smoke.channels.message import Message
from smoke.channels.options import Options
from smoke.channels.registry import Errand, channel
from smoke.strict import Variable
from smoke.variables import ADDRESS, Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Slack(Options):
    """An incoming webhook."""

    channel: Literal["slack"] = "slack"
    """``slack``."""
    webhook: Variable
    """Environment variable that holds the address of the incoming webhook, which is a secret."""

    @property
    def needed(self) -> tuple[str, ...]:
        """The webhook."""
        return (self.webhook,)

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """An address; that of Slack's own begins with https://hooks.slack.com/services/."""
        return (Shape(self.webhook, ADDRESS, "an address such as https://hooks.slack.com/services/…"),)


@channel(Slack)
def send(message: Message, options: Slack, errand: Errand) -> str:
    """Post ``message``; Slack knows no keys, so one that is sent twice is seen twice, with the same number in it."""
    from smoke.channels._http import Service, request
    from smoke.channels._slack_blocks import payload

    service = Service(title="Slack", variables=options.webhook)
    return request("POST", errand.value(options.webhook), {}, errand, service, payload(message)).text or "ok"
