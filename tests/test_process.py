"""Programs that we run are bounded, silent and leave nothing behind."""

import os
import select
import sys
import time
from pathlib import Path

from smoke.host.process import Finished, run


def python(source: str, seconds: float = 20) -> Finished:
    return run([sys.executable, "-c", source], seconds=seconds, environ=os.environ)


def test_what_a_program_prints_on_either_stream_is_kept():
    """Output and errors arrive together, with the exit code."""
    finished = python("import sys; print('out'); sys.stdout.flush(); print('err', file=sys.stderr); sys.exit(3)")
    assert (finished.code, finished.ok, finished.output.split()) == (3, False, ["out", "err"])


def test_a_program_that_cannot_be_started_is_a_result_and_not_an_exception():
    """A missing program reads as stopped, with the system's own words."""
    finished = run(["/nonexistent/program"], seconds=1, environ={})
    assert finished.code is None
    assert "No such file" in finished.output


def test_a_program_gets_no_input():
    """A program that would ask a question reads an end of file at once."""
    assert python("print(repr(input()))").cause.startswith("EOFError")


def test_the_limit_stops_the_program_and_the_programs_it_started(tmp_path: Path):
    """A grandchild that holds the output open neither delays us nor survives."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    child = f"import time; end = open({str(pipe)!r}, 'w'); end.write('born'); end.flush(); time.sleep(60)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    started = time.monotonic()
    finished = python(parent, seconds=4)
    assert finished.code is None
    assert finished.cause == "Error: stopped after 4 s"
    assert time.monotonic() - started < 15
    assert os.read(reader, 4) == b"born"
    assert select.select([reader], [], [], 20)[0]
    assert os.read(reader, 4) == b"", "its end of the pipe is still open"
    os.close(reader)


def test_the_cause_is_the_first_line_that_calls_itself_an_error():
    """Of a stack trace, the message is shown and not its last frame."""
    assert (
        Finished(1, "Downloading\nError: no route to host\n    at connect (net.js)\n").cause
        == "Error: no route to host"
    )
    assert Finished(100, "Reading lists\nE: Unable to locate package\n").cause == "E: Unable to locate package"
    assert Finished(1, "gave up\n\n").cause == "gave up"
    assert Finished(1, "").cause == "it printed nothing"
