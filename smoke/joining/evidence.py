"""Lays what the parts of a run left into one reports folder."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from smoke.bundle import good
from smoke.bundle.bad import FOLDER as FAILURES
from smoke.joining.gathering import Found
from smoke.joining.shards import Whole
from smoke.model import Outcome
from smoke.planning.plan import Plan
from smoke.reporting.allure_probes import write
from smoke.reporting.allure_results import ENVIRONMENT, Around, explain
from smoke.running.reports import ALLURE, SWEPT

PLACES = "places"
"""Folder with one folder for each place, where there are several."""


def lay_together(found: tuple[Found, ...], reports: Path) -> None:
    """Copy the evidence of parts into ``reports``, beside what is there; raises OSError."""
    for each in found:
        for name in (*SWEPT, FAILURES):
            if (source := each.folder / name).is_dir():
                shutil.copytree(source, reports / name, dirs_exist_ok=True)


def take_in_good(found: tuple[Found, ...], reports: Path) -> None:
    """Keep in ``reports`` what the parts know of good runs; raises OSError."""
    for each in found:
        suite, environment = each.part.run.suite, each.part.run.environment
        good.take_in(good.shelf_of(each.folder, suite, environment), good.shelf_of(reports, suite, environment))


def explain_whole(whole: Whole, plan: Plan, around: Around, reports: Path) -> str | None:
    """Add to Allure's results what nobody ran, and what the whole came to; return what prevents that."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            for result in whole.run.results:
                if result.outcome is Outcome.NOT_RUN and not _told_by_a_part(result.check.id, whole):
                    write(result, plan, whole.run.base_url, folder)
            if told := explain(whole.run, folder, around):
                return told
            shutil.copytree(folder, reports / ALLURE, dirs_exist_ok=True)
        except OSError as error:
            return f"Allure's results are not complete: {error}"
    return None


def _told_by_a_part(check_id: str, whole: Whole) -> bool:
    return any(result.check.id == check_id for part in whole.parts for result in part.run.results)


def show_places(wholes: Mapping[str, Whole], reports: Path) -> None:
    """Copy Allure's results of every place below ``reports`` into one, their links led there; raises OSError."""
    folder = reports / ALLURE
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in wholes:
        source = reports / PLACES / name
        shutil.copytree(source / ALLURE, folder, dirs_exist_ok=True)
        for path in (source / ALLURE).glob("*-result.json"):
            text = path.read_text(encoding="utf-8")
            (folder / path.name).write_text(_led(text, f"{PLACES}/{name}"), encoding="utf-8")
    told = (f"{name}={each.run.verdict}: {' '.join(each.run.reason.split())}\n" for name, each in wholes.items())
    (folder / ENVIRONMENT).write_text("".join(told), encoding="utf-8")


def _led(text: str, place: str) -> str:
    content = json.loads(text)
    for link in content.get("links", ()):
        url = link["url"]
        if url.startswith(f"../{FAILURES}/"):
            link["url"] = f"../{place}/{url.removeprefix('../')}"
        link["url"] = link["url"].replace("?trace=../../", f"?trace=../../{place}/")
    return json.dumps(content)
