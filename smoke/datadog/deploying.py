"""One deployment, from the first look to the last line that is written."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from smoke.config.problems import ConfigError, Problem
from smoke.datadog.definition import Definition, Existing
from smoke.datadog.difference import Step, steps
from smoke.datadog.opening import Opened, leaking
from smoke.datadog.sync import refused, step_lines
from smoke.sinks.registry import SinkError

if TYPE_CHECKING:
    from smoke.datadog.account import Account

Write = Callable[["Account", Iterable[Step]], Iterator[str]]
NOTHING_WRITTEN = "nothing was written"


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """What is to stand in an account."""

    wanted: tuple[Definition, ...]
    find: Callable[[Account], Iterable[Existing]]
    """Lists what of ours is there, as far as it is concerned."""
    notes: tuple[str, ...]
    """What is not told to Datadog, and why."""
    objections: Callable[[Account], Iterable[Problem]] = lambda _account: ()
    """What the account cannot do of it."""
    locate: Callable[[str, str], Problem]
    """Makes what Datadog says of a definition, which has this name, a problem of the line in the YAML behind it."""


def deploy(ours: Opened, orders: Orders, writes: Sequence[Write]) -> int:
    """Look, tell the difference, and make ``writes`` one after the other; return the exit code.

    Raises ConfigError with all that Datadog refuses, before anything is written.
    """
    from smoke.datadog.account import account

    scrub = ours.scrubber().text
    if problems := [replace(each, text=scrub(each.text)) for each in leaking(orders.wanted, ours.secrets)]:
        raise ConfigError(problems)
    try:
        with account(ours.access) as there:
            found = steps(orders.wanted, orders.find(there))
            for line in (*orders.notes, *step_lines(found)):
                print(scrub(line))
            problems = [orders.locate(name, scrub(text)) for name, text in refused(there, found)]
            if problems := [*orders.objections(there), *problems]:
                raise ConfigError(problems)
            for write in writes:
                for line in write(there, found):
                    print(scrub(line), flush=True)
    except SinkError as error:
        print(
            f"INCONCLUSIVE: {scrub(str(error))} What was told as done stays; the next time does the rest.",
            file=sys.stderr,
        )
        return 3
    if not writes:
        print(NOTHING_WRITTEN)
    return 0
