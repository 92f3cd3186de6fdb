"""An error in a journey's own file is shown by ``smoke run`` as pytest shows it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import warm

pytestmark = pytest.mark.browser
FOLDER = "e2e/betterprompts"
JOURNEYS = '''

@check("desk.diff", category="critical-paths")
def test_diff(page, journey) -> None:
    """A comparison that is wrong."""
    from e2e.betterprompts.wrong import same

    page.goto("/")
    same({"links": 3, "title": "Home"})


@check("desk.fixture", category="critical-paths")
def test_fixture(pag) -> None:
    """A fixture that nobody has."""


@check("desk.long", category="critical-paths")
def test_long(page) -> None:
    """A message that nobody reads to its end."""
    page.goto("/")
    assert page.title() == "", "y" * 99999


@check("desk.never", category="critical-paths")
def test_never(page) -> None:
    """A button that does not come."""
    page.goto("/")
    expect(page.get_by_role("button", name="Nothing")).to_be_visible(timeout=200)
'''
WRONG = """\
def same(links):
    assert links == {"links": 4, "title": "Home"}
"""


def run(project: Path, environ: dict[str, str], *arguments: str) -> tuple[int, str, str]:
    """Return exit code, stdout and stderr of ``smoke run`` in ``project``."""
    done = warm.smoke("run", *arguments, cwd=project, environ=environ)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.long
def test_each_error_of_a_journey_file_is_shown_with_file_line_and_difference(
    project: Path, environ: dict[str, str]
) -> None:
    """Import errors, assertions in helpers, too, and unknown fixtures; what a page does not show is told once only."""
    (project / FOLDER / "wrong.py").write_text(WRONG)
    journeys = project / FOLDER / "test_homepage_load.py"
    journeys.write_text(journeys.read_text() + JOURNEYS)
    broken = project / FOLDER / "test_login_refused.py"
    broken.write_text("import nosuchmodule\n" + broken.read_text())
    code, said, _ = run(project, environ, "--check", "desk", "--check", "login.refused")
    assert code == 1
    assert f"{FOLDER}/test_login_refused.py:1: in <module>\n    import nosuchmodule\nE   ModuleNotFoundError" in said
    assert ">       assert links ==" in said
    assert "Differing items" in said
    assert "{'links': 3} != {'links': 4}" in said
    assert f"{FOLDER}/wrong.py:2: AssertionError" in said
    assert "fixture 'pag' not found" in said
    assert "y … (" in said
    assert max(map(len, said.splitlines())) < 3000
    assert "test_never[chromium]" not in said
    assert said.count("test_diff[chromium] ") == 1


def test_a_file_that_is_no_python_is_shown_with_the_place(project: Path, environ: dict[str, str]) -> None:
    """The line, and a mark below it."""
    broken = project / FOLDER / "test_login_refused.py"
    broken.write_text("def test_x(:\n")
    code, _, said = run(project, environ)
    assert code == 2
    assert said == (
        f"{FOLDER}/test_login_refused.py: 1 problem\n"
        "  line 1: cannot be read: SyntaxError: invalid syntax\n"
        "    def test_x(:\n"
        "               ^\n"
    )
