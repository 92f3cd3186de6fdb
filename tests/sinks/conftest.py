"""A Datadog that knows its own rules, on the loopback interface."""

from tests.support.datadog_server import intake  # noqa: F401
