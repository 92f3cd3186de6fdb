"""Whatever happens to a channel or to a run, everybody is told everything, in order, and once for who can tell."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from smoke.alerts.notice import NoticeKind
from smoke.channels.lateness import LATE_S
from smoke.channels.message import Message
from smoke.channels.options import Options
from smoke.channels.registry import Channel, Errand, Kind, RefusedError
from smoke.history.outbox import Parcel
from smoke.variables import misshapen
from tests.channels.world import BEGAN, a_channel, a_notice, environ, give, put, waiting
from tests.support import receivers
from tests.support.deliveries import an_outbox
from tests.support.loopback import free_port
from tests.support.receivers import Receiver, answer

ROOT = Path(__file__).parents[2]
MINUTES = 60.0
FIRST, NEXT = BEGAN + 5 * MINUTES, BEGAN + 40 * MINUTES
KINDS: dict[str, Callable[[HTTPServer], Receiver]] = {
    "slack": receivers.slack,
    "pagerduty": receivers.pagerduty,
    "webhook": receivers.webhook,
    "github-issue": lambda httpserver: receivers.github(httpserver)[0],
}
OPENED, CLOSED = a_notice(), a_notice(NoticeKind.CLOSED, 2, at=NEXT)


@pytest.fixture(params=KINDS)
def channel(request: pytest.FixtureRequest) -> Channel:
    return a_channel(request.param)


@pytest.fixture
def receiver(channel: Channel, httpserver: HTTPServer) -> Iterator[Receiver]:
    made = KINDS[channel.name](httpserver)
    yield made
    made.heal()


@pytest.fixture
def base(httpserver: HTTPServer) -> str:
    return f"http://127.0.0.1:{httpserver.port}"


def test_what_is_told_arrives_in_order_and_once(channel, receiver, base, tmp_path):
    put(tmp_path, [channel], OPENED)
    (first,) = give(tmp_path, [channel], environ(base), now=FIRST)
    assert (first.sent, first.waiting, first.trouble) == (1, 0, None)
    put(tmp_path, [channel], OPENED, CLOSED)  # what was put before is put once
    give(tmp_path, [channel], environ(base), now=NEXT)
    assert receiver.noticed == ["CRITICAL", "OVER"]
    assert (receiver.refused, waiting(tmp_path)) == ([], 0)


@pytest.mark.parametrize("status", [500, 403, 429])
def test_what_a_service_does_not_take_the_next_run_delivers(channel, receiver, base, tmp_path, status):
    receiver.always = answer(status, "no", **({"Retry_After": "60"} if status == 429 else {}))
    put(tmp_path, [channel], OPENED)
    (failed,) = give(tmp_path, [channel], environ(base), now=FIRST)
    assert (failed.sent, failed.waiting) == (0, 1)
    assert failed.trouble
    receiver.heal()
    put(tmp_path, [channel], CLOSED)
    give(tmp_path, [channel], environ(base), now=NEXT)
    assert (receiver.noticed, waiting(tmp_path)) == (["CRITICAL", "OVER"], 0)


def test_an_end_never_overtakes_what_it_ends(channel, receiver, base, tmp_path):
    """Where the first message fails, what is behind it waits, though the service would take it by now."""
    put(tmp_path, [channel], OPENED, CLOSED)
    receiver.instead += [answer(500, "no")] * 2
    (done,) = give(tmp_path, [channel], environ(base), now=FIRST)
    assert (receiver.noticed, done.waiting) == ([], 2)
    give(tmp_path, [channel], environ(base), now=NEXT)
    assert (receiver.noticed, waiting(tmp_path)) == (["CRITICAL", "OVER"], 0)


def test_a_lost_end_is_told_again(channel, receiver, base, tmp_path):
    put(tmp_path, [channel], OPENED)
    give(tmp_path, [channel], environ(base), now=FIRST)
    receiver.always = answer(500, "no")
    put(tmp_path, [channel], CLOSED)
    assert give(tmp_path, [channel], environ(base), now=NEXT)[0].waiting == 1
    receiver.heal()
    give(tmp_path, [channel], environ(base), now=NEXT + 6 * 60 * MINUTES)
    assert (receiver.noticed, waiting(tmp_path)) == (["CRITICAL", "OVER"], 0)


def test_a_service_that_is_down_misses_nothing(channel, receiver, base, tmp_path):
    put(tmp_path, [channel], OPENED)
    assert give(tmp_path, [channel], environ(f"http://127.0.0.1:{free_port()}"), now=FIRST)[0].waiting == 1
    put(tmp_path, [channel], CLOSED)
    give(tmp_path, [channel], environ(base), now=NEXT)
    assert (receiver.noticed, waiting(tmp_path)) == (["CRITICAL", "OVER"], 0)


def test_a_service_that_hangs_costs_the_deadline_and_misses_nothing(channel, receiver, base, tmp_path):
    receiver.hanging = True
    put(tmp_path, [channel], OPENED)
    (late,) = give(tmp_path, [channel], environ(base), now=FIRST, deadline_s=0.8)
    assert (late.sent, late.waiting) == (0, 1)
    receiver.heal()
    put(tmp_path, [channel], CLOSED)
    give(tmp_path, [channel], environ(base), now=NEXT)
    assert (receiver.noticed, waiting(tmp_path)) == (["CRITICAL", "OVER"], 0)


def test_an_answer_that_was_lost_is_noticed_by_nobody_who_can_tell(channel, receiver, base, tmp_path):
    """It was taken and we do not know: it is sent again. Slack alone has nothing to know it by, and shows it twice."""
    receiver.losing = True
    put(tmp_path, [channel], OPENED)
    give(tmp_path, [channel], environ(base), now=FIRST, deadline_s=0.8)
    receiver.heal()
    put(tmp_path, [channel], CLOSED)
    give(tmp_path, [channel], environ(base), now=NEXT)
    seen = ["CRITICAL", "CRITICAL", "OVER"] if channel.name == "slack" else ["CRITICAL", "OVER"]
    assert (receiver.noticed, waiting(tmp_path)) == (seen, 0)


def test_an_answer_that_was_lost_leaves_no_incident_open(channel, receiver, base, tmp_path):
    """It was taken, the run died before it knew, and nobody could be told until it was over: the digest ends it."""
    put(tmp_path / "died", [channel], OPENED)
    give(tmp_path / "died", [channel], environ(base), now=FIRST)
    put(tmp_path, [channel], OPENED, CLOSED)
    give(tmp_path, [channel], environ(base), now=OPENED.at + LATE_S)
    opened, digest, *rest = receiver.noticed
    assert (opened, digest != "OVER", waiting(tmp_path)) == ("CRITICAL", True, 0)
    assert rest == ([] if channel.name == "slack" else ["OVER"])


def test_what_cannot_be_read_holds_up_nothing_else_and_is_kept(channel, receiver, base, tmp_path):
    """A later version put it there, which this one shares its database with."""
    stream = f"alert:{channel.name}:ffff:"
    an_outbox(tmp_path).put(Parcel(key="later", to=stream, kind="message", body='{"kind":"SONG"}', created=BEGAN))
    put(tmp_path, [channel], OPENED)
    (done,) = give(tmp_path, [channel], environ(base), now=BEGAN + LATE_S + 1)
    assert (done.sent, done.waiting, receiver.noticed) == (1, 1, ["CRITICAL"])
    assert "upgrade it" in (done.trouble or "")


@pytest.mark.parametrize("at", ["before", "after"])
def test_a_run_that_is_killed_while_it_tells_loses_and_doubles_nothing(channel, receiver, base, tmp_path, at):
    """SIGKILL while the request is under way, or once it was answered and before that was noted."""
    put(tmp_path, [channel], OPENED)
    program = f"""
