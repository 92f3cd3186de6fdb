"""Whether the target can be reached from here, and somebody else by whom we would know that it is not our network."""

from __future__ import annotations

from collections.abc import Iterator

from smoke.config.problems import ConfigError
from smoke.doctor._asking import Asked, ask, target_of
from smoke.doctor.diagnosis import Diagnosis, Health
from smoke.doctor.registry import Surroundings, examination

TARGET, CONTROLS = "target", "control addresses"


@examination("network")
def examine(here: Surroundings) -> Iterator[Diagnosis]:
    """Ask the target for its page, and the control addresses for a connection."""
    from smoke.running.control import reachable

    planned = here.plan
    if isinstance(planned, ConfigError):
        return
    controls = planned.environment.controls
    online = reachable(controls)
    if not controls:
        text = "none are named, so each failure of the network counts as the application's"
        yield Diagnosis(about=CONTROLS, health=Health.WELL, text=text)
    elif online:
        yield Diagnosis(about=CONTROLS, health=Health.WELL, text=f"one of {', '.join(controls)} answers")
    else:
        text = f"none of {', '.join(controls)} answers, so a target that cannot be reached would be INCONCLUSIVE"
        remedy = "name addresses that this runner reaches: controls of the environment in suite.yaml"
        yield Diagnosis(about=CONTROLS, health=Health.WARNING, text=text, remedy=remedy)
    try:
        url = target_of(planned, here.settings)
    except ConfigError as error:
        yield from (Diagnosis(about=TARGET, health=Health.ILL, text=f"{each}") for each in error.problems)
        return
    if url is None:
        yield Diagnosis(about=TARGET, health=Health.WELL, text="the embedded application, which a run starts by itself")
    else:
        yield _of_target(url, ask(url), online=online)


def _of_target(url: str, said: Asked | str, *, online: bool) -> Diagnosis:
    """Judge what ``url`` answered, or why it did not."""
    if isinstance(said, str):
        health = Health.ILL if online else Health.UNCLEAR
        remedy = "see whether this machine may reach it (VPN, allow list), or name another by --env or --base-url"
        return Diagnosis(about=TARGET, health=health, text=said, remedy=remedy)
    if said.status >= 500:
        text, remedy = f"{url} answers {said.status}", "smoke run says whose fault that is"
        return Diagnosis(about=TARGET, health=Health.WARNING, text=text, remedy=remedy)
    return Diagnosis(about=TARGET, health=Health.WELL, text=f"{url} answers {said.status} in {said.took_ms:.0f} ms")
