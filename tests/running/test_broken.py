"""What is no defect of ours is told in a line; what is keeps its traceback."""

from __future__ import annotations

import errno

import pytest

from smoke.running.broken import in_a_line


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