import os, signal, pathlib
from smoke.history.outbox import Outbox
from tests.channels.world import *
if {at!r} == "after":
    Outbox.sent = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
give(pathlib.Path({str(tmp_path)!r}), [a_channel({channel.name!r})], environ({base!r}), now={FIRST}, deadline_s=60)
"""
    receiver.hanging = at == "before"
    child = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT)
    if at == "before":
        assert receiver.arrived.wait(60)
        os.kill(child.pid, signal.SIGKILL)
    assert child.wait(60) == -signal.SIGKILL
    receiver.heal()
    assert waiting(tmp_path) == 1
    put(tmp_path, [channel], CLOSED)
    give(tmp_path, [channel], environ(base), now=NEXT)
    twice = channel.name == "slack" and at == "after"
    assert receiver.noticed == ["CRITICAL"] * (1 + twice) + ["OVER"]
    assert waiting(tmp_path) == 0


def test_a_short_wait_that_a_service_asks_for_is_waited_for(channel, receiver, base, tmp_path):
    """The next run may be half an hour away: a second is waited for within this one."""
    receiver.instead.append(answer(429, "slowly", Retry_After="0"))
    put(tmp_path, [channel], OPENED)
    assert give(tmp_path, [channel], environ(base), now=FIRST)[0].sent == 1
    assert receiver.noticed == ["CRITICAL"]


def test_what_a_service_refuses_for_good_another_channel_tells(httpserver, base, tmp_path):
    """It blocks nothing that is behind it, and it is not dropped in silence."""
    pages, slack = receivers.pagerduty(httpserver), receivers.slack(httpserver)
    both = [a_channel("pagerduty"), a_channel("slack", "slack:#alerts")]
    pages.always = answer(400, "invalid event")
    put(tmp_path, both, OPENED)
    give(tmp_path, both, environ(base), now=FIRST)
    assert (slack.noticed, waiting(tmp_path)) == (["NOT TOLD IN TIME"], 0)
    assert "invalid event" in slack.requests[0].get_data(as_text=True)
    pages.heal()
    put(tmp_path, both, CLOSED)
    give(tmp_path, both, environ(base), now=NEXT)
    assert (slack.noticed, waiting(tmp_path)) == (["NOT TOLD IN TIME"], 0)


def test_what_a_channel_refused_before_it_hung_another_one_tells(httpserver, base, tmp_path):
    """It does not even keep to its time, and is left behind: what it gave up is not."""
    slack, pages, resume = receivers.slack(httpserver), a_channel("pagerduty"), threading.Event()

    def refuse_then_hang(message: Message, _options: Options, _errand: Errand) -> str:
        if message.incident == OPENED.incident:
            raise RefusedError("invalid event")
        resume.wait(60)
        return "late"

    hanging = replace(pages, kind=replace(pages.kind, send=refuse_then_hang))
    put(tmp_path, [hanging], OPENED, a_notice(incident="another"))
    give(tmp_path, [hanging, a_channel("slack", "slack:#alerts")], environ(base), now=FIRST, deadline_s=3.0)
    resume.set()
    give(tmp_path, [a_channel("slack", "slack:#alerts")], environ(base), now=FIRST)
    assert "NOT TOLD IN TIME" in slack.noticed
    assert any("invalid event" in each.get_data(as_text=True) for each in slack.requests)


def test_what_a_channel_does_not_take_for_hours_another_one_tells_once(httpserver, base, tmp_path):
    pages, slack = receivers.pagerduty(httpserver), receivers.slack(httpserver)
    both = [a_channel("pagerduty"), a_channel("slack", "slack:#alerts")]
    pages.always = answer(403, "no such key")
    put(tmp_path, both, OPENED)
    for hours in (0, 1, 2, 3, 4):
        give(tmp_path, both, environ(base), now=OPENED.at + hours * 60 * MINUTES)
    assert slack.noticed == ["NOT TOLD IN TIME"]
    assert "look at PD_KEY" in slack.requests[0].get_data(as_text=True)
    pages.heal()
    give(tmp_path, both, environ(base), now=OPENED.at + 6 * 60 * MINUTES)
    assert (pages.noticed, waiting(tmp_path)) == (["CRITICAL"], 0), "it is still open, so it is still paged"


def test_nobody_is_woken_for_what_is_over_and_everybody_is_told(httpserver, base, tmp_path):
    """What opened and closed while a channel could not be reached becomes one line of a digest."""
    pages, only = receivers.pagerduty(httpserver), [a_channel("pagerduty")]
    put(tmp_path, only, OPENED, CLOSED)
    put(tmp_path, only, a_notice(incident="another"), a_notice(NoticeKind.CLOSED, 2, incident="another"))
    (told,) = give(tmp_path, only, environ(base), now=OPENED.at + LATE_S)
    assert (pages.noticed, told.in_digest, waiting(tmp_path)) == (["NOT TOLD IN TIME"], 4, 0)
    assert '"severity": "warning"' in pages.requests[0].get_data(as_text=True)


def test_a_digest_that_a_service_refuses_for_good_another_channel_tells(httpserver, base, tmp_path):
    pages, slack = receivers.pagerduty(httpserver), receivers.slack(httpserver)
    both = [a_channel("pagerduty"), a_channel("slack", "slack:#alerts")]
    pages.always = answer(400, "invalid event")
    put(tmp_path, both[:1], OPENED, a_notice(NoticeKind.CLOSED, 2, sentence="It ended by itself"))
    told, _ = give(tmp_path, both, environ(base), now=OPENED.at + LATE_S)
    assert (told.refused, told.waiting, waiting(tmp_path)) == (2, 0, 0)
    assert slack.noticed == ["NOT TOLD IN TIME"]
    assert "It ended by itself" in slack.requests[0].get_data(as_text=True)


def test_an_end_of_what_a_service_never_heard_of_leaves_the_digest_told(httpserver, base, tmp_path):
    pages, slack = receivers.pagerduty(httpserver), receivers.slack(httpserver)
    both = [a_channel("pagerduty"), a_channel("slack", "slack:#alerts")]
    pages.instead += [answer(202, {"status": "success"}), answer(400, "no such incident")]
    put(tmp_path, both[:1], OPENED, CLOSED)
    (told,) = give(tmp_path, both, environ(base), now=OPENED.at + LATE_S)
    assert (told.in_digest, told.refused, waiting(tmp_path), slack.noticed) == (2, 0, 0, [])


def test_one_message_that_fails_holds_up_no_other_incident(channel, receiver, base, tmp_path):
    put(tmp_path, [channel], OPENED, a_notice(incident="another"))
    receiver.instead += [answer(500, "no")] * 2
    give(tmp_path, [channel], environ(base), now=FIRST)
    assert (receiver.noticed, waiting(tmp_path)) == (["CRITICAL"], 1)
    give(tmp_path, [channel], environ(base), now=NEXT)
    assert (receiver.noticed, waiting(tmp_path)) == (["CRITICAL", "CRITICAL"], 0)


def test_what_waits_for_a_channel_that_is_gone_is_told_by_another(httpserver, base, tmp_path):
    slack = receivers.slack(httpserver)
    put(tmp_path, [a_channel("pagerduty")], OPENED)
    done = give(tmp_path, [a_channel("slack", "slack:#alerts")], environ(base), now=FIRST)
    assert [each.channel for each in done] == ["pagerduty", "slack"]
    assert (slack.noticed, waiting(tmp_path)) == (["NOT TOLD IN TIME"], 0)


def test_a_channel_that_needs_no_variable_is_never_off():
    """Its options need not say so."""

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Bell(Options):
        channel: str = "bell"

    bell = Channel(kind=Kind(options=Bell, send=lambda *_: "rang"), options=Bell(serves=("bell",)))
    assert bell.explain_disabled({}) is None
    assert misshapen(bell.options.shapes, {}) == ()


def test_without_its_variables_a_channel_keeps_what_it_has(channel, receiver, base, tmp_path):
    put(tmp_path, [channel], OPENED)
    (told,) = give(tmp_path, [channel], {}, now=FIRST)
    assert (told.waiting, receiver.noticed) == (1, [])
    assert "not set: nobody is told" in str(told.trouble)
    give(tmp_path, [channel], environ(base), now=NEXT)
    assert receiver.noticed == ["CRITICAL"]
