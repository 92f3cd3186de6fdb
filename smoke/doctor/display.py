"""Whether --headed can show a window."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator, Mapping
from contextlib import suppress

from smoke.browser.server import VARIABLE as SERVER
from smoke.doctor.diagnosis import Diagnosis, Health
from smoke.doctor.registry import Surroundings, examination

ABOUT = "display"
ANSWER_S = 2.0
FIRST_PORT = 6000
"""Of X11: that of display :0."""
REMEDY = "work at a desktop, or put xvfb-run before the command (Debian, Ubuntu: apt-get install xvfb)"


@examination(ABOUT)
def examine(here: Surroundings) -> Iterator[Diagnosis]:
    """Look for a display, and for a browser that has windows."""
    from smoke.browser.at_hand import at_hand
    from smoke.browser.choice import BrowserChoice, BrowserMissing

    machine = here.machine
    if machine.environ.get(SERVER):
        text = f"the browser is elsewhere ({SERVER}), where nobody sees a window: --headed is refused"
        yield Diagnosis(about=ABOUT, health=Health.WELL, text=text)
        return
    if not machine.has_display:
        text = "neither DISPLAY nor WAYLAND_DISPLAY is set, so --headed would not start"
        yield Diagnosis(about=ABOUT, health=Health.WARNING, text=text, remedy=REMEDY)
        return
    if machine.platform == "linux" and not machine.environ.get("WAYLAND_DISPLAY") and not answers(machine.environ):
        text = f"nobody answers at DISPLAY={machine.environ['DISPLAY']}, so --headed would not start"
        yield Diagnosis(about=ABOUT, health=Health.WARNING, text=text, remedy=REMEDY)
        return
    with suppress(BrowserMissing):  # which the browser's own examination tells
        found = at_hand(here.settings.browser, machine, headed=True)
        if isinstance(found, BrowserChoice):
            yield Diagnosis(about=ABOUT, health=Health.WELL, text="--headed can show a window")
        else:
            text = f"there is a display, but no {here.settings.browser} with windows: {found.reason}"
            remedy = f"playwright install {here.settings.browser}, or install Google Chrome"
            yield Diagnosis(about=ABOUT, health=Health.WARNING, text=text, remedy=remedy)


def answers(environ: Mapping[str, str]) -> bool:
    """Tell whether an X server takes connections at ``DISPLAY``, as in ``:0``, ``:0.0`` or ``host:10`` (X(7))."""
    said = re.fullmatch(r"(?:unix)?(?P<host>[^:/]*):(?P<number>\d+)(\.\d+)?", environ.get("DISPLAY", ""))
    if said is None:
        return True  # a path, as macOS has it: the browser will say
    if said["host"]:
        return _connects(socket.AF_INET, (said["host"], FIRST_PORT + int(said["number"])))
    address = f"/tmp/.X11-unix/X{said['number']}"  # noqa: S108 - where X servers listen
    return any(_connects(socket.AF_UNIX, each) for each in (address, f"\0{address}"))


def _connects(family: socket.AddressFamily, address: str | tuple[str, int]) -> bool:
    with socket.socket(family) as connection:
        connection.settimeout(ANSWER_S)
        try:
            connection.connect(address)
        except OSError:
            return False
    return True
