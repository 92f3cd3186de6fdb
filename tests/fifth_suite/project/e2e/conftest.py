"""Gives every journey below the fixtures of the harness instead of pytest-playwright's own."""

from smoke.running.fixtures import *  # noqa: F403
