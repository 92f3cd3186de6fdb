"""Runs the planned checks: journeys under pytest, probes beside it."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from smoke.config.paths import SUITES, journeys_of
from smoke.judging.blame import one_line
from smoke.model import CheckKind
from smoke.running.gathering import begin_probes, gather_probes
from smoke.running.reports import ALLURE
from smoke.running.session import Session
from smoke.settings import Settings

OWN_PLUGINS = ("pytest_playwright.pytest_playwright", "allure_pytest.plugin", "smoke.running.plugin")
"""All that a run needs of what is installed; others are named on the command line or by the project's own settings."""
UNNEEDED = ("unraisableexception", "threadexception")
"""Plugins of pytest that make warnings of what nobody reads; at the end they look through all memory five times."""


def run_checks(session: Session, settings: Settings, pytest_args: Sequence[str]) -> None:
    """Run the planned checks; what they showed is in ``session`` afterwards. Raises BrowserMissing.

    Journeys run under pytest, and so do probes where pytest's own options may be about them.
    """
    kinds = {check.kind for check in session.plan.checks}
    if pytest_args:
        _under_pytest(session, settings, kinds, pytest_args)
    else:
        begin_probes(session)
        if CheckKind.JOURNEY in kinds:
            _under_pytest(session, settings, {CheckKind.JOURNEY}, ())
        gather_probes(session)
    session.troubles += session.probes.clean_up()


def _under_pytest(session: Session, settings: Settings, kinds: set[CheckKind], pytest_args: Sequence[str]) -> None:
    import pytest

    from smoke.running.broken import Broken
    from smoke.running.outputs import KeptBack
    from smoke.running.printed import scrubbed_prints
    from smoke.running.session_plugin import Quiet, SessionPlugin
    from smoke.running.shown import Shown

    places = {
        CheckKind.JOURNEY: journeys_of(settings.root, settings.suite),
        CheckKind.PROBE: settings.root / SUITES / settings.suite / "checks.yaml",
    }
    arguments = [
        *(str(place) for kind, place in places.items() if kind in kinds),
        f"--rootdir={settings.root}",
        f"--alluredir={session.reports / ALLURE}",
        f"--output={session.reports / 'test-results'}",
        f"--browser={settings.browser}",
        f"--slowmo={settings.slowmo}",
        "--continue-on-collection-errors",
        "-p",
        "no:cacheprovider",
        "-W",
        "ignore::pytest.PytestAssertRewriteWarning",
        *(["--headed"] if settings.headed else []),
        *(["--tb=native"] if session.drill else []),  # nobody reads them, and pytest's own take half the time
        *(pytest_args or ("--disable-plugin-autoload", *(f"-p{name}" for name in OWN_PLUGINS))),
        *(f"-pno:{name}" for name in UNNEEDED),
    ]
    sys.path.insert(0, str(settings.root))  # the project's own page objects, before any that are installed
    kept, plugin = KeptBack(session.reports), SessionPlugin(session)
    others = [Quiet(), Shown(session), Broken(session.troubles), *session.plugins]
    try:
        with scrubbed_prints(session.scrubber):
            code = pytest.main(arguments, plugins=[kept, plugin, *others])
    except Exception as error:  # noqa: BLE001 - whatever breaks pytest itself must end in a verdict
        session.troubles.append(f"pytest broke: {type(error).__name__}: {one_line(str(error))}")
        return
    finally:
        session.troubles += kept.publish(session.scrubber)
    if plugin.missing:
        raise plugin.missing
    if code in (pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR):
        session.troubles.append(f"pytest ended with {pytest.ExitCode(code).name.lower().replace('_', ' ')}")
