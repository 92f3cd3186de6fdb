"""Starting and ending the application."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from smoke.demo.breaks import Break
from smoke.demo.options import DemoOptions
from smoke.demo.process import DemoError, start
from tests.demo.client import Client, Demo

ROOT = Path(__file__).parents[2]
PARENT = """
import sys
from smoke.demo.process import start
with start() as demo:
    print(demo.base_urls["betterprompts"], flush=True)
    sys.stdin.read()
"""


def connect(url: str) -> socket.socket:
    address = urlsplit(url)
    return socket.create_connection((address.hostname, address.port), timeout=10)


def test_application_ends_with_its_block() -> None:
    """After the block nobody listens at the address and the process is gone."""
    with start(DemoOptions(breaks=frozenset({Break.LOGIN_ERROR}))) as process:
        demo = Demo(process)
        assert demo.visitor().post("/api/v1/auth/login").status == 500
    with pytest.raises(ConnectionRefusedError):
        connect(demo.base_url)
    with pytest.raises(ProcessLookupError):
        os.kill(process.pid, 0)


def test_application_dies_with_its_parent() -> None:
    """A parent that is killed takes the application with it."""
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        url = parent.stdout.readline().strip()
        with connect(url) as connection:
            parent.kill()
            assert connection.recv(1) == b""


def test_taken_port_is_a_clear_error() -> None:
    """An application that cannot start says why."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        options = DemoOptions(port=taken.getsockname()[1])
        with (
            pytest.raises(DemoError, match=r"ended before it was ready: cannot serve on 127\.0\.0\.1:\d+"),
            start(options),
        ):
            pass


def test_start_is_bounded() -> None:
    """An application that is not ready in time is given up."""
    with pytest.raises(DemoError, match=r"was not ready after 0\.001 s"), start(timeout_s=0.001):
        pass


def test_secrets_are_new_each_time_and_hidden(demo: Demo, spare: Demo) -> None:
    """Two starts share no secret, and printing a process shows none."""
    assert demo.password != spare.password
    assert demo.totp_secret != spare.totp_secret
    for secret in (demo.password, demo.totp_secret, demo.process.control_token):
        assert secret not in repr(demo.process)


def test_address_and_accounts_are_handed_over(demo: Demo) -> None:
    """The variables are those that the harness reads."""
    assert set(demo.process.environ) == {"SMOKE_BASE_URL", "SMOKE_TEST_PASSWORD", "SMOKE_TEST_TOTP_SECRET"}
    assert demo.process.environ["SMOKE_BASE_URL"] == demo.base_url


def test_person_gets_addresses_and_a_private_file(tmp_path: Path) -> None:
    """Where it is and where the accounts are, and how it is checked; Ctrl-C ends it quietly, in mid-request."""
    file = tmp_path / "hand off.env"
    with subprocess.Popen(
        [sys.executable, "-m", "smoke.demo", "--break", "slow", "--handoff", str(file)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        said, way = "", process.stdout.readline()
        while way and not way.startswith("To check it"):
            said, way = said + way, process.stdout.readline()
        handed = dict(entry.split("=", 1) for entry in file.read_text().splitlines())
        mode = stat.S_IMODE(file.stat().st_mode)
        with connect(handed["SMOKE_BASE_URL"]) as waiting:
            waiting.sendall(b"GET / HTTP/1.1\r\nHost: demo\r\n\r\n")
            assert Client(handed["SMOKE_BASE_URL"]).get("/health").status == 200
            command = way.partition(": ")[2].replace("smoke run", "printenv SMOKE_BASE_URL SMOKE_TEST_PASSWORD")
            found = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True).stdout.split()
            process.send_signal(signal.SIGINT)
            rest, errors = process.communicate(timeout=10)
    assert (process.returncode, rest, errors) == (0, "", "")
    assert found == [handed["SMOKE_BASE_URL"], handed["SMOKE_TEST_PASSWORD"]]
    assert handed["SMOKE_BASE_URL"] in said
    assert str(file) in said
    assert mode == 0o600
    assert handed["SMOKE_TEST_PASSWORD"] not in said + way
    assert not file.exists()
