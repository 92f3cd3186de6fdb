"""The processes that a run is made of."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable

from sabotage.case import Exit, sabotage
from sabotage.ended import Ended
from sabotage.family import POLL_S, Process
from sabotage.ground import Going, Ground
from sabotage.shop import shop
from sabotage.target import PATIENCE_S


def begun(ground: Ground) -> Going:
    """Start a run and return once its journey waits for the target, which holds its answer back."""
    shop(ground, timeout_ms=8_000, timeout_s=15)
    going = ground.begin()
    if not ground.target.held.wait(PATIENCE_S):
        going.end(0)
        raise LookupError("the journey never began")
    return going


def struck(ground: Ground, kind: Callable[[Process], bool], number: signal.Signals) -> Ended:
    """Send a signal to one of a run's processes while its journey waits."""
    going = begun(ground)
    going.family.one(kind).send(number)
    return going.end()


@sabotage("browser-killed", "the browser is killed mid-journey", Exit.INCONCLUSIVE, says="browser was gone")
def browser_killed(ground: Ground) -> Ended:
    return struck(ground, lambda process: process.is_browser, signal.SIGKILL)


@sabotage("browser-frozen", "the browser stands still mid-journey", Exit.INCONCLUSIVE, says="shop.opens")
def browser_frozen(ground: Ground) -> Ended:
    return struck(ground, lambda process: process.is_browser, signal.SIGSTOP)


@sabotage(
    "driver-killed",
    "Playwright's driver is killed mid-journey",
    Exit.INCONCLUSIVE,
    says="shop.opens could not be judged",
)
def driver_killed(ground: Ground) -> Ended:
    return struck(ground, lambda process: process.is_driver, signal.SIGKILL)


@sabotage("driver-frozen", "Playwright's driver stands still mid-journey", Exit.INCONCLUSIVE, says="")
def driver_frozen(ground: Ground) -> Ended:
    return struck(ground, lambda process: process.is_driver, signal.SIGSTOP)


@sabotage("work-killed", "the process that does the work is killed", Exit.INCONCLUSIVE, says="signal SIGKILL ended it")
def work_killed(ground: Ground) -> Ended:
    going = begun(ground)
    going.family.one(lambda process: process.is_harness and process.parent == going.child.pid).send(signal.SIGKILL)
    return going.end()


@sabotage("cancelled", "the run is told to end (SIGTERM)", Exit.INCONCLUSIVE, says="interrupted")
def cancelled(ground: Ground) -> Ended:
    going = begun(ground)
    going.child.send_signal(signal.SIGTERM)
    return going.end()


@sabotage(
    "harness-killed", "kill -9 of the harness; the next run tells of it", Exit.KILLED, says="vanished: no verdict"
)
def harness_killed(ground: Ground) -> Ended:
    going = begun(ground)
    going.child.kill()
    ended = going.end()
    ground.target.release.set()
    following = ground.run("--check", "health.root")
    return Ended(
        code=ended.code,
        verdict=ended.verdict,
        said=f"{ended.said}\n{following.said}",
        seconds=ended.seconds + following.seconds,
        left=(*ended.left, *following.left),
    )


@sabotage("probes-dead", "the thread of the probes dies", Exit.INCONCLUSIVE, says="health.root")
def probes_dead(ground: Ground) -> Ended:
    body = """\
    for thread in threading.enumerate():
        if thread.name == "smoke-probes":
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(SystemExit))
    """
    shop(ground, body, imports="import ctypes\nimport threading")
    ground.write("config/suites/shop/checks.yaml", HELD)
    return ground.run()


HELD = """\
probes:
  - id: health.root
    title: The service is healthy
    category: api-health
    request: GET /held
    expect: {status: 200}
"""


@sabotage(
    "application-killed", "the embedded application is killed mid-run", Exit.INCONCLUSIVE, says="embedded application"
)
def application_killed(ground: Ground) -> Ended:
    sign = ground.folder / "begun"
    body = f"""\
    page.goto("./")
    Path({str(sign)!r}).touch()
    expect(page.get_by_test_id("in-no-page")).to_be_visible()
    """
    shop(ground, body, imports="from pathlib import Path", url="embedded:betterprompts", timeout_ms=3000)
    going = ground.begin("--check", "shop")
    application = going.family.one(lambda process: process.is_application)
    while going.child.poll() is None and not sign.exists():
        threading.Event().wait(POLL_S)
    application.send(signal.SIGKILL)
    return going.end()
