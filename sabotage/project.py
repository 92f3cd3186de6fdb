"""The project that is run: its configuration, and journeys that do not look."""

from __future__ import annotations

from sabotage.case import Exit, sabotage
from sabotage.ended import Ended
from sabotage.ground import Ground
from sabotage.shop import OPENS, shop

WRONG = 'expect(page.get_by_role("heading")).to_have_text("Shut", timeout=200)'
SWALLOWED = f"""\
page.goto("./")
try:
    {WRONG}
except AssertionError:
    pass
"""
SUPPRESSED = f"""\
page.goto("./")
with contextlib.suppress(Exception):
    {WRONG}
"""
PAGE = f"""\
from playwright.sync_api import expect


def is_shut(page):
    page.goto("./")
    try:
        {WRONG}
    except:
        return True
"""
SUITE = "config/suites/shop/suite.yaml"


@sabotage("nothing-collected", "pytest is told to leave the journeys alone", Exit.INCONCLUSIVE, says="was not run")
def nothing_collected(ground: Ground) -> Ended:
    shop(ground)
    ground.write("e2e/conftest.py", 'collect_ignore_glob = ["*"]\n')
    return ground.run("--check", "shop")


@sabotage("no-checks", "the suite has neither journeys nor probes", Exit.CONFIGURATION, says="no check is left")
def no_checks(ground: Ground) -> Ended:
    shop(ground)
    ground.write("config/suites/shop/checks.yaml", "probes: []\n")
    ground.write("e2e/shop/test_opens.py", "")
    return ground.run()


@sabotage("all-skipped", "every journey is skipped", Exit.INCONCLUSIVE, says="skipped")
def all_skipped(ground: Ground) -> Ended:
    shop(ground, imports="import pytest\n\npytestmark = pytest.mark.skip(reason='later')")
    return ground.run("--check", "shop")


@sabotage("category-empty", "a category is asked for that has no check", Exit.CONFIGURATION, says="no check is left")
def category_empty(ground: Ground) -> Ended:
    shop(ground)
    return ground.run("--category", "database")


@sabotage("config-unreadable", "suite.yaml is not text", Exit.CONFIGURATION, says="suite.yaml")
def config_unreadable(ground: Ground) -> Ended:
    shop(ground)
    (ground.project / SUITE).write_bytes(b"\xff\xfe\x00title: \x80")
    return ground.run()


@sabotage("config-broken", "suite.yaml is not YAML", Exit.CONFIGURATION, says="suite.yaml")
def config_broken(ground: Ground) -> Ended:
    shop(ground)
    ground.write(SUITE, "title: [Shop\n")
    return ground.run()


@sabotage("config-empty", "suite.yaml is empty", Exit.CONFIGURATION, says="suite.yaml")
def config_empty(ground: Ground) -> Ended:
    shop(ground)
    ground.write(SUITE, "")
    return ground.run()


@sabotage("points-empty", "execution-points.yaml is empty", Exit.CONFIGURATION, says="execution-points.yaml")
def points_empty(ground: Ground) -> Ended:
    shop(ground)
    ground.write("config/execution-points.yaml", "")
    return ground.run()


@sabotage("config-is-a-folder", "a folder is in the place of checks.yaml", Exit.CONFIGURATION, says="checks.yaml")
def config_is_a_folder(ground: Ground) -> Ended:
    shop(ground)
    (ground.project / "config/suites/shop/checks.yaml").unlink()
    (ground.project / "config/suites/shop/checks.yaml").mkdir()
    return ground.run()


def swallowing(ground: Ground, body: str, imports: str = "") -> Ended:
    """Run a journey that sees something wrong and says nothing of it."""
    shop(ground, body, imports=imports)
    ground.target.release.set()
    return ground.run("--check", "shop")


@sabotage("assertion-swallowed", "a journey swallows its assertion", Exit.CONFIGURATION, says="test_opens.py")
def assertion_swallowed(ground: Ground) -> Ended:
    return swallowing(ground, SWALLOWED)


@sabotage("assertion-suppressed", "a journey suppresses its assertion", Exit.CONFIGURATION, says="test_opens.py")
def assertion_suppressed(ground: Ground) -> Ended:
    return swallowing(ground, SUPPRESSED, "import contextlib")


@sabotage(
    "assertion-swallowed-by-page",
    "a page object swallows an assertion",
    Exit.CONFIGURATION,
    says="page_objects/shop/home.py",
)
def assertion_swallowed_by_page(ground: Ground) -> Ended:
    ground.write("page_objects/shop/home.py", PAGE)
    return swallowing(ground, "is_shut(page)", "from page_objects.shop.home import is_shut")


@sabotage("journey-exits", "a journey ends the process with exit code 0", Exit.INCONCLUSIVE, says="said no verdict")
def journey_exits(ground: Ground) -> Ended:
    return swallowing(ground, "os._exit(0)", "import os")


@sabotage("journey-ends-pytest", "a journey ends pytest with exit code 0", Exit.INCONCLUSIVE, says="0 of 1 check")
def journey_ends_pytest(ground: Ground) -> Ended:
    return swallowing(ground, 'pytest.exit("enough", returncode=0)', "import pytest")


@sabotage(
    "import-exits",
    "a file of journeys ends Python with exit code 0 while it is read",
    Exit.INCONCLUSIVE,
    says="ended Python with exit code 0",
)
def import_exits(ground: Ground) -> Ended:
    return swallowing(ground, OPENS, "import sys\n\nsys.exit(0)")


@sabotage("journey-endless", "a journey never ends", Exit.INCONCLUSIVE, says="time-out of 8 s")
def journey_endless(ground: Ground) -> Ended:
    shop(ground, "while True:\n    page.title()", timeout_s=8)
    return ground.run("--check", "shop")


@sabotage("journey-deaf", "a journey waits for ever and hears no alarm", Exit.INCONCLUSIVE, says="did not end")
def journey_deaf(ground: Ground) -> Ended:
    body = "signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})\nthreading.Event().wait()"
    shop(ground, body, imports="import signal\nimport threading", timeout_s=8)
    return ground.run("--check", "shop")
