"""PagerDuty, by its Events API v2."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from smoke.channels.message import Message, MessageKind
from smoke.channels.options import Options
from smoke.channels.registry import Errand, channel
from smoke.strict import Variable
from smoke.variables import Shape

INTAKE = "https://events.pagerduty.com/v2/enqueue"


@dataclass(frozen=True, slots=True, kw_only=True)
class PagerDuty(Options):
    """A service of PagerDuty with an integration of type Events API v2."""

    knows_incidents: ClassVar[bool] = True
    channel: Literal["pagerduty"] = "pagerduty"
    """``pagerduty``."""
    routing_key: Variable
    """Environment variable that holds the integration key."""
    address: Variable | None = None
    """Environment variable that holds the address of the intake; none: that of PagerDuty in the US."""

    @property
    def needed(self) -> tuple[str, ...]:
        """The key, and the address where it is not the usual one."""
        return (self.routing_key, *([self.address] if self.address else []))

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """The key of an integration, which is not one of the REST API."""
        return (Shape(self.routing_key, r"\w{32}", "32 letters and digits (a key of the REST API is shorter)"),)


@channel(PagerDuty)
def send(message: Message, options: PagerDuty, errand: Errand) -> str:
    """Trigger or resolve; what is sent twice is one incident there, and one that somebody took stays taken.

    A test message is triggered and resolved at once.
    """
    from smoke.channels._http import Service, request
    from smoke.channels._pagerduty_event import resolve, trigger

    service = Service(title="PagerDuty", variables=options.routing_key)
    address = errand.value(options.address) if options.address else INTAKE
    key = errand.value(options.routing_key)
    told = ""
    if not message.is_over:
        told = request("POST", address, {}, errand, service, trigger(message, key)).text
    if message.is_over or message.kind is MessageKind.TEST:
        told = request("POST", address, {}, errand, service, resolve(message, key)).text
    return told
