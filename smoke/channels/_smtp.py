"""Hands a mail to an SMTP server, always encrypted unless the address says otherwise."""

from __future__ import annotations

import smtplib
import ssl
import time
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from enum import StrEnum
from socket import gethostname
from typing import assert_never
from urllib.parse import unquote, urlsplit

from smoke.brief import short
from smoke.channels.registry import ChannelError, Errand, RefusedError
from smoke.secrets.secret import Secret

LONGEST_S = 10.0
SHORTEST_S = 0.5


class Cover(StrEnum):
    """How a connection is encrypted, by the scheme of the address."""

    STARTTLS = "smtp"
    TLS = "smtps"
    NONE = "smtp+plain"
    """For a relay on the same machine."""


PORTS = {Cover.STARTTLS: 587, Cover.TLS: 465, Cover.NONE: 25}


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A server."""

    cover: Cover
    host: str
    port: int
    user: str | None
    password: Secret

    @classmethod
    def at(cls, url: str, *, variable: str) -> Post:
        """Read the address; raises ChannelError, which names ``variable``."""
        try:
            parts = urlsplit(url)
            cover, port = Cover(parts.scheme), parts.port
        except ValueError:
            parts = None
        if parts is None or not parts.hostname:
            raise ChannelError(f"{variable} is not smtp://user:password@host:587 or smtps://user:password@host:465")
        if cover is Cover.NONE and parts.password is not None:
            raise ChannelError(f"{variable} would send its password unencrypted; write smtp:// or smtps://")
        return cls(
            cover=cover,
            host=parts.hostname,
            port=port or PORTS[cover],
            user=unquote(parts.username) if parts.username else None,
            password=Secret(unquote(parts.password or "")),
        )


def deliver(mail: EmailMessage, post: Post, errand: Errand) -> str:
    """Send ``mail`` to its one recipient and return what the server answered; raises ChannelError."""
    left = min(LONGEST_S, max(SHORTEST_S, errand.ends - time.monotonic()))
    try:
        with _connected(post, left) as server:
            if post.user is not None:
                server.login(post.user, post.password.reveal())
            return _sent(server, mail)
    except smtplib.SMTPAuthenticationError as error:
        raise ChannelError(f"{post.host} refused the login ({error.smtp_code})") from None
    except smtplib.SMTPResponseException as error:
        raise _refusal(post, error.smtp_code, error.smtp_error) from None
    except (smtplib.SMTPException, ssl.SSLError, OSError) as error:
        raise ChannelError(f"{post.host} took no mail: {type(error).__name__}: {short(error)}") from None


def _connected(post: Post, timeout: float) -> smtplib.SMTP:
    context, me = ssl.create_default_context(), gethostname()  # by itself smtplib asks the DNS, for as long as it takes
    match post.cover:
        case Cover.TLS:
            return smtplib.SMTP_SSL(post.host, post.port, me, timeout=timeout, context=context)
        case Cover.STARTTLS:
            server = smtplib.SMTP(post.host, post.port, me, timeout=timeout)
            server.starttls(context=context)  # raises where the server has none
            return server
        case Cover.NONE:
            return smtplib.SMTP(post.host, post.port, me, timeout=timeout)
        case _:
            assert_never(post.cover)


def _sent(server: smtplib.SMTP, mail: EmailMessage) -> str:
    """Do as ``send_message`` does, which forgets what the server answers."""
    server.ehlo_or_helo_if_needed()
    for code, said in (server.mail(str(mail["From"])), server.rcpt(str(mail["To"]))):
        if code >= 400:
            raise smtplib.SMTPResponseException(code, said)
    code, said = server.data(mail.as_bytes(policy=SMTP))
    if code != 250:
        raise smtplib.SMTPResponseException(code, said)
    return f"{code} {short(said.decode(errors='replace'))}"


def _refusal(post: Post, code: int, said: bytes | str) -> ChannelError:
    text = short(said.decode(errors="replace") if isinstance(said, bytes) else said)
    is_final = code in {501, 550, 551, 552, 553, 554, 555}
    return (RefusedError if is_final else ChannelError)(f"{post.host} answered {code}: {text}")
