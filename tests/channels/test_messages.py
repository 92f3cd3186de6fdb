"""What is said: what, where, since when, what to do and where to look, within the limits of each service, no secret."""

from __future__ import annotations

import json
import time

import pytest
from pytest_httpserver import HTTPServer

from smoke.alerts.notice import Ending, NoticeKind
from smoke.channels._issues import text_of
from smoke.channels._mail import mail
from smoke.channels._pagerduty_event import trigger
from smoke.channels._signed import signed
from smoke.channels._slack_blocks import payload
from smoke.channels.lateness import LATE_S, worth
from smoke.channels.links import Links
from smoke.channels.message import Message, from_json, message_of
from smoke.channels.registry import ChannelError
from smoke.model import Severity, Urgency
from smoke.secrets.secret import Scrubber, Secret
from tests.channels.world import BEGAN, LINKS, a_channel, a_message, a_notice, environ, give, put
from tests.support import receivers
from tests.support.counterparts import WAY_OUT
from tests.support.receivers import ROUTING_KEY

CANARY = "canary-6f1e2d3c4b5a"
ALL = ("slack", "pagerduty", "webhook", "github-issue", "email")


def mail_text(message: Message) -> str:
    body = mail(message, sender="s@shop.example").get_body(("plain",))
    assert body is not None
    return str(body.get_content())


TEXT = {
    "slack": lambda message: json.dumps(payload(message), ensure_ascii=False),
    "pagerduty": lambda message: json.dumps(trigger(message, ROUTING_KEY), ensure_ascii=False),
    "github-issue": text_of,
    "email": mail_text,
}


@pytest.mark.parametrize("channel", TEXT)
def test_a_message_says_all_that_is_needed_at_night(channel):
    said = TEXT[channel](a_message(channel=channel, address="a@shop.example"))
    for wanted in (
        "The smoke test fails: shop in production, since 10:00",
        "run 7 was FAIL: health.api, APP_5XX",
        "on-call: Acknowledge the alert",
        "Open the report",
        "https://git.example/shop/blob/main/docs/alert-response-guide.md#smoke_test_failure",
        "https://reports.example/run-7",
    ):
        assert wanted in said.replace("\n", ""), wanted


def test_a_message_comes_back_from_the_outbox_as_it_was():
    message = a_message(NoticeKind.CLOSED, number=2)
    assert from_json(message.to_json()) == message


@pytest.mark.parametrize("kind", ALL)
def test_no_secret_leaves(kind, tmp_path):
    """Whatever evidence holds, a known secret is gone before the outbox has it."""
    to = ("slack:#alerts", "oncall@shop.example")
    spoiled = a_notice(
        recipients=to, evidence=(f"GET /?token={CANARY} was 500",), sentence=f"down: {CANARY}", hint=f"try {CANARY}"
    )
    put(tmp_path, [a_channel(kind, "*")], spoiled, scrubber=Scrubber([Secret(CANARY)]))
    assert CANARY.encode() not in (tmp_path / "history.db").read_bytes()
    assert b"GET /?token=*** was 500" in (tmp_path / "history.db").read_bytes()


@pytest.mark.parametrize("kind", ["slack", "pagerduty", "webhook", "github-issue"])
def test_however_long_and_odd_a_message_is_each_service_takes_it(kind, httpserver: HTTPServer, tmp_path):
    made = {**vars(receivers)}[kind.replace("github-issue", "github")](httpserver)
    receiver = made[0] if isinstance(made, tuple) else made
    odd = "<!channel> @everyone & *bold* \x07 \N{FIRE} " * 200
    put(tmp_path, [a_channel(kind)], a_notice(title=odd, sentence=odd, evidence=(odd,), hint=odd, action=odd))
    (done,) = give(tmp_path, [a_channel(kind)], environ(f"http://127.0.0.1:{httpserver.port}"), now=BEGAN + 300)
    assert (done.sent, done.trouble, receiver.refused) == (1, None, [])


def test_slack_calls_nobody_that_evidence_names():
    said = json.dumps(payload(a_message(evidence=("<!channel> <@U123> down",))))
    assert "<!channel>" not in said
    assert "&lt;!channel&gt;" in said


def test_an_issue_mentions_nobody_and_no_other_issue():
    said = text_of(a_message(evidence=("@everyone see #12 <!-- smoke-incident: other -->",)))
    assert "@everyone" not in said
    assert "#12" not in said
    assert "<!-- smoke-incident: other" not in said


@pytest.mark.parametrize(
    ("urgency", "severity", "said"),
    [
        (Urgency.PAGE, Severity.CRITICAL, "critical"),
        (Urgency.PAGE, Severity.HIGH, "error"),
        (Urgency.TELL, Severity.CRITICAL, "warning"),
        (Urgency.TELL, Severity.LOW, "info"),
    ],
)
def test_what_may_wake_nobody_is_a_warning_to_pagerduty(urgency, severity, said):
    assert trigger(a_message(urgency=urgency, severity=severity), ROUTING_KEY)["payload"]["severity"] == said


