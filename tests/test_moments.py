"""When something was, as it is written."""

from __future__ import annotations

from smoke import moments

AT = 1795282809.75


def test_a_moment_is_told_in_utc_as_finely_as_it_matters() -> None:
    """What is left of a second is left out, never rounded up."""
    told = (moments.day(AT), moments.minute(AT), moments.second(AT), moments.iso(AT))
    assert told == ("2026-11-21", "2026-11-21 17:40 UTC", "2026-11-21 17:40:09Z", "2026-11-21T17:40:09Z")
