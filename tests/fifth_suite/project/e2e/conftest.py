"""Gives every journey below the fixtures of the harness instead of pytest-playwright's own."""

from smoke.running.fixtures import (  # noqa: F401
    base_url,
    browser,
    browser_context_args,
    browser_type_launch_args,
    context,
    journey,
    smoke_session,
)
