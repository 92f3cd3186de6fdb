"""Writes page objects and journeys from what was seen. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from smoke.init.seen import Login, Seen
from smoke.init.spot import quoted

LONGEST_LINE = 120


def pages(suite: str, seen: Seen) -> Iterator[tuple[str, str]]:
    """Yield name and text of each page object of ``suite``."""
    if seen.banner is not None:
        yield "cookie_banner.py", _written("cookie_banner.py", banner=seen.banner)
    yield "home_page.py", _written("home_page.py", suite=suite, start=seen.start)
    if seen.login is not None:
        yield "login_page.py", _written("login_page.py", suite=suite, login=seen.login)
        yield "session.py", _written("session.py", login=seen.login, way_out=seen.login.way_out)


def journeys(suite: str, seen: Seen) -> Iterator[tuple[str, str]]:
    """Yield name and text of each journey of ``suite``."""
    sockets = [each for each in seen.stopped if each.startswith("WS ")]
    check = _check("homepage.load", 'category="critical-paths"', 'scope="reduced"', permits=sockets)
    yield "test_homepage.py", _written("test_homepage.py", suite=suite, start=seen.start, check=check)
    if (login := seen.login) is None:
        return
    category, writes = 'category="authentication"', [*sockets, *login.writes]
    check = _check("login.account", category, 'account="smoke"', permits=writes)
    yield "test_login.py", _written("test_login.py", suite=suite, login=login, way_out=login.way_out, check=check)
    if login.refused is not None and _is_tried_whole(login):
        check = _check("login.refused", category, "repeatable=True", permits=[*sockets, *login.refused.writes])
        yield "test_login_refused.py", _written("test_login_refused.py", suite=suite, login=login, check=check)


def _is_tried_whole(login: Login) -> bool:
    """Tell whether a refused login goes through the whole form: one in two pages may end on the first."""
    return bool(login.refused and login.refused.writes) and not login.onward


def _check(name: str, *arguments: str, permits: Iterable[str]) -> str:
    """Write the decorator of a journey, on several lines where one is too long."""
    listed = [quoted(each) for each in dict.fromkeys(permits)]
    given = [quoted(name), *arguments, *([f"permits=[{', '.join(listed)}]"] if listed else [])]
    line = f"@check({', '.join(given)})"
    if len(line) <= LONGEST_LINE:
        return line
    return "\n".join(["@check(", *(f"    {each}," for each in given), ")"])


def _written(name: str, **about: object) -> str:
    return _environment().get_template(f"{name}.jinja").render(about)


@cache
def _environment() -> Environment:
    environment = Environment(  # noqa: S701 - it writes Python, not HTML
        loader=PackageLoader("smoke.init"),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
    )
    environment.filters["quoted"] = quoted
    return environment
