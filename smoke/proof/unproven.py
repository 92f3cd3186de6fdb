"""Which checks of a suite are unproven: nothing shows that they can go red. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from smoke.config.suite import Suite
from smoke.model import CheckKind
from smoke.proof.matrix import Matrix


def unproven(suite: Suite, last: Matrix | None) -> Iterator[str]:
    """Yield a line for each check of ``suite`` that is unproven, and one for all journeys that were not drilled as is.

    A probe promises to notice at least that nothing answers; of a journey only a drill can tell, of which ``last`` is
    the latest.
    """
    tried = {*last.checks} if last else set()
    asleep = {*last.unproven} if last else set()
    is_same = last is not None and last.config_sha256 == suite.sha256
    new, changed = [], []
    for check in suite.checks:
        if check.id in asleep:
            yield f"{suite.name}: {check.id} is unproven: no fault of the last `smoke prove` turned it red"
        elif check.kind is CheckKind.JOURNEY and check.id not in tried:
            new.append(check.id)
        elif check.kind is CheckKind.JOURNEY and not is_same:
            changed.append(check.id)
    run = f"run `smoke prove --suite {suite.name}`"
    if new:
        yield f"{suite.name}: not proven yet: {', '.join(new)}; {run}"
    if changed:
        yield f"{suite.name}: not proven since the suite was changed: {', '.join(changed)}; {run}"
