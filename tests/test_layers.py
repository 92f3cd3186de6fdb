"""The middle stays pure, pages stay free of assertions, and nobody sleeps: read from the code, not from intentions."""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PURE = [
    *(
        f"smoke.{room}.{path.stem}"
        for room in ("answers", "config.alerts", "judging", "planning", "timeline")
        for path in sorted((ROOT / "smoke" / room.replace(".", "/")).glob("*.py"))
        if path.stem != "__init__"
    ),
    "smoke.model",
    *(
        f"smoke.bundle.{name}"
        for name in ("bad", "curl", "marking", "page", "pictures", "rendering", "scene", "standing", "words")
    ),
    "smoke.joining.shards",
    "smoke.calibration",
    "smoke.secrets.secret",
    "smoke.secrets.written",
    "smoke.secrets.tokens",
    "smoke.addresses",
    "smoke.browser.server",
    "smoke.safety",
    "smoke.restraint.rate",
    "smoke.restraint.permission",
    *(
        f"smoke.alerts.{path.stem}"
        for path in sorted((ROOT / "smoke/alerts").glob("*.py"))
        if path.stem not in {"__init__", "checking", "kept"}
    ),
    *(f"smoke.availability.{name}" for name in ("figures", "judging", "ledger", "printed")),
    *(f"smoke.status.{name}" for name in ("charts", "days", "monitors", "page", "standing", "written")),
    "smoke.accounts.pacing",
    "smoke.secrets.totp",
    "smoke.accounts.fingerprint",
    "smoke.history.facts",
    "smoke.doctor.diagnosis",
    *(
        f"smoke.datadog.{name}"
        for name in (
            "assertions",
            "dashboards",
            "definition",
            "difference",
            "monitors",
            "queries",
            "rules",
            "synthetics",
        )
    ),
    "smoke.sinks._datadog_terms",
    *(f"smoke.channels.{name}" for name in ("links", "message", "lateness", "options", "told")),
    *(f"smoke.channels.{name}" for name in ("_slack_blocks", "_pagerduty_event", "_mail", "_signed")),
    *(f"smoke.dora.{name}" for name in ("deployment", "metrics", "document", "lines", "printed")),
    *(
        f"smoke.gates.{name}"
        for name in (
            "checklist",
            "checklist_printed",
            "cohort",
            "comparison",
            "criteria",
            "decision",
            "error_rate",
            "markdown",
            "new_endpoints",
            "pipeline",
            "restarts",
            "sample",
        )
    ),
    "smoke.commands.schemas",
    "smoke.known",
    "smoke.modules",
    "smoke.probing.readings",
    "smoke.spans",
    "smoke.variables",
    *(
        f"smoke.init.{name}"
        for name in (
            "banners",
            "code",
            "controls",
            "files",
            "first_run",
            "naming",
            "spot",
            "probes",
            "proposal",
            "scripts",
            "seen",
            "snapshot",
            "start_page",
            "usual",
            "wanted",
            "words",
        )
    ),
    *(f"smoke.recording.{name}" for name in ("skeleton", "tape", "verbs")),
    "smoke.accounts.answers",
    "smoke.proof.declared",
    "smoke.proof.fault",
    "smoke.proof.matrix",
    "smoke.proof.parts",
    "smoke.proof.progress",
    "smoke.proof.weather",
    "smoke.proof.forecast",
    "smoke.proof.campaign",
    "smoke.proof.rewriting",
    "smoke.proof.tape",
    "smoke.proof.unproven",
    "smoke.proof.element",
    "smoke.proof.journey_fault",
    *(f"smoke.proof.catalogue.{path.stem}" for path in sorted((ROOT / "smoke/proof/catalogue").glob("[a-z]*.py"))),
    *(f"smoke.config.{path.stem}" for path in sorted((ROOT / "smoke/config").glob("*.py")) if path.stem != "__init__"),
]
EFFECTS = {
    "pytest",
    "_pytest",
    "playwright",
    "httpcore",
    "socket",
    "asyncio",
    "threading",
    "subprocess",
    "time",
    "random",
}
CLOCKS = {"now", "utcnow", "today", "perf_counter", "monotonic"}


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), path.name)


@cache
def file_of(module: str) -> Path | None:
    """The file of a module of ours; None for a name within one."""
    place = ROOT.joinpath(*module.split("."))
    return next((path for path in (place.with_suffix(".py"), place / "__init__.py") if path.exists()), None)


def imports(tree: ast.Module) -> Iterator[str]:
    """Every module that may be imported when this one is used, lazily or not; type checkers' imports do not count."""
    todo: list[ast.AST] = [tree]
    while todo:
        match todo.pop():
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                continue
            case ast.Import(names=names):
                yield from (name.name for name in names)
            case ast.ImportFrom(module=module, names=names, level=0):
                yield str(module)
                yield from (f"{module}.{name.name}" for name in names)
            case ast.ImportFrom():
                raise AssertionError("imports are absolute, so that this check can follow them")
            case node:
                todo.extend(ast.iter_child_nodes(node))


