"""Imports that would fail, found without importing."""

from __future__ import annotations

from pathlib import Path

import pytest

from smoke.config.imports import broken_imports

FILES = {
    "page_objects/shop/cart_page.py": (
        "try:\n    import fast as engine\nexcept ImportError:\n    engine = None\n"
        "if engine:\n    LIMIT = 3\nclass CartPage:\n    inner = 1\n"
    ),
    "page_objects/shop/dynamic.py": "def __getattr__(name):\n    return name\n",
    "page_objects/shop/everything.py": "from page_objects.shop.cart_page import *\n",
    "page_objects/shop/parts/__init__.py": "from page_objects.shop.cart_page import LIMIT as MOST\n",
    "page_objects/shop/parts/row.py": "class Row: ...\n",
    "e2e/shop/helper.py": "async def help(): ...\n",
}


def found(root: Path, text: str, file: str = "e2e/shop/test_cart.py") -> list[str]:
    for name, content in {**FILES, file: text}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content, encoding="utf-8")
    return [f"{problem.file}:{problem.line}: {problem.text}" for problem in broken_imports(root, "shop")]


@pytest.mark.parametrize(
    "line",
    [
        "import page_objects.shop.cart_page",
        "from page_objects.shop import cart_page, parts",
        "from page_objects.shop.cart_page import CartPage, LIMIT, engine",
        "from page_objects.shop.cart_page import *",
        "from page_objects.shop.dynamic import Anything",
        "from page_objects.shop.everything import CartPage",
        "from page_objects.shop.parts import MOST, row",
        "from page_objects.shop.parts.row import Row",
        "from e2e.shop.helper import help",
        "from .helper import help",
        "from . import helper",
        "from playwright.sync_api import Nothing",
    ],
)
def test_an_import_that_works_is_no_problem(tmp_path: Path, line: str) -> None:
    """Modules, packages, names however they are bound, and everything that is not the project's own."""
    assert found(tmp_path, line) == []


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (
            "import page_objects.shop.card_page",
            "there is no module page_objects.shop.card_page; it would be page_objects/shop/card_page.py",
        ),
        (
            "from page_objects.shops.cart_page import CartPage",
            "there is no module page_objects.shops.cart_page; it would be page_objects/shops/cart_page.py",
        ),
        ("from page_objects.shop.cart_page import CardPage", "page_objects/shop/cart_page.py holds no CardPage"),
        ("from page_objects.shop.cart_page import inner", "page_objects/shop/cart_page.py holds no inner"),
        ("from page_objects.shop import card_page", "page_objects/shop/__init__.py holds no card_page"),
        ("from e2e.shop.helper import halp", "e2e/shop/helper.py holds no halp"),
        ("from .halper import help", "there is no module e2e.shop.halper; it would be e2e/shop/halper.py"),
        ("from ..shop.helper import halp", "e2e/shop/helper.py holds no halp"),
    ],
)
def test_an_import_that_would_fail_is_told(tmp_path: Path, line: str, text: str) -> None:
    """A missing module and a missing name are told with file and line, also within a function."""
    assert found(tmp_path, f"def test():\n    {line}") == [f"e2e/shop/test_cart.py:2: {text}"]


def test_pages_are_looked_at_too(tmp_path: Path) -> None:
    """A page that cannot be imported, or is no Python, breaks every journey that opens it."""
    assert found(tmp_path, "from page_objects.shop.gone import Gone", "page_objects/shop/pay_page.py") == [
        (
            "page_objects/shop/pay_page.py:1: "
            "there is no module page_objects.shop.gone; it would be page_objects/shop/gone.py"
        )
    ]
    (told,) = found(tmp_path, "class PayPage(:", "page_objects/shop/pay_page.py")
    assert told.splitlines() == [
        "page_objects/shop/pay_page.py:1: cannot be read: SyntaxError: invalid syntax",
        "    class PayPage(:",
        "                  ^",
    ]


def test_a_file_that_is_no_python_is_told_once(tmp_path: Path) -> None:
    """Of what it would hold, nobody says that it is missing."""
    (tmp_path / "e2e/shop").mkdir(parents=True)
    (tmp_path / "e2e/shop/broken.py").write_text("def (\n", encoding="utf-8")
    (problem,) = found(tmp_path, "from .broken import Anything")
    assert problem.startswith("e2e/shop/broken.py:1: ")
