"""Sends measurements in parts that a service takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from smoke.sinks.metrics import Metric
from smoke.sinks.registry import RefusedError, SinkError, TooLargeError

Part = tuple[Metric, ...]


def send_in_parts(parts: Iterable[Part], send: Callable[[Part], None]) -> None:
    """Call ``send`` with each part in order, and with halves of what it finds too large.

    Raises what ``send`` raises, with the number of metrics that had arrived; RefusedError for a single metric that is
    too large.
    """
    todo, arrived = list(parts), 0
    while todo:
        part = todo.pop(0)
        try:
            send(part)
        except TooLargeError as error:
            if len(part) < 2:
                raise RefusedError(str(error), delivered=arrived) from None
            half = len(part) // 2
            todo[:0] = [part[:half], part[half:]]
        except SinkError as error:
            error.delivered = arrived
            raise
        else:
            arrived += len(part)
