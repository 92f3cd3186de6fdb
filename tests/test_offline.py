from __future__ import annotations

import socket

import pytest

from smoke.judging.offline import excused, needs_control, vouched
from smoke.model import Blame
from smoke.observation import Attempt, Finding, Observation
from smoke.running.control import reachable, reached

THERE, HERE = ("https://app.example",), ("http://127.0.0.1:8000", "http://localhost:1")


def saw(*blames: Blame) -> Observation:
    findings = tuple(Finding(rule=f"rule of {blame}", blame=blame) for blame in blames)
    return Observation(check_id="a", attempts=(Attempt(number=1, started=0.0, duration_ms=1.0, findings=findings),))


@pytest.mark.parametrize(
    ("blame", "addresses", "wanted"),
    [
        (Blame.DNS, THERE, True),
        (Blame.TCP, THERE, True),
        (Blame.TLS, THERE, True),
        (Blame.APP_5XX, THERE, False),
        (Blame.TCP, HERE, False),
        (Blame.TCP, (*HERE, *THERE), True),
    ],
)
def test_only_a_failure_of_the_network_away_from_here_needs_a_control(
    blame: Blame, addresses: tuple[str, ...], wanted: bool
) -> None:
    """An answer came over some network, and this machine needs none to reach itself."""
    assert needs_control((saw(Blame.ASSERTION, blame),), addresses) is wanted


def test_what_the_application_did_wrong_is_not_excused() -> None:
    """Only DNS, TCP and TLS become the runner's, each with the reason as evidence."""
    attempt = excused(saw(Blame.TCP, Blame.ASSERTION), "no network").attempts[0]
    assert [finding.blame for finding in attempt.findings] == [Blame.RUNNER_OFFLINE, Blame.ASSERTION]
    assert (attempt.findings[0].evidence, attempt.findings[0].cause) == (("no network",), "no network")


def test_a_page_that_never_answered_may_be_the_runner_s_network_too() -> None:
    """A network that swallows packets shows itself in the browser as time that passes, and so does nothing else."""
    silent = Finding(rule="Page.goto: Timeout 3000ms exceeded.", blame=Blame.SLOW)
    late = Finding(rule="home.load_ms (6214) <= 3000", blame=Blame.SLOW)
    attempt = Attempt(number=1, started=0.0, duration_ms=1.0, findings=(silent, late))
    observation = Observation(check_id="a", attempts=(attempt,))
    assert needs_control((observation,), THERE)
    assert not needs_control((excused(observation, "no network"),), THERE)
    found = excused(observation, "no network").attempts[0].findings
    assert [finding.blame for finding in found] == [Blame.RUNNER_OFFLINE, Blame.SLOW]


def test_one_control_that_answers_is_enough() -> None:
    """A runner that reaches anybody is online; without controls it is taken for online."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        up = f"127.0.0.1:{server.getsockname()[1]}"
        assert reachable(["127.0.0.1:1", up])
    assert not reachable(["127.0.0.1:1", "no-such-host.invalid:443"])
    assert reachable([])


def test_who_was_reached_is_noted_beside_a_failure_of_the_network() -> None:
    """The first that answers, beside the first such failure; the blame stays, and nothing else is touched."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        up = f"127.0.0.1:{server.getsockname()[1]}"
        assert reached(["127.0.0.1:1", up]) == up
    assert reached([]) is None
    found = vouched(saw(Blame.ASSERTION, Blame.DNS, Blame.TCP), up).attempts[0].findings
    assert [finding.evidence for finding in found] == [(), (f"this runner's network works: it reaches {up}",), ()]
    assert [finding.blame for finding in found] == [Blame.ASSERTION, Blame.DNS, Blame.TCP]
    assert vouched(saw(Blame.ASSERTION), up) == saw(Blame.ASSERTION)
