"""The hooks of one run: which items run, attempt by attempt, and what was seen of each."""

from __future__ import annotations

import contextlib
import math
from collections import Counter
from collections.abc import Generator, Iterator
from dataclasses import replace

import pytest
from _pytest.subtests import SubtestReport

from smoke.browser.choice import BrowserMissing
from smoke.judging.blame import DeadlineExceeded
from smoke.judging.judged import Interruption
from smoke.model import Blame, CheckKind
from smoke.observation import Finding, told
from smoke.reporting import allure_labels
from smoke.running.closing import close_attempt
from smoke.running.deadline import RunTimeoutError, deadline
from smoke.running.elsewhere import look_around
from smoke.running.failure import finding_of, scrub_exception
from smoke.running.printed import scrub_report
from smoke.running.session import CHECK_LIMIT_S, Session
from smoke.running.stash import CHECK, JOURNEY, KEPT_OUT, RECORD, SESSION, check_id_of
from smoke.running.trying import run_journey

AROUND_LIMIT_S = 60.0
"""How long what comes before or after a journey may take: Playwright itself waits for ever in some of it."""


def repeated(item: pytest.Item, times: int) -> Iterator[pytest.Item]:
    """Yield ``item`` as often as it shall run, each time as an item of its own."""
    if times:
        yield item
    for number in range(2, times + 1):
        assert isinstance(item, pytest.Function)
        yield pytest.Function.from_parent(
            item.parent,
            name=f"{item.name}[{number}]",
            originalname=item.originalname,
            callspec=getattr(item, "callspec", None),
            callobj=item.obj,
            fixtureinfo=item._fixtureinfo,
        )


class SessionPlugin:
    """Runs the planned checks and records what was seen of them in the session."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.missing: BrowserMissing | None = None
        """Why no journey could begin."""
        self._items: dict[str, pytest.Item] = {}
        """By their ids."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        config.stash[SESSION] = self.session

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        chosen, left_out = [], []
        for item in items:
            checks = self.session.cases_of(check_id_of(item))
            for each, check in zip(repeated(item, len(checks)), checks, strict=True):
                each.stash[CHECK] = check
                chosen.append(each)
            if not checks:
                left_out.append(item)
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
            reason = self.session.scrubber.text(report.longreprtext).strip().splitlines() or ["?"]
            last = reason[-1].removeprefix("E").strip()
            self.session.troubles.append(f"{report.nodeid} could not be collected: {last}")

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self._items = {item.nodeid: item for item in session.items}
        wanted = {item.stash[CHECK].id for item in session.items if item.stash[CHECK].kind is CheckKind.PROBE}
        if wanted:
            self.session.probes.start(probe for probe in self.session.plan.suite.probes if probe.id in wanted)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        journeys = [item for item in session.items if item.stash[CHECK].kind is CheckKind.JOURNEY]
        if self.session.launched is None or not journeys:
            return None
        from smoke.running.abreast import prepare
        from smoke.running.crew import Crew

        try:
            browser = self.session.launched.browser
        except BrowserMissing as error:
            self.missing = error
            return True
        self.session.spares.begin(browser)
        prepare(session, browser._sync)
        Crew(self.session, browser, journeys).work()
        look_around(self.session, connected=browser.is_connected())
        for item in session.items[len(journeys) :]:
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        if session.shouldfail:
            raise session.Failed(session.shouldfail)
        if session.shouldstop:
            raise session.Interrupted(session.shouldstop)
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
        check = item.stash[CHECK]
        self.session.progress.started(check)
        match check.kind:
            case CheckKind.PROBE:
                return None
            case CheckKind.JOURNEY:
                self.session.spares.more = nextitem is not None and nextitem.stash[CHECK].kind is CheckKind.JOURNEY
                run_journey(self.session, item, nextitem)
                return True

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, None, None]:
        with self._noting(item), self._bounded("setting up"):
            if (kept_out := item.stash.get(KEPT_OUT, None)) is not None:
                raise kept_out
            yield

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None, None, None]:
        with self._noting(item), self._bounded("tearing down"):
            yield

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, None, None]:
        check = item.stash[CHECK]
        allure_labels.describe(check, self.session.plan, self.session.target.base_url)
        if check.kind is CheckKind.PROBE:
            with self._noting(item):
                return (yield)
        try:
            with deadline(CHECK_LIMIT_S, self.session.run_ends, self.session.loop):
                yield
        except RunTimeoutError:
            self._stop(item, f"the time-out of {self.session.plan.point.timeout_s:g} s stopped the run")
            pytest.fail("the run's time-out is over", pytrace=False)
        except (KeyboardInterrupt, pytest.exit.Exception):
            raise
        except BaseException as error:
            self._close(item, error)
            raise
        if found := self._close(item, None):
            pytest.fail(told(found), pytrace=False)
        return None

    def _close(self, item: pytest.Item, error: BaseException | None) -> list[Finding]:
        record = item.stash[RECORD]
        try:
            with self._bounded("looking at what it left"):
                return close_attempt(self.session, item.stash[CHECK], record, item.stash.get(JOURNEY, None), error)
        except TimeoutError as late:
            if not record.findings:  # otherwise only evidence is missing
                unjudged = () if error is None else (finding_of(error).rule,)
                record.findings.append(replace(finding_of(late), evidence=unjudged))
            return record.findings

    @contextlib.contextmanager
    def _bounded(self, what: str) -> Iterator[None]:
        """End what surrounds a journey where the browser does not answer; raises TimeoutError, which is ours to mend.

        The end of the run does not end it: accounts are signed out and data removed even then.
        """
        try:
            with deadline(AROUND_LIMIT_S, math.inf, self.session.loop):
                yield
        except DeadlineExceeded:
            raise TimeoutError(f"{what} took more than {AROUND_LIMIT_S:g} s") from None

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
        record = self._items[report.nodeid].stash.get(RECORD, None)
        if report.failed and isinstance(report, SubtestReport) and record is not None:
            said = report.longreprtext.strip().splitlines() or ["failed"]
            rule = self.session.scrubber.text(f"subtest {report.context.msg or ''}: {said[-1]}")
            record.findings.append(Finding(rule=rule, blame=Blame.ASSERTION))
        if report.when == "teardown" and (observation := getattr(report, "smoke_observation", None)):
            self.session.observed(observation)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        scrub_report(report, self.session.scrubber)
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
