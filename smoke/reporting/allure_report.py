"""Builds the Allure report of a run, where Node is there to do it. It may fail, but it never fails a run."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from smoke.host.machine import Machine
from smoke.reporting import allure_noise
from smoke.reporting.allure.access import keep_open
from smoke.reporting.allure.privacy import VIEWER, keep_beside, keep_private
from smoke.reporting.allure.settings import CONFIG, PLACE, Order, settings
from smoke.reporting.allure.tool import Allure, AllureUnavailableError, allure

GENERATE_S = 120.0
HISTORY = "allure-history.jsonl"


@dataclass(frozen=True, slots=True)
class ReportBuilt:
    """There is a report."""

    page: Path
    """What to open in a browser; traces open from it once it is served."""


@dataclass(frozen=True, slots=True)
class ReportSkipped:
    """There is no report."""

    reason: str


def build(
    results: Path, report: Path, *, name: str = "Smoke", single_file: bool = True, machine: Machine | None = None
) -> ReportBuilt | ReportSkipped:
    """Build the folder ``report`` from Allure's ``results``; history is kept beside it.

    Where it is not a ``single_file``, it needs a web server. An older report goes, so that what is there afterwards is
    of this run or is not there. Raises nothing.
    """
    machine = machine or Machine()
    results, report = results.absolute(), report.absolute()
    try:
        shutil.rmtree(report, ignore_errors=True)
        if not any(results.glob("*-result.json")):
            return ReportSkipped(f"{results} holds no results")
        beside = tuple(path for path in (results / allure_noise.FILE,) if path.is_file())
        history = report.parent / HISTORY
        order = Order(name=name, report=report, history=history, beside=beside, single_file=single_file)
        return _generate(allure(machine), results, replace(order, places=_places(results)), machine)
    except AllureUnavailableError as error:
        return ReportSkipped(f"Allure {error}")
    except (OSError, ValueError) as error:
        shutil.rmtree(report, ignore_errors=True)
        return ReportSkipped(f"Allure's report could not be written: {error}")


def _places(results: Path) -> tuple[str, ...]:
    """Return where the runs of these results were made, one after the other."""
    contents = (json.loads(path.read_text(encoding="utf-8")) for path in sorted(results.glob("*-result.json")))
    labels = (label for content in contents for label in content.get("labels", ()) if label["name"] == PLACE)
    return tuple(sorted({label["value"] for label in labels}))


def _generate(tool: Allure, results: Path, order: Order, machine: Machine) -> ReportBuilt | ReportSkipped:
    report, page = order.report, order.report / "index.html"
    with _settings_file(settings(order)) as config:
        command = [str(tool.node), str(tool.program), "generate", "--config", str(config), str(results)]
        finished = machine.run(command, seconds=GENERATE_S, environ=tool.environ, cwd=config.parent)
    # Allure ends well also where a plugin of its failed and there is nothing to look at.
    if not finished.ok or not page.is_file():
        shutil.rmtree(report, ignore_errors=True)
        return ReportSkipped(f"Allure could not build the report: {finished.cause}")
    page.write_text(keep_open(keep_private(page.read_text(encoding="utf-8"))), encoding="utf-8")
    for path in report.glob("*.js"):
        path.write_text(keep_beside(path.read_text(encoding="utf-8")), encoding="utf-8")
    if any(results.glob("*.zip")):
        _add_trace_viewer(report, machine)
    return ReportBuilt(page)


@contextmanager
def _settings_file(content: dict[str, object]) -> Iterator[Path]:
    with TemporaryDirectory(prefix="smoke-allure-") as folder:
        path = Path(folder, "allurerc.mjs")
        path.write_text(CONFIG, encoding="utf-8")
        path.with_name("settings.json").write_text(json.dumps(content), encoding="utf-8")
        yield path


def _add_trace_viewer(report: Path, machine: Machine) -> None:
    package = machine.package("playwright")
    viewer = package / "driver" / "package" / "lib" / "vite" / "traceViewer" if package else None
    if viewer and viewer.is_dir():
        shutil.copytree(viewer, (report / VIEWER).parent)
