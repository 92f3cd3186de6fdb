"""What breaks a run from outside, told in a line: a full disk needs no traceback."""

from __future__ import annotations

import errno

import pytest

DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO}


def in_a_line(error: BaseException) -> str | None:
    """Say what happened where that is no defect of ours; None where a traceback is of use."""
    match error:
        case OSError(errno=number, strerror=what, filename=file) if number in DISK:
            return f"{what}: {file}" if file else str(what)
        case SystemExit(code=code):
            return f"code of the project ended Python with exit code {code}"
        case _:
            return None


class Broken:
    """Notes what broke pytest among the troubles of the run."""

    def __init__(self, troubles: list[str]) -> None:
        self._troubles = troubles

    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> bool | None:
        """Take pytest's traceback away where a line says it all."""
        line = in_a_line(excinfo.value)
        if line is None:
            return None
        self._troubles.append(line)
        return True
