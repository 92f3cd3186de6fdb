"""Runs ``smoke`` and notes when it passes its seams: `python -m benchmarks.timeline run …`.

Nothing is loaded earlier than in an ordinary run: each module is fitted with its seams right after it was loaded.
Every event is one line of JSON in the file that ``SMOKE_TIMELINE`` names.
"""

from __future__ import annotations

import functools
import importlib.abc
import importlib.machinery
import inspect
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

FILE = "SMOKE_TIMELINE"


@dataclass(frozen=True, slots=True)
class Seam:
    """A function whose calls are noted."""

    module: str
    path: str
    """Its name in the module, or ``Class.name``."""
    phase: str
    """What the waterfall calls the time that it takes."""


SEAMS = (
    Seam("smoke.commands.run", "call", "run"),
    Seam("smoke.running.launch", "begin_with_driver", "beginning"),
    Seam("playwright.sync_api._context_manager", "PlaywrightContextManager.__enter__", "driver starts"),
    Seam("playwright.sync_api._context_manager", "PlaywrightContextManager.__exit__", "driver ends"),
    Seam("smoke.running.launch", "_plan", "configuration, plan"),
    Seam("smoke.running.launched", "Launched._started", "waiting for the browser"),
    Seam("smoke.running.launched", "Launched.close", "waiting for the browser's end"),
    Seam("playwright.sync_api._generated", "BrowserType.launch", "browser starts"),
    Seam("playwright.sync_api._generated", "Page.goto", "navigation"),
    Seam("smoke.running.run", "_under_pytest", "pytest"),
    Seam("smoke.running.session_plugin", "run_journey", "journey"),
    Seam("smoke.probing.runner", "ProbeRunner.start", "probes begin"),
    Seam("smoke.probing.runner", "ProbeRunner._settle", "probe"),
    Seam("smoke.running.concluding", "conclude", "sweeping, judging"),
    Seam("smoke.running.after", "after", "verdict.json, Allure, history"),
    Seam("smoke.sinks.delivery", "deliver_all", "sinks"),
    Seam("smoke.reporting.console", "Console.summary", "printing"),
)
IMPORTED = ("smoke.running.opening", "smoke.running.abreast")
"""The first and the last module that are loaded beside the driver's start."""


def note(phase: str, edge: str, detail: str = "") -> None:
    """Write down one event; the line goes out whole, whichever process or thread it is from."""
    line = json.dumps({"at": time.time(), "phase": phase, "edge": edge, "detail": detail}) + "\n"
    os.write(_file, line.encode())


def noted(work: Callable[..., Any], phase: str) -> Callable[..., Any]:
    """Return ``work``, with its beginning and its end noted."""
    if inspect.iscoroutinefunction(work):

        @functools.wraps(work)
        async def awaited(*arguments: Any, **named: Any) -> Any:
            detail = _detail(arguments)
            note(phase, "begin", detail)
            try:
                return await work(*arguments, **named)
            finally:
                note(phase, "end", detail)

        return awaited

    @functools.wraps(work)
    def called(*arguments: Any, **named: Any) -> Any:
        detail = _detail(arguments)
        note(phase, "begin", detail)
        try:
            return work(*arguments, **named)
        finally:
            note(phase, "end", detail)

    return called


def _detail(arguments: tuple[Any, ...]) -> str:
    """Return the id of the check that a call is about, if it is about one."""
    for each in arguments[1:2]:
        if hasattr(each, "stash"):
            from smoke.running.stash import check_id_of

            return check_id_of(each) or ""
        return str(getattr(each, "id", ""))
    return ""


class Fitter(importlib.abc.MetaPathFinder):
    """Finds modules that have seams where the others find them, and fits them once they are loaded."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return the spec that others find, with a loader that fits."""
        if not (fullname in IMPORTED or any(seam.module == fullname for seam in SEAMS)):
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            load = spec.loader.exec_module
            spec.loader.exec_module = lambda module: _fitted(load, module)  # type: ignore[method-assign]
        return spec


def _fitted(load: Callable[[ModuleType], None], module: ModuleType) -> None:
    name = module.__name__
    if name in IMPORTED:
        note("imports", "begin", name)
    load(module)
    if name in IMPORTED:
        note("imports", "end", name)
    for seam in SEAMS:
        if seam.module == name:
            holder, _, last = seam.path.rpartition(".")
            place = getattr(module, holder) if holder else module
            setattr(place, last, noted(getattr(place, last), seam.phase))


if __name__ == "__main__":
    _file = os.open(os.environ[FILE], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    note("python", "begin")
    sys.meta_path.insert(0, Fitter())
    from smoke.cli import main

    sys.exit(main())
