"""A line of the history of deployments, as other programs write it."""

from __future__ import annotations

import json

import pytest

from smoke.dora.lines import from_line

SAID = {"execution_point": "post-production", "timestamp": "2026-03-02T10:00:00Z", "success": True}


def line(**more: object) -> str:
    return json.dumps({**SAID, **more})


def test_what_a_line_does_not_say_is_known() -> None:
    read = from_line(line(commit="c0ffee"), "shop", "production")
    assert (read.suite, read.environment, read.build, read.commit) == ("shop", "production", "c0ffee", "c0ffee")
    assert (read.at, read.committed_at, read.detected_at) == (1772445600.0, None, None)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (line(), "^names neither a build nor a commit$"),
        (line(build="b1", timestamp="soon"), "^timestamp: "),
        ("none", "Invalid JSON"),
    ],
)
def test_a_line_that_says_too_little_is_refused(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        from_line(text, "shop", "production")
