"""Nothing that was seen of a target of our own counts against the application once it is gone."""

from __future__ import annotations

import pytest

from smoke.judging.lost import discounted
from smoke.model import Blame
from smoke.observation import Attempt, Finding, Observation


def after(blame: Blame) -> Finding:
    found = Finding(rule="it answers", blame=blame, evidence=("GET / 503",))
    attempt = Attempt(number=1, started=0.0, duration_ms=1.0, findings=(found,))
    seen = discounted(Observation(check_id="home", attempts=(attempt,)), "the embedded application is gone")
    (finding,) = seen.attempts[0].findings
    return finding


@pytest.mark.parametrize("blame", [Blame.TCP, Blame.ASSERTION, Blame.SLOW, Blame.JS_ERROR, Blame.APP_5XX])
def test_what_counted_against_the_application_is_ours(blame: Blame) -> None:
    """Whatever went wrong may be for want of the application that we serve ourselves."""
    finding = after(blame)
    assert finding.blame is Blame.HARNESS
    assert finding.evidence == ("the embedded application is gone", "GET / 503")


@pytest.mark.parametrize("blame", [Blame.SAFETY, Blame.ACCOUNT, Blame.EDGE_BLOCKED])
def test_what_never_counted_against_it_stays(blame: Blame) -> None:
    """A breach of safety is one, with or without a target."""
    assert after(blame).blame is blame
