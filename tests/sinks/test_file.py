"""The file sink: one metric a line, whole lines only."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from smoke.sinks.delivery import Delivery
from smoke.sinks.metrics import metrics_of
from tests.support.deliveries import an_outlet, give
from tests.support.run_builder import a_typical_run

FILE = an_outlet("file")


def push(reports: Path) -> Delivery:
    return give([FILE], reports=reports)[0]


def lines(reports: Path) -> list[str]:
    return (reports / "metrics.jsonl").read_text().splitlines()


def test_each_metric_is_a_line(tmp_path):
    """Every metric is in the file with all it says, and the folder is made where it is missing."""
    assert push(tmp_path / "new").ok
    metrics = metrics_of(a_typical_run())
    read = [json.loads(line) for line in lines(tmp_path / "new")]
    assert [(line["name"], line["value"], tuple(line["tags"]), line["timestamp"]) for line in read] == [
        (metric.name, metric.value, metric.tags, metric.timestamp) for metric in metrics
    ]
    assert {(line["run_id"], line["kind"], line["unit"]) for line in read} == {
        ("run-1", metric.kind, metric.unit) for metric in metrics
    }


def test_runs_are_appended(tmp_path):
    """A second run adds its lines and touches none of the first."""
    push(tmp_path)
    first = lines(tmp_path)
    push(tmp_path)
    assert lines(tmp_path) == first * 2


def test_a_torn_last_line_does_not_spoil_the_next(tmp_path):
    """What a killed writer left behind stays one bad line; the metrics after it are readable."""
    (tmp_path / "metrics.jsonl").write_text('{"name": "smoke_test.dur')
    push(tmp_path)
    torn, *rest = lines(tmp_path)
    assert torn == '{"name": "smoke_test.dur'
    assert all(json.loads(line) for line in rest)


def test_writers_at_the_same_time_do_not_mix_lines(tmp_path):
    """Concurrent runs share the file without tearing each other's lines."""
    with ThreadPoolExecutor(8) as pool:
        assert all(delivery.ok for delivery in pool.map(lambda _: push(tmp_path), range(200)))
    assert len([json.loads(line) for line in lines(tmp_path)]) == 200 * len(metrics_of(a_typical_run()))


def test_the_metrics_are_on_the_disk_before_it_says_so(tmp_path, monkeypatch):
    """One write and one fsync for a run: after a power cut a delivered run is there."""
    calls = []
    monkeypatch.setattr(os, "write", _noted(calls, "write", os.write))
    monkeypatch.setattr(os, "fsync", _noted(calls, "fsync", os.fsync))
    assert push(tmp_path).ok
    assert calls == ["write", "fsync"]


def test_a_full_disk_is_a_failed_delivery(tmp_path, monkeypatch):
    """A short write is never reported as delivered, and leaves the file as it was."""
    push(tmp_path)
    before = lines(tmp_path)
    real = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: real(descriptor, data[:10]))
    delivery = push(tmp_path)
    assert not delivery.ok
    assert "only 10 of" in delivery.detail
    assert lines(tmp_path) == before


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    """The error says which path, what is wrong with it and what to look at."""
    (tmp_path / "reports").write_text("a file where the folder should be")
    delivery = push(tmp_path / "reports")
    assert not delivery.ok
    assert str(tmp_path / "reports" / "metrics.jsonl") in delivery.detail
    assert "is the folder writable" in delivery.detail


def _noted(calls, name, real):
    def call(*arguments):
        calls.append(name)
        return real(*arguments)

    return call
