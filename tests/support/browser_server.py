"""A real Playwright server (``playwright run-server``), where it may be on a machine of its own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from json import dumps
from pathlib import Path
from urllib.parse import quote

import playwright

from smoke.browser.find import find_browser
from smoke.browser.launch import launch_options

PACKAGE = Path(playwright.__path__[0]) / "driver" / "package"
TOKEN = "wS7-canary-9f3e1b"
ALONE = ("unshare", "--map-root-user", "--net", "--")
"""Linux gives what follows a network of its own, in which there is nothing else."""
RELAY = """
import fcntl, os, socket, struct, subprocess, sys, threading, time
with socket.socket() as any_socket:  # ip link set lo up
    fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh", b"lo", 1))
server = subprocess.Popen(sys.argv[3:], stdout=subprocess.PIPE, text=True)
port = int(server.stdout.readline().rpartition(":")[2].partition("/")[0])
print("up", server.pid, flush=True)

def pass_on(source, sink):
    try:
        while data := source.recv(65536):
            time.sleep(float(sys.argv[2]))
            sink.sendall(data)
    except OSError:
        pass
    for each in (source, sink):
        try:
            each.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

door = socket.socket(fileno=int(sys.argv[1]))
while True:
    client, _ = door.accept()
    there = socket.create_connection(("127.0.0.1", port))
    for pair in ((client, there), (there, client)):
        threading.Thread(target=pass_on, args=pair, daemon=True).start()
"""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that is up."""

    port: int
    process: subprocess.Popen[str]
    """Whoever passes on between its network and ours."""
    pid: int
    """Of the server itself."""

    def kill(self) -> None:
        """End it, as a machine ends that is switched off."""
        os.killpg(self.process.pid, signal.SIGKILL)

    def address(self, *args: str, path: str = TOKEN) -> str:
        """Return where it starts this machine's browser, with these switches; a token is in it."""
        options = launch_options(find_browser(environ=_own()))
        wanted = {"executablePath": options.get("executable_path"), "args": [*options["args"], *args]}
        said = quote(dumps({name: value for name, value in wanted.items() if value}))
        return f"ws://127.0.0.1:{self.port}/{path}?launch-options={said}"


def _own() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "SMOKE_BROWSER_WS"}


def can_be_alone() -> bool:
    """Tell whether this system lets us give a process a network of its own."""
    return shutil.which("unshare") is not None and subprocess.run([*ALONE, "true"], check=False).returncode == 0


@contextmanager
def browser_server(package: Path = PACKAGE, *, alone: bool = True, away_s: float = 0.0) -> Iterator[Server]:
    """Run a server that is so many seconds away, there and back twice that.

    ``alone``: where the system allows it, it reaches nothing but who asks it; else it is beside us. ``package`` is
    Playwright's driver, if not this environment's.
    """
    program = [str(PACKAGE.parent / "node"), str(package / "cli.js")]
    command = [*program, "run-server", "--host", "127.0.0.1", "--port", "0", "--path", f"/{TOKEN}", "--unsafe"]
    apart = ALONE if alone and can_be_alone() else ()
    with socket.create_server(("127.0.0.1", 0)) as door:
        relay = [*apart, sys.executable, "-c", RELAY, str(door.fileno()), str(away_s), *command]
        process = subprocess.Popen(
            relay, stdout=subprocess.PIPE, text=True, pass_fds=[door.fileno()], start_new_session=True
        )
        assert process.stdout
        try:
            yield Server(door.getsockname()[1], process, int(process.stdout.readline().split()[1]))
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            process.stdout.close()