def test_an_incident_that_is_closed_unseen_is_never_called_over(httpserver: HTTPServer, tmp_path):
    """Whoever may still be down is not resolved: a human closes it."""
    pages, (github, held) = receivers.pagerduty(httpserver), receivers.github(httpserver)
    both = [a_channel("pagerduty"), a_channel("github-issue")]
    put(tmp_path, both, a_notice(), a_notice(NoticeKind.CLOSED, 2, ending=Ending.UNCONFIRMED))
    give(tmp_path, both, environ(f"http://127.0.0.1:{httpserver.port}"), now=BEGAN + 700)
    assert (pages.noticed, github.noticed) == (["CRITICAL"], ["CRITICAL"])
    assert held.issues[0]["state"] == "open"
    assert "CLOSED, NOT CONFIRMED" in held.comments[1][0]["body"]


def test_an_issue_tells_the_escalation_and_not_every_reminder(httpserver: HTTPServer, tmp_path):
    _, held = receivers.github(httpserver)
    kinds = (NoticeKind.OPENED, NoticeKind.REMINDED, NoticeKind.ESCALATED, NoticeKind.CLOSED)
    put(tmp_path, [a_channel("github-issue")], *(a_notice(kind, at) for at, kind in enumerate(kinds, 1)))
    give(tmp_path, [a_channel("github-issue")], environ(f"http://127.0.0.1:{httpserver.port}"), now=BEGAN + 2000)
    assert [each["state"] for each in held.issues] == ["closed"]
    assert [each["body"].split()[0] for each in held.comments[1]] == ["**ESCALATED", "**OVER**"]


def test_another_label_or_incident_is_another_issue(httpserver: HTTPServer, tmp_path):
    _, held = receivers.github(httpserver)
    put(tmp_path, [a_channel("github-issue")], a_notice(), a_notice(incident="another"))
    give(tmp_path, [a_channel("github-issue")], environ(f"http://127.0.0.1:{httpserver.port}"), now=BEGAN + 600)
    assert len(held.issues) == 2


def test_a_signature_is_what_the_standard_s_own_library_accepts():
    library = pytest.importorskip("standardwebhooks", reason=WAY_OUT)
    body = a_message().to_json().encode()
    headers = signed("a-key", body, receivers.SECRET, time.time(), variable="HOOK_SECRET")
    assert library.Webhook(receivers.SECRET).verify(body, headers)["kind"] == "opened"
    with pytest.raises(library.WebhookVerificationError):
        library.Webhook(receivers.SECRET).verify(body + b" ", headers)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_c2hvcnQ=", "no-prefix", "whsec_%%%"])
def test_a_secret_that_protects_nothing_is_refused_with_the_way_out(secret):
    with pytest.raises(ChannelError, match=r"HOOK_SECRET is no secret of a webhook.*openssl rand"):
        signed("a-key", b"{}", secret, BEGAN, variable="HOOK_SECRET")


def story(*kinds: NoticeKind) -> list[Message]:
    return [a_message(kind, number=number) for number, kind in enumerate(kinds, 1)]


@pytest.mark.parametrize(
    ("kinds", "late", "send", "digest"),
    [
        ([NoticeKind.OPENED], False, [0], []),
        ([NoticeKind.OPENED, NoticeKind.CLOSED], False, [0, 1], []),
        ([NoticeKind.OPENED], True, [0], []),
        ([NoticeKind.OPENED, NoticeKind.REMINDED, NoticeKind.ESCALATED], True, [2], []),
        ([NoticeKind.REMINDED, NoticeKind.CLOSED], True, [1], []),
        ([NoticeKind.OPENED, NoticeKind.ESCALATED, NoticeKind.CLOSED], True, [], [0, 1, 2]),
    ],
    ids=str,
)
def test_what_is_late_says_how_things_stand_now(kinds, late, send, digest):
    told = story(*kinds)
    found = worth(told, told[0].at + (LATE_S if late else LATE_S - 1))
    assert list(found.send) == [told[index] for index in send]
    assert list(found.digest) == [told[index] for index in digest]
    assert {*found.send, *found.digest, *found.skip} == {*told}


def test_links_of_a_run_in_github_actions_need_no_word():
    known = {"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "o/r", "GITHUB_RUN_ID": "7"}
    links = Links().or_of_github(known)
    assert links.to_runbook("docs/a.md#b") == "https://github.com/o/r/blob/HEAD/docs/a.md#b"
    assert links.to_report("run-1") == "https://github.com/o/r/actions/runs/7"
    assert LINKS.or_of_github(known) == LINKS
    assert message_of(a_notice(run_id=None, runbook="https://wiki/x"), "a", "", LINKS).runbook == "https://wiki/x"


def test_an_alert_about_one_check_leads_to_its_page():
    """Where a project says where those are; else to the report of the run, which is all that others have."""
    links = Links(report="https://r.example/{run_id}", failure="https://r.example/{run_id}/failures/{check}/index.html")
    assert links.to_report("run-1", "health.api") == "https://r.example/run-1/failures/health.api/index.html"
    assert links.to_report("run-1") == "https://r.example/run-1"
    assert LINKS.to_report("run-7", "health.api") == "https://reports.example/run-7"
    assert links.to_report(None, "health.api") == ""
