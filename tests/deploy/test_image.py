"""The image, built by its Dockerfile from Debian's packages and run as Kubernetes would run it; takes minutes."""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.image import FOLDER, Image, Store, missing

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(missing() is not None, reason=f"{missing()}"),
]
TAG = "smoke-harness:tested"
IMPORTED = """
import importlib, os, sys
from smoke.running.launch import NEEDED_LAST, NEEDED_SOON
for name in (*NEEDED_SOON, *NEEDED_LAST, "playwright.sync_api", "psycopg", "smoke.cli", "smoke.sinks._datadog_push"):
    importlib.import_module(name)
files = {each.__file__: each.__cached__ for each in sys.modules.values() if getattr(each, "__cached__", None)}
print(len(files), [name for name, compiled in files.items() if "/opt/smoke/" in name and not os.path.exists(compiled)])
"""
MAY_DO = """
from pathlib import Path
print([line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("CapEff")])
for place in ("/project", "/opt/smoke", "/etc", "/usr"):
    try:
        Path(place, "new").touch()
    except OSError as error:
        print(error.strerror)
"""


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Image]:
    store = Store(tmp_path_factory.mktemp("images"))
    (base,) = set(re.findall(r"^FROM (\S+:\S+)", (FOLDER / "Dockerfile").read_text(), re.MULTILINE))
    with store:
        store.make_base(base)
        store.build(TAG)
        yield Image.open(store, TAG)


@pytest.fixture
def reports(tmp_path: Path, image: Image) -> Path:
    """A volume that belongs to the image's user."""
    folder = tmp_path / "reports"
    folder.mkdir()
    os.chown(folder, *map(int, image.config["User"].split(":")))
    return folder


def test_it_runs_the_default_suite_in_its_browser(image: Image, reports: Path) -> None:
    """With a root that is read only, no rights and no network: whatever it needs is within."""
    done = image.run(reports=reports)
    assert done.returncode == 0, done.stdout + done.stderr
    verdict = json.loads((reports / "verdict.json").read_text())
    assert verdict["verdict"] in {"PASS", "FLAKY"}
    assert {each["kind"] for each in verdict["checks"]} == {"journey", "probe"}
    assert verdict["versions"]["browser"]
    with sqlite3.connect(reports / "history.db") as db:
        assert db.execute("SELECT count(*) FROM runs").fetchone() == (1,)
    assert {path.stat().st_uid for path in reports.rglob("*")} == {int(image.config["User"].partition(":")[0])}


def test_its_health_is_what_the_doctor_says(image: Image, reports: Path) -> None:
    """0 while a run could run; 1, the only bad code that Docker knows, where its browser is gone."""
    well = image.health(reports)
    assert (well.returncode, "browser: chromium" in well.stdout) == (0, True), well.stdout + well.stderr
    ill = image.health(reports, SMOKE_BROWSER_PATH="/nowhere")
    assert (ill.returncode, "/nowhere" in ill.stdout) == (1, True), ill.stdout + ill.stderr


def test_a_wrong_configuration_is_not_healthy(image: Image, reports: Path) -> None:
    """The doctor's other codes are told as 1."""
    assert image.health(reports, SMOKE_HISTORY_URL="no address").returncode == 1


def test_it_may_do_nothing_but_its_work(image: Image, reports: Path) -> None:
    """No rights, and nothing that it could change."""
    done = image.python(MAY_DO, reports)
    assert done.stdout.splitlines() == ["['0000000000000000']", *["Read-only file system"] * 4], done.stderr


def test_what_a_run_imports_is_compiled(image: Image, reports: Path) -> None:
    """It cannot be kept later, and would be done anew by each run."""
    count, left = image.python(IMPORTED, reports).stdout.split(maxsplit=1)
    assert (int(count) > 500, left.strip()) == (True, "[]")


def test_it_is_as_large_as_is_said(image: Image) -> None:
    """Within a tenth of what its page tells."""
    (told,) = re.findall(r"(\d+) MB", re.findall(r"^Size.*", (FOLDER / "README.md").read_text(), re.MULTILINE)[0])
    assert abs(image.megabytes - int(told)) < int(told) / 10


def test_nothing_of_a_workplace_is_in_it(image: Image) -> None:
    """No .env, no reports, no tests, no tools to install with."""
    project = {path.name for path in (image.root / "project").iterdir()}
    assert project == {"config", "docs", "e2e", "page_objects", "pyproject.toml"}
    assert not [path for name in ("pip", "gcc", "curl") for path in image.root.glob(f"usr/bin/{name}*")]
    assert not list((image.root / "project").rglob(".env*"))
