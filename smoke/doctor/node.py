"""Whether the Allure report can be built."""

from __future__ import annotations

from collections.abc import Iterator

from smoke.doctor.diagnosis import Diagnosis, Health
from smoke.doctor.registry import Surroundings, examination

ABOUT = "Node"


@examination("node")
def examine(here: Surroundings) -> Iterator[Diagnosis]:
    """Look for Node."""
    from smoke.reporting.allure.tool import AllureUnavailableError, node_of

    try:
        node = node_of(here.machine)
    except AllureUnavailableError as error:
        remedy = "install it from nodejs.org or by a version manager; runs and verdicts do without"
        yield Diagnosis(about=ABOUT, health=Health.WARNING, text=f"the Allure report {error}", remedy=remedy)
    else:
        yield Diagnosis(about=ABOUT, health=Health.WELL, text=f"{node} builds the Allure report")
