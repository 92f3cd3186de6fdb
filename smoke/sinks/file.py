"""The sink that is always on: ``metrics.jsonl`` in the reports folder, one metric a line."""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import dataclass
from typing import Literal

from smoke.sinks.bulletin import Bulletin
from smoke.sinks.metrics import Metric
from smoke.sinks.options import Options
from smoke.sinks.registry import Errand, Keeping, Presence, SinkError, sink

FILE = "metrics.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class File(Options):
    """A line for each metric in ``metrics.jsonl``; always on, and in every environment."""

    sink: Literal["file"] = "file"
    """``file``."""


@sink(File, keeping=Keeping.NOTHING, presence=Presence.ALWAYS)
def deliver(bulletin: Bulletin, _options: File, errand: Errand) -> None:
    """Append the metrics in one write and flush them to the disk; raises SinkError with the path and the reason."""
    path = errand.reports / FILE
    try:
        errand.reports.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            _append(descriptor, "".join(_line(bulletin.run_id, metric) for metric in bulletin.metrics).encode())
        finally:
            os.close(descriptor)
    except OSError as error:
        raise SinkError(f"{path}: {error.strerror or error}; is the folder writable, the disk full?") from None


def _append(descriptor: int, data: bytes) -> None:
    fcntl.flock(
        descriptor, fcntl.LOCK_EX
    )  # ends with the descriptor; without it the end of the file is a moving target
    size = os.fstat(descriptor).st_size
    if size and os.pread(descriptor, 1, size - 1) != b"\n":
        data = b"\n" + data  # an earlier writer died in mid-line: keep the damage to that line
    written = os.write(descriptor, data)
    if written < len(data):
        os.ftruncate(descriptor, size)
        raise OSError(f"only {written} of {len(data)} bytes could be written")
    os.fsync(descriptor)


def _line(run_id: str, metric: Metric) -> str:
    return json.dumps({
        "run_id": run_id,
        "timestamp": metric.timestamp,
        "name": metric.name,
        "kind": metric.kind,
        "value": metric.value,
        "unit": metric.unit,
        "tags": metric.tags,
    }) + "\n"  # fmt: skip