@cache
def imports_of(path: Path) -> tuple[str, ...]:
    return tuple(imports(tree_of(path)))


def packages_of(module: str) -> Iterator[str]:
    """The packages that are imported on the way to ``module``."""
    while module := module.rpartition(".")[0]:
        yield module


def reached(module: str) -> dict[str, str]:
    """Everything that ``module`` imports, directly or through other modules of ours, with who imports it."""
    found: dict[str, str] = {}
    todo = [module]
    while todo:
        importer = todo.pop()
        path = file_of(importer)
        for name in imports_of(path) if path else ():
            if name not in found and name != module:
                found[name] = importer
                todo += [name, *packages_of(name)]
    return found


def python_files(*folders: str) -> list[Path]:
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def calls(path: Path) -> Iterator[ast.Attribute]:
    """Every ``something.name(…)`` of a file."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node.func


def at(path: Path, node: ast.stmt | ast.expr) -> str:
    return f"{path.relative_to(ROOT)}:{node.lineno}"


@pytest.mark.parametrize("module", PURE)
def test_the_pure_middle_reaches_no_effect(module: str) -> None:
    """Neither a browser, a network, a test runner nor a clock is reached from the middle, not even through others."""
    assert file_of(module), f"{module} is where this list says"
    assert importlib.util.find_spec(module)
    effects = {name: importer for name, importer in reached(module).items() if name.split(".")[0] in EFFECTS}
    assert effects == {}


@pytest.mark.parametrize("module", PURE)
def test_the_pure_middle_never_asks_what_time_it_is(module: str) -> None:
    """Dates are handed in: what the middle says can be replayed over history."""
    path = file_of(module)
    assert path
    assert [at(path, call) for call in calls(path) if call.attr in CLOCKS] == []


def room_of(module: str) -> str:
    """The folder below ``smoke/`` that a module of ours lives in; empty for one that stands beside them."""
    parts = module.split(".")
    return parts[1] if parts[0] == "smoke" and len(parts) > 1 and (ROOT / "smoke" / parts[1]).is_dir() else ""


def test_rooms_know_each_other_one_way() -> None:
    """Of two rooms one is below the other. Only what checks declare (``proves``) is known to the catalogue alone."""
    known: dict[tuple[str, str], set[str]] = {}
    for path in python_files("smoke"):
        mine = room_of(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for name in imports_of(path):
            if mine and (other := room_of(name)) and other != mine:
                known.setdefault((mine, other), set()).add(f"{path.relative_to(ROOT)}: {name}")
    both = {pair: sorted(known[pair]) for pair in known if pair[::-1] in known}
    both.pop(("proof", "config"))
    assert both.pop(("config", "proof")) == [
        "smoke/config/references.py: smoke.proof.declared",
        "smoke/config/references.py: smoke.proof.declared.undeclarable",
    ]
    assert both == {}


def test_imports_are_followed_to_the_rim() -> None:
    """The check above can fail: a module that does send requests is seen to reach the network and the clock."""
    found = reached("smoke.probing.reference")
    assert found["httpcore"] == "smoke.probing.client"
    assert {"asyncio", "time"} <= found.keys()


@pytest.mark.parametrize(
    "path", python_files("smoke", "e2e", "page_objects"), ids=lambda path: str(path.relative_to(ROOT))
)
def test_nobody_sleeps(path: Path) -> None:
    """Waiting for time instead of an effect is slow on a good day and wrong on a bad one."""
    sleeps = [
        at(path, call)
        for call in calls(path)
        if call.attr == "wait_for_timeout" or (call.attr == "sleep" and ast.unparse(call.value) == "time")
    ]
    assert sleeps == [], "wait for the effect: expect(locator).to_be_visible(), page.wait_for_url() or an Event"
    assert "time.sleep" not in set(imports_of(path)), "time.sleep is not imported by its name either"


@pytest.mark.parametrize("path", python_files("page_objects"), ids=lambda path: str(path.relative_to(ROOT)))
def test_pages_do_not_judge(path: Path) -> None:
    """A page offers what a user can do; whether that is right is for the journey to say."""
    assert [at(path, node) for node in ast.walk(tree_of(path)) if isinstance(node, ast.Assert)] == []


@pytest.mark.parametrize("path", python_files("e2e", "page_objects"), ids=lambda path: str(path.relative_to(ROOT)))
def test_journeys_do_not_know_the_embedded_application(path: Path) -> None:
    """What runs against the embedded application runs against any deployment."""
    known = [name for name in imports_of(path) if f"{name}.".startswith("smoke.demo.")]
    assert known == []
