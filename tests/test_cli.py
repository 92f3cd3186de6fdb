"""The command line's promises that need no browser."""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from smoke import cli
from smoke.commands import plan, run_again
from smoke.config.problems import ConfigError
from smoke.options import OPTIONS, PART_OPTIONS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigError.of_option("--env", "unknown"), 2),
        (RuntimeError("a defect of ours"), 3),
        (KeyboardInterrupt(), 3),
    ],
)
def test_no_error_of_ours_reads_as_pass_or_fail(
    error: BaseException, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever breaks the harness ends in 2 or 3 and a sentence, never in 0 and never in Python's own 1."""

    def broken(*_arguments: object) -> int:
        raise error

    monkeypatch.setattr(plan, "call", broken)
    assert cli.main(["plan"]) == code
    assert capsys.readouterr().err.strip()


def test_wrong_usage_is_exit_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    """No command, and an unknown option, are wrong usage."""
    assert cli.main([]) == 2
    with pytest.raises(SystemExit) as ended:
        cli.main(["run", "--no-such-option"])
    assert ended.value.code == 2


@pytest.mark.parametrize("line", ["plan", "config check", "watch local", "report", "alerts list"])
def test_what_is_for_pytest_goes_to_run(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    """No other command leaves it out without a word."""
    assert cli.main([*line.split(), "--", "-k", "login"]) == 2
    assert capsys.readouterr().err.endswith("  --: pytest arguments go to `smoke run`; remove them\n")


def test_a_run_that_is_watched_is_run_again_as_it_was_meant() -> None:
    """With all that was said, but for the checks: those are of what changed."""
    line = ["run", "local", "--suite", "mosaic", "--check", "health", "--headed", "--shard", "2/3", "--part-of", "7"]
    given = cli._parser("run").parse_args(line, argparse.Namespace(pytest_args=["-x"]))
    again = [*line[1:4], "--check", "login", *line[6:], "--", "-x"]
    assert run_again._arguments(given, ["login"]) == again


def parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """Yield ``parser`` and those of its actions."""
    yield parser
    for each in parser._actions:
        if isinstance(each, argparse._SubParsersAction):
            for below in each.choices.values():
                yield from parsers(below)


@pytest.mark.parametrize("command", cli.COMMANDS)
def test_help_says_what_each_command_action_and_option_does(command: str) -> None:
    """Nobody has to guess, whatever they ask the help of."""
    every = list(parsers(cli._parser(command)))
    assert [each.prog for each in every if not each.description] == []
    options = ((each.prog, action) for each in every for action in each._actions)
    silent = [(prog, action.dest) for prog, action in options if not action.help]
    assert [each for each in silent if each[1] != argparse.SUPPRESS] == []


def test_the_readme_names_every_command_option_variable_and_exit_code() -> None:
    """README and program agree on commands, options, environment variables and exit codes."""
    for name in cli.COMMANDS:
        assert f"`smoke {name}" in README
    for option in (*OPTIONS, *PART_OPTIONS):
        assert f"| `{option.flag}` | `{option.variable}` |" in README
    assert set(re.findall(r"^\| (\d) \| ", README, re.MULTILINE)) == set(re.findall(r"^  (\d)  ", cli.EPILOG, re.M))


@pytest.mark.parametrize(
    ("typed", "meant"), [(["acounts"], "accounts"), (["accounts", "chek"], "check"), (["config", "shwo"], "show")]
)
def test_a_mistyped_command_is_answered_with_the_one_that_was_meant(
    typed: list[str], meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """At every level, besides all that there are."""
    with pytest.raises(SystemExit) as ended:
        cli.main(typed)
    assert ended.value.code == 2
    assert capsys.readouterr().err.rstrip().endswith(f"; did you mean {meant!r}?")


def unread(*arguments: str) -> tuple[int, str]:
    """Run the program with nobody at the other end of stdout; return exit code and stderr."""
    process = subprocess.Popen(
        [sys.executable, "-m", "smoke", *arguments], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    told = process.stderr.read()
    return process.wait(30), told


@pytest.mark.parametrize(("arguments", "code"), [(["plan"], 0), (["--help"], 0), ([], 2)])
def test_output_that_nobody_reads_is_no_error(arguments: list[str], code: int) -> None:
    """``smoke … | head -1`` ends quietly, with the exit code that it would have had."""
    assert unread(*arguments) == (code, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is full")
@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("plan >&-", 0),
        ("plan 2>&-", 0),
        ("plan >&- 2>&-", 0),
        ("run --suite nosuch 2>/dev/full", 2),
        ("run --suite nosuch >&- 2>&-", 2),
        ("run nowhere 2>/dev/full", 2),
    ],
)
def test_streams_that_nobody_can_write_to_change_no_exit_code(line: str, code: int) -> None:
    """Python's own codes for that are 1, which would read as the application's fault, and 120."""
    done = subprocess.run(f"{sys.executable} -m smoke {line}", shell=True, cwd=ROOT, check=False, capture_output=True)
    assert done.returncode == code
