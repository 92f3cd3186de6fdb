"""The program within this process, a second faster: for tests of what it says, not of how a process ends."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping
from contextlib import chdir, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from unittest.mock import patch

from smoke.cli import main


def smoke(*arguments: str, cwd: Path, environ: Mapping[str, str] = os.environ) -> subprocess.CompletedProcess[str]:
    """Run ``smoke …`` in ``cwd``, with ``environ`` and no other variables."""
    out, err, ends = StringIO(), StringIO(), signal.getsignal(signal.SIGTERM)
    with chdir(cwd), patch.dict(os.environ, dict(environ), clear=True), redirect_stdout(out), redirect_stderr(err):
        try:
            code = main(arguments)
        except SystemExit as ended:
            code = int(ended.code or 0)
        finally:
            signal.signal(signal.SIGTERM, ends)
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())
