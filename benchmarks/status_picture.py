"""Draws docs/images/status.png: the status page of a year of four suites, light beside dark, and says what it costs."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from benchmarks.pictures import photograph
from smoke.history.opening import history_file
from smoke.status.gathering import board
from smoke.status.sources import Sources
from smoke.status.writing import files_of
from tests.support import year
from tests.support.chromium import chromium

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "docs/images/status.png"
WIDTH = 820


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = history_file(folder / "history.db")
        year.fill(store, ROOT, year.ENDS)
        sources = Sources(store=store, expected=year.EXPECTED, root=ROOT, reports=folder, now=year.NOW)
        begun = time.process_time()
        found = board(sources)
        read = time.process_time() - begun
        files = dict(files_of(found))
        drawn = time.process_time() - begun - read
        size = sum(len(text.encode()) for text in files.values())
        print(f"read in {read:.1f} s and drawn in {drawn:.1f} s of this process: {size / 1000:.0f} kB")
        for file, text in files.items():
            (folder / file).write_text(text, encoding="utf-8")
        with chromium() as browser:
            photograph(browser, folder, PICTURE, WIDTH)
    print(PICTURE.relative_to(ROOT))


if __name__ == "__main__":
    main()
