"""The function for AWS Lambda, invoked by the real runtime interface client."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from smoke.demo.breaks import Break
from smoke.demo.process import DemoProcess
from smoke.host.children import children
from tests.deploy.conftest import files_below, needs_client
from tests.support.lambda_api import Warm

pytestmark = needs_client
NAMED = {"suite": "betterprompts", "environment": "local", "point": "local"}
PROBES = {**NAMED, "checks": ["health"]}
JOURNEY = {**NAMED, "checks": ["health.root", "login.basic"]}


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """A target that takes connections and says nothing."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield server


def url(server: socket.socket) -> str:
    return f"http://127.0.0.1:{server.getsockname()[1]}"


def was_asked(server: socket.socket) -> bool:
    """Tell whether somebody has connected."""
    server.setblocking(False)
    try:
        server.accept()[0].close()
    except BlockingIOError:
        return False
    return True


@pytest.fixture
def patient(task: Path, tmp_path: Path) -> Path:
    """The function with a project that waits longer for an answer than any of these tests."""
    folder = tmp_path / "patient"
    shutil.copytree(task, folder, symlinks=True)
    (folder / "config").unlink()
    shutil.copytree(task / "config", folder / "config")
    suite = folder / "config" / "suites" / "betterprompts" / "suite.yaml"
    text = suite.read_text()
    assert "timeout_ms: 5000" in text
    suite.write_text(text.replace("timeout_ms: 5000", "timeout_ms: 100000"))
    return folder


def kept(warm: Warm) -> set[str]:
    """What a sandbox keeps in its temporary folder, be it empty."""
    return {
        str(path.relative_to(warm.temporary)) for path in [*warm.temporary.glob("*"), *warm.temporary.glob("smoke/*")]
    } - {"smoke"}


def holders(folder: Path, secrets: list[str]) -> list[Path]:
    """Files that hold one of ``secrets``."""
    needles = [secret.encode() for secret in secrets]
    return [path for path in files_below(folder) if any(needle in path.read_bytes() for needle in needles)]


@pytest.mark.browser
def test_a_healthy_application(sandbox: Callable[..., Warm], demo: DemoProcess) -> None:
    """The verdict of the whole is the answer; what a journey needed is gone, and no secret is anywhere."""
    warm = sandbox(SMOKE_SHARD="1/2", SMOKE_PART_OF="somebody's other run")
    reply = warm.invoke(JOURNEY)
    assert not reply.failed, reply.error
    run_id, reason = reply.body.pop("run_id"), reply.body.pop("reason")
    assert reply.body == {"verdict": "PASS", "exit_code": 0, "failed_category": None, "reports": None}
    assert reason.startswith("all 2 checks passed")
    assert re.fullmatch(r"\d{8}T\d{6}Z-[0-9a-f]{8}", run_id)
    assert "PASS betterprompts at local in local" in warm.log
    assert kept(warm) == {"smoke/state", "smoke/node"}
    secrets = [value for name, value in demo.environ.items() if re.search("PASSWORD|SECRET", name)]
    assert len(secrets) >= 2
    assert holders(warm.temporary.parent, secrets) == []


@pytest.mark.long
def test_no_browser_is_an_error(sandbox: Callable[..., Warm]) -> None:
    """Whatever keeps us from looking fails the function: its alarm and its destination are told why."""
    warm = sandbox(SMOKE_BROWSER_PATH="~/chromium")
    missing = warm.temporary / "smoke" / "run" / "home" / "chromium"
    told = f"INCONCLUSIVE: SMOKE_BROWSER_PATH is {missing}, which does not exist"
    assert warm.invoke(JOURNEY).error.startswith(f"InconclusiveError: betterprompts at local in local: {told}")


def test_a_target_that_hangs(sandbox: Callable[..., Warm], patient: Path, silent: socket.socket) -> None:
    """The run is stopped and says its own verdict before Lambda stops the function without one."""
    warm = sandbox(task=patient, SMOKE_BASE_URL=url(silent))
    for seconds in (51, 60, 120):  # by then even a busy machine has asked the target
        reply = warm.invoke(PROBES, seconds)
        if was_asked(silent):
            break
    assert reply.error.startswith("InconclusiveError: betterprompts at local in local: interrupted after 0 of 3 checks")
    assert reply.error.endswith("stopped 45 s before the time-out of the function")


def test_too_little_time(warm: Warm) -> None:
    """A function whose time-out leaves nothing to look in says so."""
    reply = warm.invoke(PROBES, seconds=40)
    assert reply.error == "InconclusiveError: nothing was looked at: a run needs a time-out of more than 45 s"


def test_a_run_that_is_killed(sandbox: Callable[..., Warm], patient: Path, silent: socket.socket) -> None:
    """What memory's end does to a process is told, nothing is left of the run, and the next invocation works."""
    warm = sandbox(task=patient, SMOKE_BASE_URL=url(silent))
    request_id = warm.begin(PROBES, 240)
    silent.accept()
    (run,) = children(warm.process.pid)
    os.kill(run, signal.SIGKILL)
    reply = warm.api.answered(request_id, 60)
    assert reply.error.endswith("the run said no verdict: it ended with -9")
    assert kept(warm) <= {"smoke/state", "smoke/node"}
    assert warm.invoke({}).error.startswith("ConfigurationError")


@pytest.mark.parametrize(
    ("code", "said", "judged"),
    [
        (0, "PASS", True),
        (0, "FLAKY", True),
        (1, "FLAKY", True),
        (1, "FAIL", True),
        (0, "FAIL", False),
        (1, "PASS", False),
        (3, "INCONCLUSIVE", False),
        (3, "PASS", False),
        (-9, "PASS", False),
        (0, None, False),
    ],
)
def test_exit_code_and_verdict_have_to_agree(code: int, said: str | None, judged: bool, handler: Any) -> None:
    """A run that died after it had written PASS did not tell anybody: it is no PASS."""
    assert handler.is_judged(code, {"verdict": said} if said else {}) is judged


