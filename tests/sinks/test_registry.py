"""The registry: finding sinks, loading nothing too early, and keeping secrets out of messages."""

from __future__ import annotations

import typing
from dataclasses import replace

import pytest

from smoke.sinks import registry
from smoke.sinks.options import Options
from smoke.sinks.registry import Outlet, RefusedError, SinkError, available
from tests.support.afresh import printed
from tests.support.deliveries import a_bulletin, a_sink, an_errand, an_outlet

SECRET = "s3cr3t-v4lue-of-a-sink"


def failure(error: BaseException, **secrets: str) -> SinkError:
    class Broken(Options):
        @property
        def secrets(self) -> tuple[str, ...]:
            return tuple(secrets)

    def act() -> None:
        raise error

    kind = replace(a_sink("broken", act).sink, options=Broken)
    with pytest.raises(SinkError) as caught:
        Outlet(sink=kind, options=Broken()).push(a_bulletin(), an_errand(**secrets))
    return caught.value


def test_listing_the_sinks_loads_no_sdk():
    """A run without keys never pays for a vendor's client: neither importing nor listing sinks loads one."""
    program = (
        "import sys; from smoke.sinks.registry import available; available();"
        " sdks = {'datadog_api_client', 'urllib3', 'boto3', 'google', 'prometheus_client', 'pydantic'};"
        " print(sorted({name.partition('.')[0] for name in sys.modules} & sdks))"
    )
    assert printed(program) == "[]"


def test_a_file_in_the_folder_is_found():
    """Every sink module of the folder is registered under its name, without a list to keep."""
    known = {"cloudwatch", "datadog", "file", "otlp", "prometheus", "statsd"}
    assert {sink.name for sink in available()} == known


@pytest.mark.parametrize("sink", available(), ids=lambda sink: sink.name)
def test_a_sink_is_called_what_its_options_say(sink):
    """The name that YAML asks for is the one that the sink is registered under."""
    (tag,) = typing.get_args(typing.get_type_hints(sink.options)["sink"])
    assert tag == sink.name


def test_a_decorated_function_is_a_sink(monkeypatch):
    """One decorator is all that it takes to add a sink."""
    monkeypatch.setattr(registry, "_SINKS", dict(registry._SINKS))

    class Pigeon(Options):
        """A carrier pigeon."""

    @registry.sink(Pigeon)
    def pigeon(bulletin: object, options: object, errand: object) -> None:
        """Take wing."""

    assert "pigeon" in {sink.name for sink in available()}


def test_what_is_missing_is_said_by_its_name():
    """A sink without its variables is off, and says which."""
    assert an_outlet("datadog").explain_disabled({}) == "DD_API_KEY is not set: no metrics go to Datadog."
    honeycomb = an_outlet("otlp", preset="honeycomb")
    said = "HONEYCOMB_API_KEY and HONEYCOMB_DATASET are not set: no metrics go to Honeycomb."
    assert honeycomb.explain_disabled({}) == said


def test_a_missing_extra_is_said_with_the_way_out():
    """A sink whose library is not installed is off, and says what to install."""
    outlet = an_outlet("cloudwatch")
    lacking = replace(outlet, sink=replace(outlet.sink, library="not_to_be_found"))
    said = "CloudWatch needs more than the core: pip install 'smoke-harness[cloudwatch]'."
    assert lacking.explain_disabled({"AWS_REGION": "eu-west-1"}) == said


def test_masking_keeps_the_kind_of_an_error():
    """A refusal stays one: what is refused for good is not tried again."""
    assert isinstance(failure(RefusedError(SECRET), PIGEON_KEY=SECRET), RefusedError)


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
