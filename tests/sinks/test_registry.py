"""The registry: finding sinks, loading nothing too early, and keeping secrets out of messages."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from smoke.sinks import Sink, SinkError, available, enabled, metrics_of, registry
from tests.support.run_builder import Place, a_typical_run

ROOT = Path(__file__).parents[2]

SECRET = "s3cr3t-v4lue-of-a-sink"


def failure(error: BaseException, **secrets: str) -> SinkError:
    def deliver(run: object, metrics: object, settings: object) -> None:
        raise error

    sink = Sink(name="broken", deliver=deliver, secrets=tuple(secrets))
    with pytest.raises(SinkError) as caught:
        sink.push(a_typical_run(), metrics_of(a_typical_run()), Place(environ=secrets))
    return caught.value


def test_listing_the_sinks_loads_no_sdk():
    """A run without keys never pays for a vendor's client: neither importing nor listing sinks loads one."""
    program = (
        "import sys; from smoke.sinks import available; available();"
        " print(sorted({name.partition('.')[0] for name in sys.modules} & {'datadog_api_client', 'urllib3', 'boto3'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


def test_a_file_in_the_folder_is_found():
    """Every sink module of the folder is registered under its name, without a list to keep."""
    assert {"datadog", "file"} <= {sink.name for sink in available()}


def test_a_decorated_function_is_a_sink(monkeypatch):
    """One decorator is all that it takes to add a sink."""
    monkeypatch.setattr(registry, "_SINKS", dict(registry._SINKS))

    @registry.sink("carrier-pigeon")
    def pigeon(run: object, metrics: object, settings: object) -> None:
        """Take wing."""

    assert "carrier-pigeon" in {sink.name for sink in enabled(Place())}


def test_only_sinks_with_their_settings_are_enabled():
    """The file is always on; Datadog needs its key."""
    assert [sink.name for sink in enabled(Place())] == ["file"]
    assert [sink.name for sink in enabled(Place(environ={"DD_API_KEY": "abc"}))] == ["datadog", "file"]


@pytest.mark.parametrize("error", [SinkError(f"refused {SECRET}"), ValueError(f"Invalid header value {SECRET!r}")])
def test_no_message_shows_a_secret(error):
    """The values of a sink's secret variables are masked in its own errors and in those it did not expect."""
    said = failure(error, PIGEON_KEY=SECRET)
    assert SECRET not in str(said)
    assert "***" in str(said)


def test_a_failure_keeps_no_trace_of_its_cause():
    """A logged traceback would print the cause's text too, secret included: there is none to print."""
    said = failure(SinkError(f"refused {SECRET}"), PIGEON_KEY=SECRET)
    assert said.__cause__ is None
    assert said.__suppress_context__


def test_an_unexpected_error_is_named():
    """A sink that breaks in a way nobody foresaw says at least what kind of error it was."""
    assert str(failure(KeyError("colour"))) == "KeyError: 'colour'"


def test_what_had_arrived_is_kept():
    """The count of delivered metrics survives masking."""
    assert failure(SinkError("half", delivered=7)).delivered == 7
