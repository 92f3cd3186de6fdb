"""Which processes still run."""

from __future__ import annotations

import os
import subprocess
import sys

from smoke.host.children import is_gone


def test_a_process_that_ended_is_gone_also_before_its_parent_asked() -> None:
    """Whoever waits for a run must not wait for a zombie."""
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    assert not is_gone(child.pid)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert is_gone(child.pid)
    child.communicate()
    assert is_gone(child.pid)
