"""Judges everything that a session saw."""

from __future__ import annotations

import platform
import time
from importlib.metadata import version

from smoke import __version__
from smoke.judging.builds import BuildProof, BuildStanding
from smoke.judging.confirming import confirmed_ones
from smoke.judging.judge import judge_check, judge_run
from smoke.judging.judged import Run
from smoke.judging.lost import discounted
from smoke.judging.offline import excused, needs_control, vouched
from smoke.running.clock import Clocks, jump
from smoke.running.control import reached
from smoke.running.exchanges import keep_exchanges
from smoke.running.reports import publish
from smoke.running.session import Session
from smoke.secrets.firewall import scrubbed
from smoke.settings import Settings


def conclude(session: Session, settings: Settings) -> Run:
    """Judge everything that ``session`` saw."""
    planned = session.plan
    keep_exchanges(session)
    session.troubles += publish(session.reports, settings.reports, session.scrubber)
    session.troubles += session.guard.troubles()
    seen = session.builds
    if session.expected_build:
        proof = BuildProof(expected=session.expected_build, seen=seen.counts, silent=seen.silent)
        session.troubles += [] if proof.standing is BuildStanding.PROVEN else [proof.sentence]
    if jumped := jump(session.clocks, Clocks()):
        session.troubles.append(jumped)
    if lost := session.target.lost():
        session.troubles.insert(0, lost)
        session.observations = {name: discounted(each, lost) for name, each in session.observations.items()}
    _excuse(session)
    session.observations = confirmed_ones(session.observations)
    results = tuple(
        judge_check(check, session.observations.get(check.id), session.interruption) for check in planned.checks
    )
    judgement = judge_run(results, planned.point, interruption=session.interruption, troubles=tuple(session.troubles))
    run = Run(
        run_id=session.run_id,
        suite=planned.suite.name,
        environment=planned.environment_name,
        execution_point=planned.point_name,
        region=settings.region,
        browser=settings.browser,
        base_url=session.target.base_url,
        started=session.started,
        finished=time.time(),
        verdict=judgement.verdict,
        passed=judgement.passed,
        action=judgement.action,
        reason=judgement.reason,
        failed_category=judgement.failed_category,
        results=results,
        target_s=planned.point.target_s,
        timeout_s=planned.point.timeout_s,
        expected_build=settings.expect_build,
        builds=dict(sorted(seen.counts.items())),
        silent_answers=seen.silent,
        versions={
            "smoke": __version__,
            "playwright": version("playwright"),
            "browser": session.browser_version,
            "browser_origin": session.browser.origin if session.browser else "",
            "python": platform.python_version(),
        },
        config_sha256=planned.suite.sha256,
        safety=session.guard.safety(),
        troubles=tuple(session.troubles),
        given_url=settings.base_url,
        part=settings.part,
    )
    return scrubbed(run, session.scrubber)


def _excuse(session: Session) -> None:
    """Blame this runner for failures of the network where it, or its browser, reaches nobody else either.

    Where somebody can be reached, say so beside them; without controls nothing is known of the runner's network.
    """
    for name, why in session.cut_off.items():
        session.observations[name] = excused(session.observations[name], why)
    addresses = (session.target.base_url, *session.target.urls.values())
    controls = session.plan.environment.controls
    if not controls or not needs_control(tuple(session.observations.values()), addresses):
        return
    if control := reached(controls):
        session.observations = {name: vouched(each, control) for name, each in session.observations.items()}
    else:
        why = f"this runner reaches neither the target nor {', '.join(controls)}"
        session.observations = {name: excused(each, why) for name, each in session.observations.items()}
