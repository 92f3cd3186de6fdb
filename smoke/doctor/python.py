"""Whether this Python is one that we run on."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator

from smoke.doctor.diagnosis import Diagnosis, Health
from smoke.doctor.registry import Surroundings, examination

OLDEST = (3, 11)


@examination("python")
def examine(_visit: Surroundings) -> Iterator[Diagnosis]:
    """Look at the Python that runs this."""
    yield judged(sys.version_info[:2], f"{platform.python_version()} at {sys.executable}")


def judged(version: tuple[int, ...], text: str) -> Diagnosis:
    """Judge a Python by major and minor number."""
    if version >= OLDEST:
        return Diagnosis(about="Python", health=Health.WELL, text=text)
    oldest = ".".join(map(str, OLDEST))
    remedy = f"install Python {oldest} or newer, then: make clean smoke PYTHON=/path/to/it"
    return Diagnosis(about="Python", health=Health.ILL, text=f"{text} is older than {oldest}", remedy=remedy)
