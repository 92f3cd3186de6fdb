"""The hooks of one run: which items run, attempt by attempt, and what was seen of each."""

from __future__ import annotations

import contextlib
import random
import threading
from collections import Counter
from collections.abc import Generator, Iterator

import pytest
from _pytest.runner import call_and_report
from _pytest.subtests import SubtestReport

from smoke.accounts.answers import refusal
from smoke.accounts.errors import AccountUnavailableError, LedgerError
from smoke.blame import judge_edge
from smoke.causes import beyond_doubt
from smoke.clues import clues, supported, traced
from smoke.findings import findings_of
from smoke.firewall import scrubbed
from smoke.judge import judge_check
from smoke.marks import trace_id
from smoke.model import Attempt, Blame, Check, CheckKind, Finding, Interruption, Observation, told
from smoke.noise import accept, judge_signals
from smoke.pages import judge_visit
from smoke.reporting import allure_labels
from smoke.retry import wait_before_next
from smoke.running.deadline import RunTimeoutError, deadline
from smoke.running.evidence import capture
from smoke.running.failure import finding_of, scrub_exception
from smoke.running.gone import browser_gone
from smoke.running.journey import Journey
from smoke.running.logins import logins_seen, note_logins, said_by
from smoke.running.record import Record
from smoke.running.session import CHECK_LIMIT_S, Session

SESSION = pytest.StashKey[Session]()
CHECK = pytest.StashKey[Check]()
RECORD = pytest.StashKey[Record]()
JOURNEY = pytest.StashKey[Journey]()
KEPT_OUT = pytest.StashKey[Exception | None]()
"""Why the journey's account is not to be had."""


