"""Writes page objects and a journey from recorded pages. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from smoke.recording.tape import Act, Kind
from smoke.recording.verbs import RecordedPage, Verb

SECRET = re.compile(r"pass(word|phrase|wd)|secret|\bpin\b", re.IGNORECASE)
CODE = re.compile(r"one.?time|otp|authenticat", re.IGNORECASE)
USER = re.compile(r"user|e-?mail|login", re.IGNORECASE)


def page_objects(pages: tuple[RecordedPage, ...]) -> str:
    """Return the classes of ``pages`` as one file."""
    head = "from playwright.sync_api import Page as BrowserPage\n\nfrom page_objects.page import Page\n"
    imports = "import re\n\n" if any("re.compile(" in each for page in pages for each in page.attributes) else ""
    return imports + head + "".join(f"\n\n{_class(page)}" for page in pages)


def _class(page: RecordedPage) -> str:
    landmark = next(iter(page.attributes), 'page.get_by_role("main")')
    lines = [
        f"class {page.name}(Page):",
        f'    path = "{page.path}"',
        "",
        "    def __init__(self, page: BrowserPage) -> None:",
        "        # TODO: is the landmark there, and there alone, as soon as the page is?",
        f"        super().__init__(page, {landmark})",
        *(f"        self.{name} = {locator}" for locator, name in page.attributes.items()),
    ]
    written: set[str] = set()
    for verb in (step for step in page.steps if isinstance(step, Verb)):
        text = "\n".join(_method(page, verb))
        if text not in written:
            written.add(text)
            lines += ["", text]
    return "\n".join(lines) + "\n"


def _method(page: RecordedPage, verb: Verb) -> Iterator[str]:
    parameters = "".join(f", {page.attributes[act.locator]}: str" for act in verb.filled)
    yield f"    def {verb.name}(self{parameters}) -> None:"
    for act in verb.acts:
        if act.kind is Kind.ANSWER:
            yield f"        self.page.{act.method}({act.arguments})"
            continue
        attribute = page.attributes.get(act.locator, "page")
        given = attribute if act.kind is Kind.FILL else act.arguments
        yield f"        self.{attribute}.{act.method}({given})"


def journey(pages: tuple[RecordedPage, ...]) -> str:
    """Return a journey through ``pages``."""
    needs_account = any(_account_word(act) for page in pages for step in page.steps for act in _filled(step))
    account = ', account="TODO"' if needs_account else ""
    lines = [
        "from playwright.sync_api import Page, expect",
        "",
        f"from page_objects.SUITE.recorded import {', '.join(page.name for page in pages)}",
        "from smoke.running.checks import check",
        "from smoke.running.journey import Journey",
        "",
        "",
        "# TODO: an id, and permits=[…]: a run names each write that it stops.",
        f'@check("recorded.journey", category="critical-paths"{account})',
        "def test_recorded(page: Page, journey: Journey) -> None:",
        '    """TODO: what a user gets done here."""',
    ]
    for page in pages:
        lines += _walk(page)
    return "\n".join(lines) + "\n"


def _walk(page: RecordedPage) -> Iterator[str]:
    name = re.sub(r"(?<!^)(?=[A-Z])", "_", page.name).lower()
    yield f"    {name} = {page.name}(page).open()"
    for step in page.steps:
        if isinstance(step, Verb):
            yield f'    with journey.step("{step.name.replace("_", " ")}"):'
            given = ", ".join(_account_word(act) or _text(page, act) for act in step.filled)
            yield f"        {name}.{step.name}({given})"
        else:
            owner = f"{name}.{page.attributes[step.locator]}" if step.locator else "page"
            given = step.arguments
            if step.method.startswith("to_have_value"):
                given = _account_word(step) or _text(page, step)
            yield f"    expect({owner}).{step.method}({given})"


def _filled(step: Verb | Act) -> tuple[Act, ...]:
    return step.filled if isinstance(step, Verb) else ()


def _account_word(act: Act) -> str:
    if SECRET.search(act.name):
        return "journey.account.password.reveal()"
    if CODE.search(act.name):
        return "journey.one_time_code()"
    return "journey.account.user" if USER.search(act.name) else ""


def _text(page: RecordedPage, act: Act) -> str:
    return f'journey.target.texts["{page.attributes[act.locator]}"]'
