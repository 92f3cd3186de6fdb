"""The entry point for pytest: does nothing unless a session collects checks."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from smoke.judging.judged import Run
    from smoke.running.session import Session
    from smoke.settings import Settings

NAME = "smoke-session"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a journey be aimed from pytest's own command line."""
    group = parser.getgroup("smoke")
    group.addoption("--suite", help="suite: a folder of config/suites (SMOKE_SUITE)")
    group.addoption("--env", help="environment of the suite (SMOKE_ENV)")
    group.addoption("--point", default="local", help="execution point (default: local)")


def pytest_configure(config: pytest.Config) -> None:
    """Register the mark that @check sets, and have what helps journeys say what its assertions saw, too."""
    pytest.register_assert_rewrite("e2e")
    config.addinivalue_line("markers", "smoke_check(id): the check that this test is; set by @check")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect the probes of a suite like a test file."""
    if file_path.name != "checks.yaml" or file_path.parent.parent.name != "suites":
        return None
    from smoke.running.probe_items import ProbesFile

    return ProbesFile.from_parent(parent, path=file_path)


def pytest_collectstart(collector: pytest.Collector) -> None:
    """Give what lies below the project's ``e2e/`` the fixtures of journeys, before a conftest.py there adds its own."""
    if isinstance(collector, pytest.Directory) and collector.path == collector.config.rootpath / "e2e":
        from smoke.running import fixtures

        collector.session._fixturemanager.parsefactories(holder=fixtures, node=collector)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Open a session of our own when checks are run by plain pytest."""
    if config.option.collectonly or not any(item.get_closest_marker("smoke_check") for item in items):
        return
    from smoke.running.session_plugin import SessionPlugin
    from smoke.running.stash import SESSION

    if SESSION not in config.stash:
        desk = Desk(config)
        config.pluginmanager.register(desk, NAME)
        plugin = SessionPlugin(desk.session)
        config.pluginmanager.register(plugin)
        plugin.pytest_collection_modifyitems(config, items)  # pytest calls only those known before this hook began


class Desk:
    """A run that was started by plain pytest: pytest reports it, we add the verdict."""

    def __init__(self, config: pytest.Config) -> None:
        from smoke.browser.choice import BrowserMissing
        from smoke.config.problems import ConfigError
        from smoke.reporting.progress import Progress
        from smoke.running.launch import begin
        from smoke.running.opening import open_session
        from smoke.running.outputs import refuse_screenshots
        from smoke.running.printed import scrubbed_prints
        from smoke.running.reports import reports_folder

        self.run: Run | None = None
        refuse_screenshots(config)
        self._config = config
        try:
            self.settings = _settings(config)
            with ExitStack() as stack:
                stack.enter_context(reports_folder(self.settings.reports))
                self.session: Session = stack.enter_context(
                    open_session(begin(self.settings, stack), self.settings, Progress())
                )
                if config.option.capture == "no":
                    stack.enter_context(scrubbed_prints(self.session.scrubber))
                self._opened = stack.pop_all()
        except ConfigError as error:
            raise pytest.UsageError(str(error)) from error
        except BrowserMissing as error:
            pytest.exit(str(error), returncode=3)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Plan just what pytest's own selection (-k, ::name) left: nothing else was asked for."""
        from smoke.running.stash import CHECK

        left = {item.stash[CHECK].id for item in session.items}
        planned = self.session.plan
        self.session.plan = replace(planned, checks=tuple(check for check in planned.checks if check.id in left))

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(self) -> Generator[None, None, None]:
        """Judge the run once its last fixture is gone."""
        from smoke.reporting.document import write
        from smoke.running.concluding import conclude

        with self._opened:
            try:
                yield
            finally:
                self.run = conclude(self.session, self.settings)
                write(self.run, self.settings.reports)

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        """Sweep what pytest and its plugins wrote elsewhere, once it is whole."""
        from smoke.running.outputs import asked
        from smoke.secrets.sweeping import sweep

        sweep((path for _, path in asked(self._config)), self.session.scrubber)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say the verdict below pytest's own summary."""
        if self.run is not None:
            terminalreporter.write_line(f"smoke: {self.run.verdict}: {self.run.reason}")


def _settings(config: pytest.Config) -> Settings:
    import os

    from smoke.settings import find_root, resolve

    option = config.option
    given = {
        "suite": option.suite or _suite_of_arguments(config),
        "env": option.env,
        "base_url": getattr(option, "base_url", None),
        "browser": option.browser[0] if option.browser else None,
        "headed": option.headed,
        "slowmo": option.slowmo,
    }
    return resolve(given, point=option.point, root=find_root(config.rootpath), environ=os.environ)


def _suite_of_arguments(config: pytest.Config) -> str | None:
    """Return the suite whose folder or file was named on the command line, if it is just one."""
    names = set()
    for argument in config.args:
        parts = Path(argument.partition("::")[0]).resolve().parts
        for folder in ("e2e", "suites"):
            if folder in parts[:-1]:
                names.add(parts[parts.index(folder) + 1])
    return names.pop() if len(names) == 1 else None