class SessionPlugin:
    """Runs the planned checks and records what was seen of them in the session."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._record: Record | None = None
        """Of the attempt that runs."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        config.stash[SESSION] = self.session

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        chosen, left_out = [], []
        for item in items:
            check = self.session.check(check_id_of(item))
            if check is None:
                left_out.append(item)
            else:
                item.stash[CHECK] = check
                chosen.append(item)
        ids = Counter(item.stash[CHECK].id for item in chosen)
        self.session.troubles += [
            f"{check_id} was collected {count} times: one check is one test, without parameters"
            for check_id, count in ids.items()
            if count > 1
        ]
        items[:] = sorted(chosen, key=lambda item: item.stash[CHECK].kind is CheckKind.PROBE)
        if left_out:
            config.hook.pytest_deselected(items=left_out)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            reason = self.session.scrubber.text(report.longreprtext).strip().splitlines()
            self.session.troubles.append(f"{report.nodeid} could not be collected: {reason[-1] if reason else '?'}")

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        wanted = {item.stash[CHECK].id for item in session.items}
        self.session.probes.start(probe for probe in self.session.plan.suite.probes if probe.id in wanted)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
        check = item.stash[CHECK]
        self.session.progress.started(check)
        match check.kind:
            case CheckKind.PROBE:
                return None
            case CheckKind.JOURNEY:
                self._run_journey(item, nextitem)
                return True

    def _run_journey(self, item: pytest.Item, nextitem: pytest.Item | None) -> None:
        check = item.stash[CHECK]
        self.session.spares.more = nextitem is not None and nextitem.stash[CHECK].kind is CheckKind.JOURNEY
        with contextlib.ExitStack() as stack:
            attempts = self._attempts(item, nextitem, self._lease(check, stack))
        if attempts:
            self._observed(Observation(check_id=check.id, attempts=tuple(attempts)))

    def _attempts(self, item: pytest.Item, nextitem: pytest.Item | None, kept_out: Exception | None) -> list[Attempt]:
        check = item.stash[CHECK]
        attempts: list[Attempt] = []
        wait: float | None = 0.0
        while wait is not None and self.session.interruption is None:
            if wait:
                threading.Event().wait(wait)
            item.stash[KEPT_OUT] = kept_out or self._before_login(check)
            record = self._record = item.stash[RECORD] = Record(number=len(attempts) + 1)
            wait = self._attempt(item, nextitem, record)
            record.findings += [each for each in self.session.guard.findings(check.id) if each not in record.findings]
            if self.session.interruption is None:
                if not record.looked and not record.findings:
                    rule = f"{check.id} runs to its end: it was skipped before it began"
                    record.findings.append(Finding(rule=rule, blame=Blame.HARNESS))
                if not record.looked and check.account:
                    self.session.broker.no_login(self.session.target.accounts[check.account].user)
                attempts.append(record.attempt())
        return attempts

    def _lease(self, check: Check, stack: contextlib.ExitStack) -> Exception | None:
        """Keep the journey's account to it for as long as ``stack`` is open; return what prevents that."""
        if check.account is None:
            return None
        try:
            stack.enter_context(self.session.broker.lease(self.session.target.accounts[check.account].user))
        except (AccountUnavailableError, LedgerError) as error:
            return error
        return None

    def _before_login(self, check: Check) -> Exception | None:
        """Wait until the journey's account may sign in; return what prevents that."""
        if check.account is None:
            return None
        try:
            self.session.broker.before_login(self.session.target.accounts[check.account].user)
        except (AccountUnavailableError, LedgerError) as error:
            return error
        return None

    def _attempt(self, item: pytest.Item, nextitem: pytest.Item | None, record: Record) -> float | None:
        """Run the phases of one attempt; return the seconds to wait before another, or None."""
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        item._initrequest()  # type: ignore[attr-defined]
        wait = None
        if call_and_report(item, "setup", log=True).passed:
            call_and_report(item, "call", log=True)
            settled = beyond_doubt(self.session.observations.values())
            wait = wait_before_next(self.session.retry, record.attempt(), random.random(), settled)  # noqa: S311 - jitter
        stopping = bool(item.session.shouldstop or item.session.shouldfail)
        # Before another attempt only the item itself is torn down: what is its parent's stays.
        following = None if stopping else nextitem if wait is None else item.parent
        call_and_report(item, "teardown", log=True, nextitem=following)
        item._request = False  # type: ignore[attr-defined]
        item.funcargs = None  # type: ignore[attr-defined]
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return wait

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, None, None]:
        with self._noting(item):
            if (kept_out := item.stash.get(KEPT_OUT, None)) is not None:
                raise kept_out
            yield

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None, None, None]:
        with self._noting(item):
            yield

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, None, None]:
        check = item.stash[CHECK]
        allure_labels.describe(check, self.session.plan, self.session.target.base_url)
        if check.kind is CheckKind.PROBE:
            with self._noting(item):
                return (yield)
        try:
            with deadline(CHECK_LIMIT_S, self.session.run_ends):
                yield
        except RunTimeoutError:
            self._stop(item, f"the time-out of {self.session.plan.point.timeout_s:g} s stopped the run")
            pytest.fail("the run's time-out is over", pytrace=False)
        except (KeyboardInterrupt, pytest.exit.Exception):
            raise
        except BaseException as error:
            self._close_attempt(item, error)
            raise
        found = self._close_attempt(item, None)
        if found:
            pytest.fail(told(found), pytrace=False)
        return None

    def _close_attempt(self, item: pytest.Item, error: BaseException | None) -> list[Finding]:
        """Judge everything that was gathered, keep the evidence of what is bad, and return the findings."""
        check, record = item.stash[CHECK], item.stash[RECORD]
        record.looked = True
        journey = item.stash.get(JOURNEY, None)
        failure: Finding | None = None
        by_page: tuple[Finding, ...] = ()
        untold: tuple[Finding, ...] = ()
        answers = tuple(journey.listeners.answers) if journey else ()
        if error is not None:
            scrub_exception(error, self.session.scrubber)
            failure = finding_of(error, answers)
        challenges = tuple(journey.listeners.challenges) if journey else ()
        edge = judge_edge((*answers, *challenges), failure)
        if journey is not None and edge is None:  # an edge says nothing of the account
            failure, untold = self._settle_logins(journey, error, failure)
        failure = edge or failure
        if failure and journey is not None and (gone := browser_gone(journey.context)):
            record.findings += [Finding(rule=gone, blame=Blame.HARNESS, evidence=(failure.rule,)), *untold]
            return record.findings
        if journey is not None:
            terms = (self.session.plan.suite.noise, self.session.today, self.session.target.contract)
            record.signals = accept(journey.signals(), *terms)
            by_page = (*judge_signals(check.id, record.signals, *terms), *self._judge_pages(journey))
        refused = self.session.guard.findings(check.id)
        found = findings_of(failure, (*by_page, *refused, *untold), record.measurements)
        record.findings += supported(found, clues(journey.listeners.hops, journey.listeners.console) if journey else ())
        if journey is not None and record.findings:
            folder = self.session.reports / "attempts" / f"{check.id}-{record.number}"
            record.artifacts += capture(journey, folder, self.session.reports)
        allure_labels.attach(record, self.session.reports)
        return record.findings

    def _settle_logins(
        self, journey: Journey, error: BaseException | None, failure: Finding | None
    ) -> tuple[Finding | None, tuple[Finding, ...]]:
        """Keep what became of the journey's logins; return its failure, a refusal first, and what cannot be kept."""
        seen = logins_seen(journey)
        untold: tuple[Finding, ...] = ()
        try:
            note_logins(journey, seen, said_by(error))
        except LedgerError as trouble:
            untold = (finding_of(trouble),)
        refused = refusal(journey.account.user, seen) if seen else None
        return refused or failure, untold

    def _judge_pages(self, journey: Journey) -> tuple[Finding, ...]:
        journey.listeners.watch.look()
        visit = journey.listeners.watch.visit()
        self.session.builds.update(visit.builds)
        return judge_visit(visit, self.session.plan.suite.about.page, self.session.expected_build)

    @contextlib.contextmanager
    def _noting(self, item: pytest.Item) -> Iterator[None]:
        """Turn an exception of setup or cleanup into a finding of the attempt, scrubbed before anyone prints it."""
        try:
            yield
        except (KeyboardInterrupt, pytest.exit.Exception, pytest.skip.Exception):
            raise
        except BaseException as error:
            scrub_exception(error, self.session.scrubber)
            if (record := item.stash.get(RECORD, None)) is not None:
                record.findings.append(finding_of(error))
            raise

    def _stop(self, item: pytest.Item, reason: str) -> None:
        self.session.interruption = Interruption(reason=reason, decides=False)
        item.session.shouldstop = reason

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and isinstance(report, SubtestReport) and self._record:
            said = report.longreprtext.strip().splitlines() or ["failed"]
            rule = self.session.scrubber.text(f"subtest {report.context.msg or ''}: {said[-1]}")
            self._record.findings.append(Finding(rule=rule, blame=Blame.ASSERTION))
        if report.when == "teardown" and (observation := getattr(report, "smoke_observation", None)):
            self._observed(observation)

    def _observed(self, observation: Observation) -> None:
        check = self.session.check(observation.check_id)
        assert check is not None
        observation = traced(scrubbed(observation, self.session.scrubber), trace_id(self.session.run_id, check.id))
        self.session.observations[check.id] = observation
        self.session.progress.finished(judge_check(check, observation))

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if call.when == "teardown" and item.stash[CHECK].kind is CheckKind.PROBE:
            report.__dict__["smoke_observation"] = self.session.probes.result(item.stash[CHECK].id)
        return report

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        if not isinstance(excinfo.value, pytest.Session.Interrupted):  # that one is pytest's own: shouldstop, -x
            reason = str(excinfo.value) if isinstance(excinfo.value, pytest.exit.Exception) else "interrupted"
            self.session.interruption = Interruption(reason=reason or "interrupted", decides=True)


class Quiet:
    """Takes pytest's own progress and summary away: the run shows its own."""

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Unregister the terminal reporter, once it is there."""
        config.pluginmanager.unregister(name="terminalreporter")


def check_id_of(item: pytest.Item) -> str:
    """Return the id of the check that ``item`` is, or an empty text."""
    mark = item.get_closest_marker("smoke_check")
    return str(mark.args[0]) if mark and mark.args else ""
