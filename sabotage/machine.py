"""The machine that smoke runs on: its browser, its disk, its clock."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from functools import cache

from sabotage.case import Exit, sabotage
from sabotage.ended import Ended
from sabotage.ground import Ground, NotPossibleError
from sabotage.shop import OPENS, shop

FULL = 'mount -t tmpfs -o size=64k tmpfs {folder} && exec "$@"'
READ_ONLY = 'mount -t tmpfs -o ro tmpfs {folder} && exec "$@"'


@cache
def own_mounts() -> tuple[str, ...]:
    """Return the command that starts a program with mounts of its own; raises NotPossibleError."""
    for way in (("unshare", "--mount"), ("unshare", "--user", "--map-root-user", "--mount")):
        try:
            done = subprocess.run([*way, "sh", "-c", "mount -t tmpfs tmpfs /tmp"], check=False, capture_output=True)
        except OSError:
            break
        if done.returncode == 0:
            return way
    raise NotPossibleError("nobody here may mount anything (unshare --mount)")


def mounted(ground: Ground, folder: str, how: str) -> Sequence[str]:
    """Return the command that starts a program with something mounted over a folder of the ground."""
    place = ground.folder / folder
    place.mkdir(parents=True, exist_ok=True)
    return (*own_mounts(), "sh", "-c", how.format(folder=place), "sh")


@sabotage("browser-missing", "the browser is not where it should be", Exit.INCONCLUSIVE, says="does not exist")
def browser_missing(ground: Ground) -> Ended:
    shop(ground)
    return ground.run(SMOKE_BROWSER_PATH="/no/such/browser")


@sabotage("browser-broken", "the browser ends as soon as it is started", Exit.INCONCLUSIVE, says="does not start")
def browser_broken(ground: Ground) -> Ended:
    shop(ground)
    return ground.run(SMOKE_BROWSER_PATH="/bin/true")


@sabotage("reports-taken", "a file is in the place of reports/", Exit.CONFIGURATION, says="--reports")
def reports_taken(ground: Ground) -> Ended:
    shop(ground)
    ground.write("reports", "taken")
    return ground.run()


@sabotage("reports-read-only", "reports/ cannot be written to", Exit.CONFIGURATION, says="Read-only file system")
def reports_read_only(ground: Ground) -> Ended:
    shop(ground)
    return ground.run(through=mounted(ground, "project/reports", READ_ONLY))


@sabotage("disk-full", "reports/ has room for 64 KiB", Exit.INCONCLUSIVE, Exit.FAIL, says="No space left on device")
def disk_full(ground: Ground) -> Ended:
    shop(ground, OPENS.replace("Open", "Shut"))
    ground.target.release.set()
    return ground.run(through=mounted(ground, "project/reports", FULL))


@sabotage("no-temporary-files", "no temporary file can be made", Exit.INCONCLUSIVE, says="no space left on device")
def no_temporary_files(ground: Ground) -> Ended:
    shop(ground)
    ground.target.release.set()
    return ground.run(through=mounted(ground, "tmp", FULL.replace("size=64k", "nr_inodes=1")))


def with_jump(ground: Ground, seconds: int) -> Ended:
    """Run a journey in whose midst the wall clock jumps."""
    shop(ground, f"{OPENS}time.time = lambda: real() + {seconds}", imports="import time\n\nreal = time.time")
    ground.target.release.set()
    return ground.run()


@sabotage("clock-jumps-ahead", "the wall clock jumps an hour ahead", Exit.INCONCLUSIVE, says="clock")
def clock_ahead(ground: Ground) -> Ended:
    return with_jump(ground, 3600)


@sabotage("clock-jumps-back", "the wall clock jumps an hour back", Exit.INCONCLUSIVE, says="clock")
def clock_back(ground: Ground) -> Ended:
    return with_jump(ground, -3600)
