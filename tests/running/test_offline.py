"""Whose network it was: the runner's own, or the application's."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.project import a_suite

SUITE = """\
title: Shop
environments:
  local: {{base_url: "http://no-such-shop.invalid", timeout_ms: 2000, controls: ["{control}"]}}
"""
CHECKS = """\
probes:
  - {id: shop.health, title: The shop is up, category: api-health, request: GET /health, expect: {status: 200}}
"""


@pytest.mark.parametrize(("online", "code", "blame"), [(True, 1, "DNS"), (False, 3, "RUNNER_OFFLINE")])
def test_a_host_that_does_not_resolve(online: bool, code: int, blame: str, tmp_path: Path) -> None:
    """It is the application's fault only if this runner can reach somebody else."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        control = f"127.0.0.1:{server.getsockname()[1]}" if online else "127.0.0.1:1"
        a_suite(tmp_path, SUITE.format(control=control), CHECKS)
        command = [sys.executable, "-m", "smoke", "run", "--json"]
        done = subprocess.run(command, cwd=tmp_path, env=os.environ, capture_output=True, timeout=60, check=False)
    check = json.loads(done.stdout)["checks"][0]
    assert (done.returncode, check["blame"]) == (code, blame), done.stderr.decode()
