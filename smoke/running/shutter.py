"""Presses the shutter before whatever a journey does to a page, where its camera is on."""

from __future__ import annotations

import functools
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

    from smoke.running.camera import Camera

VERBS = ("click", "dblclick", "tap", "press", "check", "uncheck", "set_checked", "select_option", "set_input_files")
"""Of a locator: what may change the whole page. Before each the page shows what came of those before it."""
_cameras: WeakKeyDictionary[Any, Camera] = WeakKeyDictionary()


def watch(context: BrowserContext, camera: Camera) -> None:
    """Let ``camera`` take a picture before each verb on a page of ``context``."""
    _load()
    _cameras[context._impl_obj] = camera


@cache
def _load() -> None:
    from playwright.sync_api import Locator, Page

    for verb in VERBS:
        setattr(Locator, verb, _photographed(getattr(Locator, verb), verb, lambda locator: locator.page.context))
    Page.goto = _photographed(Page.goto, "opening", lambda page: page.context)  # type: ignore[method-assign]


def _photographed(done: Callable[..., Any], verb: str, context_of: Callable[[Any], BrowserContext]) -> Any:
    @functools.wraps(done)
    def does(self: Any, *args: Any, **options: Any) -> Any:
        camera = _cameras.get(context_of(self)._impl_obj)
        if camera is None:
            return done(self, *args, **options)
        taken = camera.look(f"before {verb}")
        try:
            return done(self, *args, **options)
        except Exception:
            if taken is not None:
                camera.forget(taken)
            raise

    return does
