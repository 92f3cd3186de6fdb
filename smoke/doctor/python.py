"""Whether this Python is one that we run on."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator

from smoke.doctor.finding import Finding, Health
from smoke.doctor.registry import Visit, examination

OLDEST = (3, 11)


@examination("python")
def examine(_visit: Visit) -> Iterator[Finding]:
    """Look at the Python that runs this."""
    yield judged(sys.version_info[:2], f"{platform.python_version()} at {sys.executable}")


def judged(version: tuple[int, ...], text: str) -> Finding:
    """Judge a Python by major and minor number."""
    if version >= OLDEST:
        return Finding(about="Python", health=Health.WELL, text=text)
    oldest = ".".join(map(str, OLDEST))
    remedy = f"install Python {oldest} or newer, then: make clean smoke PYTHON=/path/to/it"
    return Finding(about="Python", health=Health.ILL, text=f"{text} is older than {oldest}", remedy=remedy)
