"""Deliver a run's metrics to all sinks at once, in bounded time, whatever a sink does."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from smoke.judged import Run
from smoke.sinks.metrics import Metric, metrics_of
from smoke.sinks.registry import DEADLINE_S, Sink, SinkError, SinkSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What became of the metrics at one sink."""

    sink: str
    ok: bool
    detail: str
    """One sentence; never a secret."""
    count: int
    """Metrics that arrived for certain."""


def deliver_all(
    run: Run,
    sinks: Sequence[Sink],
    settings: SinkSettings,
    deadline_s: float = DEADLINE_S,
    metrics: tuple[Metric, ...] | None = None,
) -> tuple[Delivery, ...]:
    """Push ``metrics``, by default all that ``run`` gives, to ``sinks``, all at the same time.

    Returns one Delivery per sink, in order, after ``deadline_s`` seconds at the latest; raises nothing that a sink
    raises. A sink that does not answer in time is left behind in a daemon thread, which does not keep the process.
    """
    end = time.monotonic() + deadline_s
    metrics = metrics_of(run) if metrics is None else metrics
    answers: SimpleQueue[tuple[int, Delivery]] = SimpleQueue()
    for index, sink in enumerate(sinks):
        work = (index, sink, run, metrics, settings, answers)
        threading.Thread(target=_work, args=work, name=f"sink-{sink.name}", daemon=True).start()
    told = _collect(answers, expected=len(sinks), end=end)
    return tuple(told.get(index) or _late(sink, deadline_s) for index, sink in enumerate(sinks))


def _collect(answers: SimpleQueue[tuple[int, Delivery]], *, expected: int, end: float) -> dict[int, Delivery]:
    told: dict[int, Delivery] = {}
    while len(told) < expected:
        try:
            index, delivery = answers.get(timeout=max(0.0, end - time.monotonic()))
        except Empty:
            break
        told[index] = delivery
    return told


def _work(
    index: int,
    sink: Sink,
    run: Run,
    metrics: tuple[Metric, ...],
    settings: SinkSettings,
    answers: SimpleQueue[tuple[int, Delivery]],
) -> None:
    answers.put((index, _delivery(sink, run, metrics, settings)))


def _delivery(sink: Sink, run: Run, metrics: tuple[Metric, ...], settings: SinkSettings) -> Delivery:
    try:
        sink.push(run, metrics, settings)
    except SinkError as error:
        return Delivery(sink=sink.name, ok=False, detail=str(error), count=error.delivered)
    except BaseException as error:  # noqa: BLE001 - SystemExit ends a thread silently: the run would wait for nothing
        return Delivery(sink=sink.name, ok=False, detail=f"ended by {type(error).__name__}", count=0)
    return Delivery(sink=sink.name, ok=True, detail="delivered", count=len(metrics))


def _late(sink: Sink, deadline_s: float) -> Delivery:
    return Delivery(sink=sink.name, ok=False, detail=f"no answer within {deadline_s:g} s", count=0)
