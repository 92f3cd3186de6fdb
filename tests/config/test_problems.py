from __future__ import annotations

import pytest

from smoke.config.problems import ConfigError, Problem


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (Problem("a.yaml", 3, "b.c", "is wrong"), "line 3, b.c: is wrong"),
        (Problem("a.yaml", 3, "", "is wrong"), "line 3: is wrong"),
        (Problem("command line", 0, "--env", "is wrong"), "--env: is wrong"),
        (Problem("command line", 0, "", "is wrong"), "is wrong"),
    ],
)
def test_a_problem_says_where_it_is(problem: Problem, text: str) -> None:
    """Line and key are told as far as there are any."""
    assert str(problem) == text


def test_problems_are_told_by_file_and_line() -> None:
    """However they were found, problems are listed file by file and in the order of their lines."""
    error = ConfigError(
        [
            Problem("b.yaml", 10, "x", "is wrong"),
            Problem("a.yaml", 1, "y", "is missing"),
            Problem("b.yaml", 9, "z", "is odd"),
        ]
    )
    assert str(error) == (
        "a.yaml: 1 problem\n  line 1, y: is missing\nb.yaml: 2 problems\n  line 9, z: is odd\n  line 10, x: is wrong"
    )
