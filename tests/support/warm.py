"""Runs the program in a process of its own, forked from one that has its modules: most of what a start costs is those.

Everything else is as a shell would have it: arguments, folder, environment, output, exit code, whatever runs beside it.
A test about the start itself, or about signals, calls ``python -m smoke``.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

ROOT = Path(__file__).parents[2]
LONGEST_S = 240.0
LENGTH = 4
"""Bytes that say how long a request is."""
TURN = threading.Lock()
OTHERS = (
    "allure_pytest.plugin",
    "anyio._backends._asyncio",
    "playwright.sync_api",
    "pytest_playwright.pytest_playwright",
    "rich.console",
    "rich.table",
    "smoke.cli",
)
ROOMS = ("bundle", "channels", "commands", "reporting", "running", "sinks")


def smoke(*arguments: object, cwd: Path, environ: Mapping[str, str] = os.environ) -> subprocess.CompletedProcess[str]:
    """Run ``smoke …`` in ``cwd``, with ``environ`` and no other variables; raises TimeoutExpired."""
    command = ["smoke", *map(str, arguments)]
    request = json.dumps({"argv": command, "cwd": str(cwd), "environ": {**environ}}).encode()
    ours, theirs = socket.socketpair()
    ours.settimeout(LONGEST_S)
    with ours, ours.makefile() as told, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        with theirs, TURN:
            server, files = _server(), [out.fileno(), err.fileno(), theirs.fileno()]
            socket.send_fds(server, [len(request).to_bytes(LENGTH)], files)
            server.sendall(request)
        pid = int(told.readline())
        try:
            code = int(told.readline())
        except TimeoutError:
            os.kill(pid, signal.SIGKILL)
            raise subprocess.TimeoutExpired(command, LONGEST_S) from None
        return subprocess.CompletedProcess(command, code, *(_text(file.fileno()) for file in (out, err)))


def _text(file: int) -> str:
    return os.pread(file, os.fstat(file).st_size, 0).decode()


@cache
def _server() -> socket.socket:
    """Start what forks; it ends when this process does."""
    ours, theirs = socket.socketpair()
    with theirs:
        command = [sys.executable, "-c", "from tests.support import warm; warm.serve()", str(theirs.fileno())]
        server = subprocess.Popen(command, cwd=ROOT, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL)
    atexit.register(lambda: (ours.close(), server.wait()))
    return ours


def serve() -> None:
    """Fork a process for each request that comes, and one that tells how it ended."""
    door = socket.socket(fileno=int(sys.argv[1]))
    _load()
    while True:
        length, files, *_ = socket.recv_fds(door, LENGTH, 3)
        if not length:
            return
        request = door.recv(int.from_bytes(length), socket.MSG_WAITALL)
        if os.fork() == 0:
            door.close()
            _tell(json.loads(request), *files)
        for file in files:
            os.close(file)
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                continue


def _load() -> None:
    """Load what a run needs from its beginning to its end, and make what is made at its first use."""
    import smoke
    from smoke.bundle import rendering
    from tests.support.project import a_project

    folders = {f"smoke.{room}.": f"{smoke.__path__[0]}/{room}" for room in ROOMS}
    rooms = (each.name for start, folder in folders.items() for each in iter_modules([folder], start))
    for name in (*OTHERS, *(each for each in rooms if "._" not in each)):  # what begins so needs an extra
        importlib.import_module(name)
    for page in ("page.html", "list.html"):
        rendering._template(page)
    with tempfile.TemporaryDirectory() as folder:
        a_project(Path(folder)).load()
    gc.collect()
    gc.freeze()  # else each child copies what it only counts


def _tell(request: dict[str, Any], out: int, err: int, to: int) -> None:
    """Fork the program, and tell its process id and exit code; does not return."""
    child = os.fork()
    if child == 0:
        os.close(to)
        _be(request, out, err)
    with socket.socket(fileno=to) as told:
        told.sendall(f"{child}\n".encode())
        told.sendall(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n".encode())
    os._exit(0)


def _be(request: dict[str, Any], out: int, err: int) -> None:
    """Be the program; does not return."""
    code: object = 1
    try:
        for target, file in ((1, out), (2, err)):
            os.dup2(file, target)
            os.close(file)
        os.chdir(request["cwd"])
        os.environ.clear()
        os.environ.update(request["environ"])
        time.tzset()
        sys.path[0], sys.argv = request["cwd"], request["argv"]
        from smoke.cli import main

        code = main()
    except SystemExit as end:
        code = end.code
    except BaseException:  # noqa: BLE001 - else it would go on as the one that forks
        traceback.print_exc()
    threading._shutdown()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 1)
