"""E-mail through a real server: encrypted, in threads, and the same mail when it is sent again."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from smoke.alerts.notice import NoticeKind
from smoke.channels._mail import mail
from smoke.channels.registry import Channel
from tests.channels.world import BEGAN, a_channel, a_message, a_notice, give, put, waiting
from tests.support.counterparts import WAY_OUT
from tests.support.loopback import certificate_in, free_port, with_certificate

ONCALL, LEAD = "oncall@shop.example", "lead@shop.example"
NEXT = BEGAN + 2400
PASSWORD = "smtp-password-of-the-test"


@dataclass(slots=True)
class Mailbox:
    """What arrived, and what to say instead of taking it."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    instead: deque[str] = field(default_factory=deque)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        if self.instead:
            return self.instead.popleft()
        made = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(made, EmailMessage)
        self.mails.append(made)
        return "250 OK queued as 1"


@pytest.fixture
def mailbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    """A server that takes nothing before STARTTLS and a login."""
    smtpd = pytest.importorskip("aiosmtpd.controller", reason=WAY_OUT)
    from aiosmtpd.smtp import AuthResult

    certificate = certificate_in(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    box = Mailbox(free_port())
    controller = smtpd.Controller(
        box,
        hostname="127.0.0.1",
        port=box.port,
        tls_context=with_certificate(certificate),
        server_hostname="mail.shop.example",  # by itself it asks the DNS
        require_starttls=True,
        auth_required=True,
        authenticator=lambda _server, _session, _envelope, _way, data: AuthResult(
            success=(data.login, data.password) == (b"smoke", PASSWORD.encode()), handled=False
        ),
    )
    controller.start()
    yield box
    controller.stop()


@pytest.fixture
def channel() -> Channel:
    return a_channel("email", "*@shop.example")


def variables(box: Mailbox, scheme: str = "smtp", password: str = PASSWORD) -> dict[str, str]:
    return {
        "SMTP_URL": f"{scheme}://smoke:{password}@127.0.0.1:{box.port}",
        "MAIL_FROM": "Smoke <smoke@shop.example>",
    }


def told(kind: NoticeKind = NoticeKind.OPENED, number: int = 1, **changes: Any) -> Any:
    return a_notice(kind, number, recipients=(ONCALL, LEAD, "slack:#alerts"), **changes)


def test_each_recipient_gets_a_mail_of_its_own_in_text_and_html(mailbox, channel, tmp_path):
    put(tmp_path, [channel], told(sentence="a <b> & c"))
    (done,) = give(tmp_path, [channel], variables(mailbox), now=BEGAN + 300)
    assert (done.sent, done.trouble, done.answer) == (2, None, "250 OK queued as 1")
    assert sorted(str(each["To"]) for each in mailbox.mails) == [LEAD, ONCALL]
    first = mailbox.mails[0]
    assert first["Subject"] == "[smoke] CRITICAL: The smoke test fails - shop in production"
    text, html = first.get_body(("plain",)), first.get_body(("html",))
    assert text is not None
    assert html is not None
    assert "a <b> & c" in text.get_content()
    assert "a &lt;b&gt; &amp; c" in html.get_content()
    assert "https://reports.example/run-7" in text.get_content()


def test_mails_of_an_incident_are_one_thread_and_the_same_when_sent_again(mailbox, channel, tmp_path):
    for folder in ("first", "second"):
        put(tmp_path / folder, [channel], told(), told(NoticeKind.CLOSED, 2, at=NEXT))
        give(tmp_path / folder, [channel], variables(mailbox), now=BEGAN + 2500)
    mine = [each for each in mailbox.mails if each["To"] == ONCALL]
    assert [each["Message-ID"] for each in mine[:2]] == [each["Message-ID"] for each in mine[2:]]
    assert mine[1]["In-Reply-To"] == mine[0]["Message-ID"]
    assert len({each["Message-ID"] for each in mailbox.mails}) == 4


def test_sent_again_a_mail_is_the_same_to_the_byte():
    made = [mail(a_message(channel="email", address=ONCALL), sender="s@shop.example").as_bytes() for _ in range(2)]
    assert made[0] == made[1]


def test_a_reminder_belongs_to_the_thread_that_the_first_mail_began():
    """Of the same recipient: somebody else has another first mail."""
    first, reminder, other = (
        mail(a_message(kind, "email", address), sender="s@shop.example")
        for kind, address in ((NoticeKind.OPENED, ONCALL), (NoticeKind.REMINDED, ONCALL), (NoticeKind.REMINDED, LEAD))
    )
    assert first["In-Reply-To"] is None
    assert reminder["In-Reply-To"] == reminder["References"] == first["Message-ID"]
    assert other["In-Reply-To"] != first["Message-ID"]
    assert reminder["Subject"] == "[smoke] STILL CRITICAL: The smoke test fails - shop in production"


def test_no_line_of_a_message_becomes_a_header():
    made = mail(a_message(title="down\r\nBcc: all@shop.example", address=ONCALL), sender="s@shop.example")
    assert made["Bcc"] is None
    assert b"\nBcc" not in made.as_bytes().partition(b"\n\n")[0]


@pytest.mark.parametrize("said", ["451 later", "421 too busy"])
def test_what_a_server_puts_off_the_next_run_delivers(mailbox, channel, tmp_path, said):
    mailbox.instead += [said] * 4
    put(tmp_path, [channel], told())
    (done,) = give(tmp_path, [channel], variables(mailbox), now=BEGAN + 300)
    assert (done.sent, done.waiting) == (0, 2)
    assert said.replace(" ", ": ", 1) in str(done.trouble)
    give(tmp_path, [channel], variables(mailbox), now=NEXT)
    assert (len(mailbox.mails), waiting(tmp_path)) == (2, 0)


def test_what_a_server_refuses_for_good_is_not_tried_again(mailbox, channel, tmp_path):
    mailbox.instead.append("554 this is spam")
    put(tmp_path, [channel], told())
    (done, *_) = give(tmp_path, [channel], variables(mailbox), now=BEGAN + 300)
    assert (done.sent, done.refused) == (1, 1)


def test_a_wrong_password_is_named_by_its_variable_and_never_shown(mailbox, channel, tmp_path):
    put(tmp_path, [channel], told())
    (done,) = give(tmp_path, [channel], variables(mailbox, password="wrong-password"), now=BEGAN + 300)
    assert done.waiting == 2
    assert "refused the login (535)" in str(done.trouble)
    assert "wrong-password" not in str(done)


def test_a_certificate_that_nobody_vouches_for_gets_no_mail(mailbox, channel, tmp_path, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    put(tmp_path, [channel], told())
    (done,) = give(tmp_path, [channel], variables(mailbox), now=BEGAN + 300)
    assert "CERTIFICATE_VERIFY_FAILED" in str(done.trouble)
    assert mailbox.mails == []


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("127.0.0.1:25", "is not smtp://user:password@host:587"),
        ("http://127.0.0.1", "is not smtp://user:password@host:587"),
        ("smtp+plain://smoke:secret-word@127.0.0.1", "would send its password unencrypted"),
    ],
)
def test_a_wrong_address_is_explained(channel, tmp_path, url, said):
    put(tmp_path, [channel], told())
    (done,) = give(tmp_path, [channel], {"SMTP_URL": url, "MAIL_FROM": "s@shop.example"}, now=BEGAN + 300)
    assert f"SMTP_URL {said}" in str(done.trouble)
    assert "secret-word" not in str(done)
