from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap

import pytest

PROGRAM = """
import os, signal, sys, threading
from smoke.host.supervisor import supervised

def work():
    print("begun", flush=True)
    {body}

sys.exit(supervised(work))
"""


def begin(body: str) -> subprocess.Popen[str]:
    """Start a supervised program and return once its work has begun."""
    program = textwrap.dedent(PROGRAM).format(body=body)
    child = subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "begun\n"
    return child


@pytest.mark.parametrize("code", [0, 1, 2, 3])
def test_the_code_of_the_work_is_the_code_of_the_program(code: int) -> None:
    """Work that ends as it should is not changed by being supervised."""
    child = begin(f"return {code}")
    _, said = child.communicate(timeout=20)
    assert (child.returncode, said) == (code, "")


@pytest.mark.parametrize(
    ("body", "how"),
    [
        ("os._exit(0)", "it exited with 0"),
        ("sys.exit(0)", "it exited with 0"),
        ("os._exit(1)", "it exited with 1"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "signal SIGKILL ended it"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "signal SIGSEGV ended it"),
    ],
)
def test_a_process_that_ends_without_a_verdict_is_inconclusive(body: str, how: str) -> None:
    """Neither its silence nor an exit code that says something else is taken for an answer."""
    child = begin(body)
    _, said = child.communicate(timeout=20)
    assert child.returncode == 3
    assert said == f"INCONCLUSIVE: the run said no verdict: {how}\n"


@pytest.mark.parametrize("send", [os.kill, os.killpg])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_reaches_the_work_once(send: object, number: signal.Signals) -> None:
    """Whether the program or its whole group is told to stop: the work hears of it, and only once."""
    counting = f"""
    heard = []
    signal.signal({int(number)}, lambda *_: heard.append(1))
    print("ready", flush=True)
    while not heard: signal.pause()
    threading.Event().wait(0.3)
    return len(heard)
    """
    child = begin(textwrap.indent(textwrap.dedent(counting), "    ").strip())
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    send(child.pid, number)  # type: ignore[operator]
    assert child.wait(20) == 1


def test_work_that_does_not_end_is_stopped() -> None:
    """Work that said how long it may take, and is deaf to everything, is killed then and is INCONCLUSIVE."""
    deaf = """
    from smoke.host.supervisor import allow
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    allow(0.5)
    threading.Event().wait()
    """
    child = begin(textwrap.indent(textwrap.dedent(deaf), "    ").strip())
    _, said = child.communicate(timeout=20)
    assert (child.returncode, said) == (3, "INCONCLUSIVE: the run said no verdict: it did not end, and was stopped\n")


def test_time_may_be_asked_for_again() -> None:
    """What was said last counts."""
    again = """
    from smoke.host.supervisor import allow
    allow(0.2)
    allow(60)
    threading.Event().wait(1.5)
    return 1
    """
    child = begin(textwrap.indent(textwrap.dedent(again), "    ").strip())
    assert child.wait(20) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux hands orphans over")
def test_what_the_work_leaves_is_ended() -> None:
    """A process that the work started, and that stands still, does not outlive its supervisor."""
    leaving = """
    import subprocess
    left = subprocess.Popen(["sh", "-c", "kill -STOP $$"], start_new_session=True, stdout=subprocess.DEVNULL)
    os.waitid(os.P_PID, left.pid, os.WSTOPPED)
    print(left.pid, flush=True)
    return 0
    """
    child = begin(textwrap.indent(textwrap.dedent(leaving), "    ").strip())
    assert child.stdout is not None
    pid = int(child.stdout.readline())
    assert child.wait(20) == 0
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
