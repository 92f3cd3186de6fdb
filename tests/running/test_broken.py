"""What is no defect of ours is told in a line; what is keeps its traceback."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from _pytest.runner import SetupState

from smoke.model import Blame
from smoke.running.broken import Broken, in_a_line
from smoke.running.failure import finding_of


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "reports/x"), "No space left on device: reports/x"),
        (OSError(errno.EROFS, "Read-only file system"), "Read-only file system"),
        (SystemExit(0), "code of the project ended Python with exit code 0"),
        (OSError(errno.ECONNREFUSED, "Connection refused"), None),
        (KeyError("page"), None),
    ],
)
def test_a_full_disk_needs_no_traceback(error: BaseException, line: str | None) -> None:
    """Disks and exits are told in a line; a defect of ours is not."""
    assert in_a_line(error) == line


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), ["No space left on device"]),
        (KeyError("page"), []),
    ],
)
def test_pytest_itself_shows_a_traceback_only_of_a_defect(
    error: Exception, told: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Either way the run ends as one that broke."""

    class Breaks:
        def pytest_collection(self) -> None:
            raise error

    troubles: list[str] = []
    options = ["-p", "no:terminal", "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", str(tmp_path)]
    code = pytest.main([*options, str(tmp_path)], plugins=[Broken(troubles), Breaks()])
    assert (code, troubles) == (pytest.ExitCode.INTERNAL_ERROR, told)
    assert ("INTERNALERROR" in capsys.readouterr().err) != bool(told)


def test_what_pytest_expects_of_itself_is_no_failure_of_the_target(request: pytest.FixtureRequest) -> None:
    """An assertion of its own machinery is ours to mend; one of a journey, or of what it calls, is the target's."""
    with pytest.raises(AssertionError) as inside:
        SetupState().addfinalizer(print, request.node)
    with pytest.raises(AssertionError) as outside:
        assert request.node is None
    assert finding_of(inside.value).blame is Blame.HARNESS
    assert finding_of(outside.value).blame is Blame.ASSERTION
