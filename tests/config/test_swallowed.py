"""A journey that would swallow its own assertion is refused before it runs."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent, indent

import pytest

from smoke.config.swallowed import swallowed
from tests.support.project import a_project

SWALLOWING = {
    "by name": "try:\n    look()\nexcept AssertionError:\n    pass",
    "by a wider class": "try:\n    look()\nexcept Exception as error:\n    print(error)",
    "bare": "try:\n    look()\nexcept:\n    pass",
    "among others": "try:\n    look()\nexcept (ValueError, AssertionError):\n    pass",
    "by its module": "try:\n    look()\nexcept builtins.AssertionError:\n    pass",
    "in a group": "try:\n    look()\nexcept* AssertionError:\n    pass",
    "raised perhaps": "try:\n    look()\nexcept AssertionError:\n    if late:\n        raise",
    "left before it is raised": "for _ in range(3):\n    try:\n        look()\n    except AssertionError:\n"
    "        if late:\n            break\n        raise",
    "suppressed": "with contextlib.suppress(AssertionError):\n    look()",
    "suppressed among others": "with suppress(KeyError, Exception):\n    look()",
    "expected": "with pytest.raises(AssertionError):\n    look()",
    "expected among others": "with pytest.raises((ValueError, Exception)):\n    look()",
    "left in finally": "try:\n    look()\nfinally:\n    return",
}
FINE = {
    "another class": "try:\n    look()\nexcept (LookupError, TimeoutError):\n    pass",
    "raised again": "try:\n    look()\nexcept Exception:\n    clean()\n    raise",
    "raised as another": "try:\n    look()\nexcept AssertionError as error:\n    raise AccountError from error",
    "told to pytest": "try:\n    look()\nexcept AssertionError:\n    pytest.fail('no')",
    "suppressed by class": "with suppress(KeyError):\n    look()",
    "by what is no name": "try:\n    look()\nexcept errors()[0]:\n    pass",
    "finally with a function": "try:\n    look()\nfinally:\n    clean(lambda: 1)",
}


def found_in(tmp_path: Path, body: str, file: str = "e2e/shop/helper.py") -> list[tuple[str, int]]:
    project = a_project(tmp_path)
    project.write(file, f"def look_at_it(page):\n{indent(dedent(body), '    ')}\n")
    return [(problem.file, problem.line) for problem in swallowed(tmp_path, "shop")]


@pytest.mark.parametrize("way", SWALLOWING)
def test_what_would_swallow_an_assertion_is_a_problem(way: str, tmp_path: Path) -> None:
    """However an assertion is swallowed: one problem, with file and line."""
    ((file, line),) = found_in(tmp_path, SWALLOWING[way])
    assert file == "e2e/shop/helper.py"
    assert line > 1


@pytest.mark.parametrize("way", FINE)
def test_what_lets_an_assertion_through_is_no_problem(way: str, tmp_path: Path) -> None:
    """Catching something else, or raising again, is nobody's business."""
    assert found_in(tmp_path, FINE[way]) == []


def test_what_is_no_python_is_told_by_others(tmp_path: Path) -> None:
    assert found_in(tmp_path, "def (") == []


def test_page_objects_are_read_too(tmp_path: Path) -> None:
    """A page that swallows for its journeys is named with its own file and line."""
    assert found_in(tmp_path, SWALLOWING["bare"], "page_objects/shop/home.py") == [("page_objects/shop/home.py", 4)]


def test_a_project_that_swallows_does_not_load(tmp_path: Path) -> None:
    """Loading the suite tells it among its problems, with the way out."""
    project = a_project(tmp_path)
    project.write("e2e/shop/helper.py", SWALLOWING["by name"])
    assert (
        "line 3: except AssertionError would swallow a failed assertion: catch what you expect" in project.complaint()
    )
