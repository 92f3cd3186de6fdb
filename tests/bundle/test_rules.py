"""The rules on a page: what decided is there to be read, what may follow from it is folded."""

from __future__ import annotations

import pytest

from smoke.bundle.pictures import Material
from smoke.bundle.reach import was_reached
from smoke.bundle.rules import rules_of
from smoke.bundle.scene import Event, Scene, Spoken
from smoke.calibration import Calibration, Reference
from smoke.model import Blame
from smoke.observation import Finding
from tests.support.run_builder import STARTED, an_attempt

GONE = Finding(rule="status (404) == 200", blame=Blame.APP_4XX)


def a_rule(rule: str, blame: Blame, *evidence: str, cause: str | None = None) -> Finding:
    return Finding(rule=rule, blame=blame, evidence=evidence, cause=cause)


def test_what_a_missing_page_lacks_follows_from_it() -> None:
    """Another request that is refused does not: it may have a cause of its own."""
    other, header = (
        a_rule("status (403) == 200", Blame.APP_4XX),
        a_rule("header A (absent) is present", Blame.ASSERTION),
    )
    rules = rules_of(an_attempt(findings=(other, GONE, header)), GONE)
    assert (rules.first, rules.following) == ((GONE, other), (header,))


def test_one_time_that_is_too_long_explains_the_others() -> None:
    """How fast the runner was is said once."""
    runner = "runner: reference page 202 ms, its band ends at 300 ms"
    times = [a_rule(f"{name} (4000) <= 800", Blame.SLOW, runner) for name in ("ttfb_ms", "load_ms")]
    reading = Calibration(reference=Reference.PAGE, readings_ms=(202.0,), band_ms=300.0)
    rules = rules_of(an_attempt(findings=tuple(times), calibration=reading), times[0])
    assert [each.rule for each in rules.following] == ["load_ms (4000) <= 800"]
    assert [each.evidence for each in (*rules.first, *rules.following)] == [(), ()]
    assert rules.runner == (
        "This runner was fast enough to judge that: its reference page took 202 ms, and up to 300 ms are good."
    )


def test_the_same_cause_is_told_once() -> None:
    cause = "the host shop.example does not resolve"
    found = [a_rule(rule, Blame.DNS, "trace id 1", cause=cause) for rule in ("GET / failed", "Page.goto failed")]
    rules = rules_of(an_attempt(findings=tuple(found)), found[0])
    assert [each.rule for each in rules.first] == ["GET / failed"]
    assert len(rules.following) == 1


def a_scene(*took_ms: float | None, left_out: int = 0) -> Scene:
    events = tuple(Event(at=STARTED, kind="request", text="GET /", bad=False, took_ms=each) for each in took_ms)
    return Scene(url="about:blank", title="", step="", used="", timeline=events, left_out=left_out)


def asked(status: int | None) -> Spoken:
    return Spoken(method="GET", url="http://shop.example/", headers=(), body="", status=status)


@pytest.mark.parametrize(
    ("material", "rule", "blame", "reached"),
    [
        (Material(scene=a_scene(12.0)), "it works", Blame.ASSERTION, True),
        (Material(scene=a_scene()), "KeyError: 'safe'", Blame.HARNESS, False),
        (Material(scene=a_scene(None)), "net::ERR_NAME_NOT_RESOLVED", Blame.DNS, False),
        (Material(scene=a_scene(None, left_out=1)), "it works", Blame.ASSERTION, True),
        (Material(spoken=asked(200)), "it works", Blame.ASSERTION, True),
        (Material(spoken=asked(None)), "GET / got no answer: reset by peer", Blame.TCP, True),
        (Material(spoken=asked(None)), "GET / got no answer: All connection attempts failed", Blame.TCP, False),
        (Material(), "GET / got no answer: no", Blame.DNS, False),
        (Material(), "it works", Blame.ASSERTION, True),
    ],
)
def test_logs_are_worth_a_search_where_something_came_there(
    material: Material, rule: str, blame: Blame, *, reached: bool
) -> None:
    """What was lost on its way may have reached the target; what never left has not."""
    assert was_reached(material, an_attempt(findings=(a_rule(rule, blame),))) is reached
