"""Whether our clock is right: one-time codes, and when things happened, hang on it."""

from __future__ import annotations

from collections.abc import Iterator

from smoke.accounts.clock import TOLERATED_S
from smoke.config.problems import ConfigError
from smoke.doctor._asking import Asked, ask, target_of
from smoke.doctor.diagnosis import Diagnosis, Health
from smoke.doctor.registry import Surroundings, examination

ABOUT = "clock"
CODE_S = 30.0
"""How long a one-time code is good (RFC 6238, 5.2)."""
REMEDY = "let this machine's time be set by the network (Linux: timedatectl set-ntp true)"
TLS_PORT = "443"


@examination(ABOUT)
def examine(here: Surroundings) -> Iterator[Diagnosis]:
    """Compare our time with that of the target, or else of a control address."""
    planned = here.plan
    if isinstance(planned, ConfigError):
        return
    try:
        target = target_of(planned, here.settings)
    except ConfigError:
        return  # which the network's examination tells
    controls = (each.rpartition(":") for each in planned.environment.controls)
    others = [f"https://{host}/" for host, _, port in controls if port == TLS_PORT]
    for url in [*([target] if target else []), *others]:
        said = ask(url)
        if isinstance(said, Asked) and said.ahead_s is not None:
            yield judged(said.ahead_s, url)
            return
    text = "nobody who was asked told the time"
    health = Health.UNCLEAR if target else Health.WARNING
    remedy = "" if target else "the embedded application has this machine's time; another target may not: see --env"
    yield Diagnosis(about=ABOUT, health=health, text=text, remedy=remedy)


def judged(ahead_s: float, whose: str) -> Diagnosis:
    """Judge that the clock of ``whose`` is so many seconds ahead of ours."""
    apart = abs(ahead_s)
    if apart <= TOLERATED_S:
        return Diagnosis(about=ABOUT, health=Health.WELL, text=f"as that of {whose}")
    text = f"{apart:.0f} s {'behind' if ahead_s > 0 else 'ahead of'} that of {whose}"
    health = Health.WARNING if apart < CODE_S else Health.ILL
    return Diagnosis(about=ABOUT, health=health, text=text, remedy=REMEDY)
