"""Says where a suite expects what its first run did not see. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

from smoke.init.files import File
from smoke.model import Outcome

BAD = frozenset({Outcome.FAIL, Outcome.INCONCLUSIVE})
PAGES = re.compile(r"^from (page_objects\.\w+\.\w+) import", re.MULTILINE)


def edits(verdict: str, files: Sequence[File]) -> Iterator[str]:
    """Yield each bad check of ``verdict``, which is verdict.json, and the places of ``files`` that say what it expects.

    Raises ValueError or KeyError if ``verdict`` is something else.
    """
    for check in json.loads(verdict)["checks"]:
        if check["outcome"] in BAD and (places := list(_places(check["id"], files))):
            yield f"{check['id']}: {', '.join(places)}"


def _places(name: str, files: Sequence[File]) -> Iterator[str]:
    own = re.escape(name)
    for file in files:
        if said := re.search(rf'^  - id: {own}$|^(@check\(|    )"{own}",', file.text, re.MULTILINE):
            line = file.text.count("\n", 0, said.start()) + 1
            yield f"{file.path}:{line}"
            yield from (f"{each.replace('.', '/')}.py" for each in PAGES.findall(file.text))
