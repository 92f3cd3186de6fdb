"""Takes note of the elements that journeys use, by the very calls of Playwright's that use them."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from smoke.proof.element import Element, Use, Used

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Locator

ACTS = {
    **dict.fromkeys(("click", "dblclick", "check", "uncheck", "tap"), (Use.SEEN, Use.CLICKED, Use.ABLE)),
    **dict.fromkeys(("fill", "clear", "select_option", "type", "press_sequentially"), (Use.SEEN, Use.ABLE)),
    **dict.fromkeys(("inner_text", "text_content", "input_value", "hover", "scroll_into_view_if_needed"), (Use.SEEN,)),
}
"""Verbs of a locator that wait for its element, with what they need of it."""
LOOKS = {
    "to_be_visible": (Use.SEEN,),
    "to_be_in_viewport": (Use.SEEN,),
    "to_be_enabled": (Use.SEEN, Use.ABLE),
    "to_be_editable": (Use.SEEN, Use.ABLE),
    "to_be_disabled": (Use.SEEN, Use.UNABLE),
    "to_have_count": (Use.SEEN, Use.COUNTED),
    "to_have_text": (Use.SEEN, Use.NAMED),
    "to_contain_text": (Use.SEEN, Use.NAMED),
    "to_have_accessible_name": (Use.SEEN, Use.NAMED),
}
"""Expectations of a locator's element, with what they need of it."""
BY_NAME = ("[name=", "internal:label=", "internal:text=", "internal:has-text=")
ATTACHED_MS = 5000.0
DESCRIBE = """elements => {
  if (!elements.length || elements.some(each => each.getRootNode() !== document)) return null;
  const text = each => (each.textContent || '').replace(/\\s+/g, ' ').trim();
  const same = found => found.length === elements.length && found.every(each => elements.includes(each));
  const all = css => [...document.querySelectorAll(css)];
  const told = (css, text) => ({
    path: location.pathname, css, text, count: elements.length,
    is_control: elements.every(each => 'disabled' in each),
  });
  const [first] = elements, tag = first.localName;
  const by = (each, name) =>
    each.hasAttribute(name) && `${each.localName}[${name}=${JSON.stringify(each.getAttribute(name))}]`;
  for (const name of ['data-testid', 'id', 'name', 'aria-label']) {
    const css = by(first, name);
    if (css && same(all(css))) return told(css, null);
  }
  const said = text(first);
  if (said && said.length < 200 && same(all(tag).filter(each => text(each) === said))) return told(tag, said);
  for (const name of ['href', 'role', 'type', 'class']) {
    const css = by(first, name);
    if (css && same(all(css))) return told(css, null);
  }
  if (same(all(tag))) return told(tag, null);
  for (let above = first.parentElement; above; above = above.parentElement)
    for (const name of ['data-testid', 'id', 'aria-label']) {
      const css = by(above, name);
      if (css && same(all(`${css} ${tag}`))) return told(`${css} ${tag}`, null);
    }
  return null;
}"""
"""From elements to the simplest way of finding just them; null where there is none."""


@dataclass(slots=True)
class Looking:
    """What journeys looked at so far, by the check."""

    used: dict[str, dict[Used, None]] = field(default_factory=lambda: defaultdict(dict))
    titled: set[str] = field(default_factory=set)
    """Checks that looked at the title of a page."""
    _checks: WeakKeyDictionary[BrowserContext, str] = field(default_factory=WeakKeyDictionary)
    _expected: WeakKeyDictionary[Any, Locator] = field(default_factory=WeakKeyDictionary)

    def follow(self, context: BrowserContext, check_id: str) -> None:
        """Take note of what happens in ``context`` from now on as what ``check_id`` does."""
        self._checks[context] = check_id

    @contextmanager
    def open(self) -> Iterator[None]:
        """Take note of every call meanwhile."""
        from playwright.sync_api import Locator
        from playwright.sync_api import expect as given
        from playwright.sync_api._generated import LocatorAssertions, PageAssertions

        with ExitStack() as stack:
            for name, uses in ACTS.items():
                stack.enter_context(_wrapped(Locator, name, functools.partial(self._act, uses)))
            for name, uses in LOOKS.items():
                stack.enter_context(_wrapped(LocatorAssertions, name, functools.partial(self._look, uses)))
            stack.enter_context(_wrapped(PageAssertions, "to_have_title", self._title))
            stack.enter_context(_wrapped(type(given), "__call__", self._expect))
            yield

    def _act(self, uses: tuple[Use, ...], real: Callable[..., Any], locator: Locator, *args: Any, **named: Any) -> Any:
        from playwright.sync_api import Error

        with suppress(Error):  # the call itself will say so
            locator.first.wait_for(state="attached", timeout=ATTACHED_MS)
            self._note(locator, uses)
        return real(locator, *args, **named)

    def _look(self, uses: tuple[Use, ...], real: Callable[..., Any], expectation: Any, *args: Any, **named: Any) -> Any:
        from playwright.sync_api import Error

        done = real(expectation, *args, **named)
        if (locator := self._expected.get(expectation)) is not None:
            with suppress(Error):  # the page is being left
                self._note(locator, uses)
        return done

    def _expect(self, real: Callable[..., Any], expect: Any, actual: Any, *args: Any, **named: Any) -> Any:
        from playwright.sync_api import Locator, Page

        expectation = real(expect, actual, *args, **named)
        if isinstance(actual, (Locator, Page)):
            self._expected[expectation] = actual  # type: ignore[assignment]
        return expectation

    def _title(self, real: Callable[..., Any], expectation: Any, *args: Any, **named: Any) -> Any:
        done = real(expectation, *args, **named)
        page: Any = self._expected.get(expectation)
        if page is not None and page.context in self._checks:
            self.titled.add(self._checks[page.context])
        return done

    def _note(self, locator: Locator, uses: tuple[Use, ...]) -> None:
        check_id = self._checks.get(locator.page.context)
        described = locator.evaluate_all(DESCRIBE) if check_id else None
        if check_id is None or described is None:
            return
        element = Element(**described)
        named = (Use.NAMED,) if element.count == 1 and _by_name(locator) else ()
        self.used[check_id].update(dict.fromkeys(Used(element=element, use=use) for use in (*uses, *named)))


def _by_name(locator: Locator) -> bool:
    """Tell whether the last step of ``locator`` goes by text or label."""
    steps = [each for each in locator._impl_obj._selector.split(" >> ") if not each.startswith(("nth=", "visible="))]
    return any(sign in steps[-1] for sign in BY_NAME) and "internal:or=" not in steps[-1]


@contextmanager
def _wrapped(owner: Any, name: str, around: Callable[..., Any]) -> Iterator[None]:
    """Let ``around`` do what method ``name`` of ``owner`` does; it gets the method first."""
    real = getattr(owner, name)

    @functools.wraps(real)
    def wrapper(*args: Any, **named: Any) -> Any:
        __tracebackhide__ = True
        return around(real, *args, **named)

    setattr(owner, name, wrapper)
    try:
        yield
    finally:
        setattr(owner, name, real)
