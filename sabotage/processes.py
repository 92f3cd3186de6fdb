"""The processes that a run is made of."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

from sabotage.case import Exit, sabotage
from sabotage.ended import Ended
from sabotage.family import POLL_S, Process
from sabotage.ground import Going, Ground
from sabotage.shop import OPENS, shop
from sabotage.target import PATIENCE_S


def begun(ground: Ground, timeout_s: int = 30) -> Going:
    """Start a run and return once its journey waits for the target, which holds its answer back."""
    shop(ground, timeout_ms=8_000, timeout_s=timeout_s)
    going = ground.begin()
    if not ground.target.held.wait(PATIENCE_S):
        raise TimeoutError("the journey never began")
    return going


def signed(going: Going, sign: Path) -> None:
    """Wait until the journey of a run has written the file ``sign``; raises TimeoutError where it does not."""
    ends = time.monotonic() + PATIENCE_S
    while not sign.exists():
        if time.monotonic() > ends or going.child.poll() is not None:
            raise TimeoutError("the journey never came to where it was to be sabotaged")
        threading.Event().wait(POLL_S)


def struck(ground: Ground, kind: Callable[[Process], bool], number: signal.Signals, timeout_s: int = 30) -> Ended:
    """Send a signal to one of a run's processes while its journey waits."""
    going = begun(ground, timeout_s)
    going.family.one(kind).send(number)
    return going.end()


@sabotage("browser-killed", "the browser is killed mid-journey", Exit.INCONCLUSIVE, says="browser was gone")
def browser_killed(ground: Ground) -> Ended:
    return struck(ground, lambda process: process.is_browser, signal.SIGKILL)


@sabotage(
    "browser-frozen",
    "the browser stands still mid-journey",
    Exit.INCONCLUSIVE,
    says="stands still: it answered",
)
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


@sabotage("driver-frozen", "Playwright's driver stands still mid-journey", Exit.INCONCLUSIVE, says="time-out of 15 s")
def driver_frozen(ground: Ground) -> Ended:
    return struck(ground, lambda process: process.is_driver, signal.SIGSTOP, timeout_s=15)


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


@sabotage("probes-dead", "the thread of the probes dies", Exit.INCONCLUSIVE, says="thread of the probes died")
def probes_dead(ground: Ground) -> Ended:
    sign = ground.folder / "struck"
    body = f"""\
{OPENS.replace("Open", "Shop")}
(thread,) = (each for each in threading.enumerate() if each.name == "smoke-probes")
ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(SystemExit))
Path({str(sign)!r}).touch()
"""
    imports = "import ctypes\nimport threading\nfrom pathlib import Path"
    shop(ground, body, imports=imports, timeout_ms=20_000)
    ground.write("config/suites/shop/checks.yaml", HELD)
    going = ground.begin()
    signed(going, sign)
    ground.target.release.set()  # the thread dies when next it has something to do
    return going.end()


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
    signed(going, sign)
    application.send(signal.SIGKILL)
    return going.end()
