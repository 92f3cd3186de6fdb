"""E-mail, through a server of one's own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from smoke.channels.message import Message
from smoke.channels.options import Options
from smoke.channels.registry import Errand, channel
from smoke.strict import Variable
from smoke.variables import Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Email(Options):
    """Recipients of alert-rules.yaml that are addresses of e-mail; each gets mails of its own."""

    channel: Literal["email"] = "email"
    """``email``."""
    server: Variable
    """Environment variable that holds ``smtp://user:password@host:587`` (STARTTLS) or ``smtps://…:465`` (TLS)."""
    sender: Variable
    """Environment variable that holds the address that mails come from."""

    @property
    def needed(self) -> tuple[str, ...]:
        """The server and the sender."""
        return (self.server, self.sender)

    def addresses(self, recipients: Iterable[str], environment: str) -> tuple[str, ...]:
        """Return the addresses among ``recipients``, each once."""
        return tuple(dict.fromkeys(each for each in recipients if "@" in each and self.reaches(each, environment)))

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """The address of the server, and one of mail."""
        return (
            Shape(self.server, r"smtp(s|\+plain)?://\S+", "an address such as smtp://user:password@host:587"),
            Shape(self.sender, r".*[^\s@]+@[^\s@]+", "an address of mail"),
        )


@channel(Email)
def send(message: Message, options: Email, errand: Errand) -> str:
    """Send ``message``; one that is sent twice bears the same Message-ID, by which most mailboxes show it once."""
    from smoke.channels._mail import mail
    from smoke.channels._smtp import Post, deliver

    post = Post.at(errand.value(options.server), variable=options.server)
    return deliver(mail(message, sender=errand.value(options.sender)), post, errand)