def test_what_ends_by_no_request_is_ended(child: ModuleType, tmp_path: Path) -> None:
    """A run that does not end when it is asked to is killed, with all that it started."""
    os.mkfifo(held := tmp_path / "held")
    open_end = os.open(held, os.O_RDONLY | os.O_NONBLOCK)
    was = signal.signal(signal.SIGTERM, signal.SIG_IGN)  # which children inherit
    try:
        soon = child.Times(time.monotonic() + 1, time.monotonic() + 1.2)
        script = ["sh", "-c", "exec 9>held; sleep 1000 & echo begun; wait"]
        ended = child.run_child(script, tmp_path, dict(os.environ), soon, lambda _line: None)
        assert (ended.code, ended.by_itself) == (-9, False)
        assert os.read(open_end, 1) == b"", "nobody holds it any more"
    finally:
        signal.signal(signal.SIGTERM, was)
        os.close(open_end)


@pytest.mark.parametrize(
    ("event", "told"),
    [
        ({}, ["suite: is required and missing", "environment: is required", "point: is required"]),
        (None, ["is empty; it needs suite and environment and point"]),
        ([], ["event: 1 problem"]),
        ({**NAMED, "suit": "x", "checks": "health"}, ["suit: unknown key; did you mean 'suite'?", "should be a list"]),
        ({**NAMED, "suite": 5, "checks": ["a", 7]}, ["suite: input should be a valid string", "checks[1]: input"]),
        ({**NAMED, "point": "--headed", "environment": ""}, ["point: string should match", "environment: string"]),
        ({**NAMED, "suite": "none"}, ["none"]),
        ({**NAMED, "checks": ["nope"]}, ["nope"]),
    ],
    ids=["nothing", "null", "list", "unknown", "types", "option", "no such suite", "no such check"],
)
def test_a_wrong_event(event: Any, told: list[str], warm: Warm) -> None:
    """All that is wrong with it is said at once, as an error of the function."""
    reply = warm.invoke(event)
    assert reply.error.startswith("ConfigurationError: ")
    assert [text for text in told if text not in reply.error] == [], reply.error


def test_a_warm_sandbox(sandbox: Callable[..., Warm], demo: DemoProcess) -> None:
    """Each run is its own: of an earlier one neither verdict nor files count, be it that it was killed.

    FAIL is an answer: a function error would have it run again, and say that nothing is known.
    """
    warm = sandbox()
    left = warm.temporary / "smoke" / "run" / "reports"
    left.mkdir(parents=True)
    (left / "verdict.json").write_text('{"verdict": "PASS"}')
    demo.set_breaks([Break.SERVICE_DOWN])
    first = warm.invoke(PROBES)
    assert not first.failed, first.error
    assert (first.body["exit_code"], first.body["failed_category"]) == (1, "api-health")
    assert "status ('degraded') == 'healthy'" in first.body["reason"]
    demo.set_breaks()
    second = warm.invoke({**NAMED, "checks": ["health.root"]})
    assert (first.body["verdict"], second.body["verdict"]) == ("FAIL", "PASS")
    assert first.body["run_id"] != second.body["run_id"]
    assert not left.parent.exists()
    left.mkdir(parents=True)
    (left / "verdict.json").write_text('{"verdict": "PASS", "reason": "earlier", "failed_category": null}')
    assert warm.invoke({**NAMED, "suite": "none"}).failed
    assert not left.parent.exists()


def test_nothing_is_logged_unscrubbed(sandbox: Callable[..., Warm]) -> None:
    """What the run prints of a secret leaves neither in the log nor in the error."""
    secret = "q7Zp-quite-a-secret-41"
    warm = sandbox(DD_API_KEY=secret, SMOKE_WORKERS=secret)
    reply = warm.invoke(PROBES)
    assert "SMOKE_WORKERS: is a whole number from 1; got '***'" in reply.error
    assert secret not in warm.log + reply.error


def _read_only(task: Path, temporary: Path) -> tuple[str, ...]:
    """Return a command within which nothing can be written but ``temporary``, and shared memory is missing."""
    private = f"mount --make-rprivate / && mount --bind {temporary} {temporary}"
    mounts = "for at in $(awk '{print $2}' /proc/mounts | grep -v -e ^/proc -e ^/sys -e ^/dev); do "
    read_only = f'{mounts} [ "$at" = {temporary} ] || mount -o remount,bind,ro "$at"; done'
    no_shm = "mount -t tmpfs -o ro tmpfs /dev/shm"
    return ("unshare", "--mount", "sh", "-ec", f'{private}; {read_only}; {no_shm}; exec "$@"', "sh")


@pytest.mark.browser
@pytest.mark.long
def test_a_file_system_that_is_read_only(sandbox: Callable[..., Warm], task: Path, tmp_path: Path) -> None:
    """Only the temporary folder can be written there, and there is no shared memory."""
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    within = _read_only(task, temporary)
    probe = f"touch {temporary}/yes && ! touch {task}/no {Path.home()}/no /dev/shm/no /tmp/no 2>/dev/null"
    if not shutil.which("unshare") or subprocess.run([*within, "sh", "-c", probe], check=False).returncode:
        pytest.skip("no file system can be made read-only here: it takes root and unshare")
    reply = sandbox(within=within).invoke(JOURNEY)
    assert not reply.failed, reply.error
    assert reply.body["verdict"] == "PASS"
