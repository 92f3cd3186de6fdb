from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from smoke.config.journeys import journeys
from smoke.config.problems import ConfigError
from smoke.model import Category, Check, CheckKind, Scope
from smoke.safety import Permit

FILE = "e2e/shop/test_cart.py"


def written(root: Path, text: str, file: str = FILE) -> tuple[Check, ...]:
    path = root / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dedent(text), encoding="utf-8")
    return journeys(root, "shop")


def complaint(root: Path, decorator: str, function: str = "def test_cart():") -> str:
    """What a user sees of a journey that cannot be read."""
    with pytest.raises(ConfigError) as caught:
        written(root, f'{decorator}\n{function}\n    """The cart opens."""\n')
    told = str(caught.value)
    heading = f"{FILE}: 1 problem\n  line 2, "
    assert told.startswith(heading)
    return told.removeprefix(heading).removeprefix("test_cart: ")


def test_a_journey_is_read_without_being_run(tmp_path: Path) -> None:
    """All that a journey says of itself is in its decorator and its docstring; its file is never imported."""
    text = '''\
        raise SystemExit("this file is not imported")

        @check(
            "cart.open",
            category="critical-paths",
            critical=False,
            scope="reduced",
            contracts=["planned"],
            permits=["POST /cart", "DELETE /cart/1"],
            repeatable=True,
            account="basic",
        )
        @other
        def test_cart(page, journey):
            """The cart opens.

            More is said below.
            """
        '''
    assert written(tmp_path, text) == (
        Check(
            id="cart.open",
            title="The cart opens",
            category=Category.CRITICAL_PATHS,
            kind=CheckKind.JOURNEY,
            critical=False,
            scope=Scope.REDUCED,
            source=f"{FILE}:14",
            contracts=("planned",),
            repeatable=True,
            permits=(Permit(method="POST", path="/cart"), Permit(method="DELETE", path="/cart/1")),
            account="basic",
        ),
    )


def test_a_journey_that_says_little_is_critical_and_full(tmp_path: Path) -> None:
    """Without further words a journey is required, runs in full scope, and may not write."""
    (check,) = written(tmp_path, '@check("cart.open", category="database")\ndef test_cart():\n    """It opens."""\n')
    assert (check.critical, check.scope, check.permits, check.contracts, check.account) == (
        True,
        Scope.FULL,
        (),
        (),
        None,
    )


def test_files_are_read_in_order_of_their_names(tmp_path: Path) -> None:
    """Journeys run in a stable order, folders included, and other files are not journeys."""
    for file in ("test_b.py", "test_a.py", "deeper/test_c.py", "helper.py"):
        name = Path(file).stem.removeprefix("test_")
        text = f'@check("cart.{name}", category="database")\ndef test_{name}():\n    """It opens."""\n'
        written(tmp_path, text, f"e2e/shop/{file}")
    assert [check.id for check in journeys(tmp_path, "shop")] == ["cart.c", "cart.a", "cart.b"]


def test_a_suite_need_not_have_journeys(tmp_path: Path) -> None:
    """A product may be watched by probes alone."""
    assert journeys(tmp_path, "shop") == ()


NO_CHECK = 'needs @check("some.id", category=…): every journey is a check with an id'
POSITIONAL = "@check takes the id first, and everything else by name"
NOT_LITERAL = "the arguments of @check are literals, so that they can be read without running"
CATEGORIES = "category is one of api-health, database, external-services, authentication, critical-paths"


@pytest.mark.parametrize(
    ("decorator", "problem"),
    [
        ("@other", NO_CHECK),
        ("@check", NO_CHECK),
        ("@check()", POSITIONAL),
        ('@check("cart.open", "database")', POSITIONAL),
        ('@check(CART, category="database")', NOT_LITERAL),
        ('@check("cart.open", category=Category.DATABASE)', NOT_LITERAL),
        ('@check("cart.open", **terms)', NOT_LITERAL),
        ('@check("cart.open")', f"{CATEGORIES}; got None"),
        ('@check("cart.open", category="fun")', f"{CATEGORIES}; got 'fun'"),
        ('@check("cart.open", category="database", scope="tiny")', "scope is one of reduced, full; got 'tiny'"),
        ('@check("cart.open", category="database", critical="no")', "critical is True or False; got 'no'"),
        ('@check("cart.open", category="database", repeatable=1)', "repeatable is True or False; got 1"),
        (
            '@check("cart.open", category="database", repeatable=True)',
            "repeatable goes with permits: what only reads is tried again anyway",
        ),
        ('@check("cart.open", category="database", colour="red")', "@check does not know colour"),
        ('@check("Cart", category="database")', "a check id is dotted lower-case words such as login.totp; got 'Cart'"),
        ('@check("cart.open", category="database", contracts="planned")', "@check takes a list here; got 'planned'"),
        (
            '@check("cart.open", category="database", permits=["GET /cart"])',
            "a permit is a writing method and a path, such as POST /login; got 'GET /cart'",
        ),
    ],
)
def test_a_journey_that_cannot_be_read_says_why(tmp_path: Path, decorator: str, problem: str) -> None:
    """What a plan cannot use is told with file, line, function and the way out."""
    assert complaint(tmp_path, decorator) == problem


def test_an_async_journey_is_refused(tmp_path: Path) -> None:
    """A coroutine that nobody would await is not left out in silence."""
    told = complaint(tmp_path, '@check("cart.open", category="database")', "async def test_cart():")
    assert told == "is async; journeys are plain functions and use Playwright's synchronous API"


def test_a_journey_that_would_never_run_is_told(tmp_path: Path) -> None:
    """A check whose function is not named like a test is not left out in silence; helpers are no checks."""
    told = complaint(tmp_path, '@check("cart.open", category="database")', "def opens_cart():")
    assert told.endswith("opens_cart: is a check that would never run: rename it to test_…")
    assert written(tmp_path, "@other\ndef opens_cart():\n    pass\n") == ()


def test_a_journey_needs_a_docstring(tmp_path: Path) -> None:
    """Without a docstring there is no title for the reports."""
    with pytest.raises(ConfigError) as caught:
        written(tmp_path, '@check("cart.open", category="database")\ndef test_cart():\n    pass\n')
    assert str(caught.value) == (
        f"{FILE}: 1 problem\n  line 2, test_cart: needs a docstring: its first line is the title in every report"
    )


def test_all_journeys_are_told_at_once(tmp_path: Path) -> None:
    """One bad journey does not hide another, nor a file that is not Python."""
    (tmp_path / "e2e" / "shop").mkdir(parents=True)
    (tmp_path / "e2e" / "shop" / "test_broken.py").write_text("def test_x(:\n")
    with pytest.raises(ConfigError) as caught:
        written(tmp_path, "def test_a():\n    pass\n\ndef test_b():\n    pass\n")
    assert str(caught.value) == (
        "e2e/shop/test_broken.py: 1 problem\n"
        "  line 1: cannot be read: SyntaxError: invalid syntax\n"
        "    def test_x(:\n"
        "               ^\n"
        f"{FILE}: 2 problems\n"
        f"  line 1, test_a: {NO_CHECK}\n"
        f"  line 4, test_b: {NO_CHECK}"
    )
