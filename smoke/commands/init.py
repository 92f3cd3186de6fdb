"""``smoke init``."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from smoke.config.problems import ConfigError
from smoke.settings import find_root, resolve

if TYPE_CHECKING:
    from collections.abc import Callable

    from smoke.init.files import File
    from smoke.init.seen import Seen
    from smoke.init.wanted import Wanted
    from smoke.init.writing import Home
    from smoke.settings import Settings


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options; what is missing is asked for at the terminal."""
    parser.add_argument("--name", metavar="NAME", help="name of the application, such as 'My Shop'")
    parser.add_argument("--url", metavar="URL", help="address of its start page")
    login = parser.add_mutually_exclusive_group()
    text = "it has a login; PATH is the page with its form, such as /login, where it is hard to find"
    login.add_argument("--login", nargs="?", const="", metavar="PATH", help=text)
    login.add_argument("--no-login", dest="login", action="store_const", const=False, help="it has no login")
    parser.add_argument(
        "--sso", metavar="URL", help="where its login is, if at another address; the password is typed there"
    )
    parser.add_argument("--user", metavar="USER", help="user of its smoke account")
    parser.add_argument(
        "--password", metavar="VARIABLE", help="environment variable with its password (default: NAME_PASSWORD)"
    )
    parser.add_argument("--totp", metavar="VARIABLE", help="environment variable with its TOTP secret")
    parser.add_argument("--dry-run", action="store_true", help="look, print the files, and write nothing")
    parser.add_argument("--overwrite", action="store_true", help="replace files of the suite that are there already")
    parser.set_defaults(call=call)


def call(given: argparse.Namespace) -> int:
    """Ask, look, write and run; return the exit code of the run, or 3 where that would say too much."""
    from smoke.init.person import Answers, secrets
    from smoke.init.writing import check_free, home_in

    wanted, home = Answers(given).wanted(), home_in(_root())
    if not (given.dry_run or given.overwrite):
        check_free(home.root, wanted.suite)
    settings = resolve({}, point=home.point, root=home.root, environ=os.environ)
    known = secrets(wanted.account, settings.environ) if wanted.account else {}
    from playwright.sync_api import Error

    from smoke.browser.choice import BrowserMissing
    from smoke.init.looking import NoStartPageError
    from smoke.init.session import look

    try:
        found = look(wanted, known, settings, lambda line: print(line, file=sys.stderr))
    except (BrowserMissing, NoStartPageError, Error) as error:
        print(f"INCONCLUSIVE: {str(error).partition(chr(10))[0]}", file=sys.stderr)
        return 3
    files = _files(wanted, home, found.seen, found.scrub)
    if given.dry_run:
        for file in files:
            print(f"--- {file.path}\n{file.text}")
        code = 0
    else:
        code = _written_and_run(wanted, settings, files, known)
    if found.trouble:
        print(f"no journey signs in yet: {found.trouble}", file=sys.stderr)
        return 3
    return code


def _root() -> Path:
    try:
        return find_root(Path.cwd())
    except ConfigError:
        return Path.cwd()


def _files(wanted: Wanted, home: Home, seen: Seen, scrub: Callable[[str], str]) -> tuple[File, ...]:
    from smoke.init.files import project_files, scrubbed, suite_files
    from smoke.init.writing import missing

    own = suite_files(wanted, seen, home.environment, datetime.now(UTC).date())
    shared = missing(home.root, project_files(wanted))
    return tuple(scrubbed(file, scrub) for file in (*shared, *own))


def _written_and_run(wanted: Wanted, settings: Settings, files: tuple[File, ...], known: dict[str, str]) -> int:
    from smoke.init.files import todos
    from smoke.init.writing import write

    write(settings.root, files)
    for file in files:
        print(f"wrote {file.path}", flush=True)
    target = ["--suite", wanted.suite, "--base-url", wanted.url]  # whatever address the environment names
    command = [sys.executable, "-m", "smoke", "run", settings.point, *target]
    code = subprocess.run(command, cwd=settings.root, env={**os.environ, **known}, check=False).returncode
    left = list(todos(files))
    if left:
        print(f"\nleft to a person ({len(left)}):", *left, sep="\n  ")
    if code in {1, 3}:
        _tell_edits(wanted.suite, settings.reports / "verdict.json", files)
    elif not left:
        print("\nnothing is left to write; read it all the same")
    print(f"again: smoke run {settings.point} --suite {wanted.suite}")
    if account := wanted.account:
        print(f"it needs in the environment or in .env: {', '.join(filter(None, (account.password, account.totp)))}")
    print(f"what would it miss: smoke prove --suite {wanted.suite}")
    return code


def _tell_edits(suite: str, verdict: Path, files: tuple[File, ...]) -> None:
    from smoke.init.first_run import edits

    print("\nthe first run is not green. Mend the application, or edit what is expected of it:")
    with suppress(OSError, ValueError, KeyError):  # a run that left no verdict says why by itself
        for line in edits(verdict.read_text(encoding="utf-8"), files):
            print(f"  {line}")
    print(f"  what is expected of every page: config/suites/{suite}/suite.yaml; accepted noise: noise.yaml beside it")
