"""Writes a folder for each bad check of a run, and keeps those of earlier runs for a while."""

from __future__ import annotations

import json
import shutil
import time
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from tempfile import mkdtemp

from smoke.bundle import rendering
from smoke.bundle.bad import FOLDER, LIST, is_bad, last_bad
from smoke.bundle.good import Good, album_of
from smoke.bundle.page import page_of
from smoke.bundle.pictures import Material
from smoke.bundle.scene import SCENE, SPOKEN, scene_in, spoken_in
from smoke.bundle.standing import Standing
from smoke.judging.judged import CheckResult, Run
from smoke.model import Outcome
from smoke.secrets.secret import Scrubber
from smoke.secrets.sweeping import sweep
from smoke.spans import A_DAY

PAGE, STANDING, DRAFT = "index.html", "failure.json", ".draft-"
BESIDE = ("screenshot.png", "place.jpg", "before.jpg", "trace.zip", "console.txt", "network.txt")
PICTURES = ("screenshot.png", "place.jpg", "before.jpg")
TYPES = {".png": "image/png", ".jpg": "image/jpeg"}
LONGEST_S = 10.0
"""Pages of one run may take so long together."""
KEPT_S, MOST = 30 * A_DAY, 100
"""How long a page is kept once its check recovered, and how many pages there may be: those that failed last stay."""
LARGEST = 25_000_000
"""Bytes of a file that is copied."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundles:
    """Writes the pages of one run."""

    run: Run
    reports: Path
    scrubber: Scrubber
    good: Mapping[str, Good]
    shelf: Path
    """The albums of good runs, see :func:`smoke.bundle.good.shelf_of`."""

    def write(self) -> dict[str, Path]:
        """Write a page for each bad check, mark those that recovered, prune, and list all that are left.

        Returns the new ones by check; raises OSError.
        """
        ends, pages = time.monotonic() + LONGEST_S, {}
        for result in self.run.results:
            if is_bad(result) and time.monotonic() < ends:
                pages[result.check.id] = self._write(result)
        self._recover()
        prune(self.reports / FOLDER, self.run.finished)
        self._list()
        return pages

    def _list(self) -> None:
        """Write the page that leads to all of them, those that failed last first; none where there is none."""
        page, found = self.reports / LIST, [each for _, each in standings(self.reports / FOLDER)]
        if not found:
            page.unlink(missing_ok=True)
            return
        newest = sorted(found, key=lambda each: each.failed, reverse=True)
        page.write_text(rendering.listed(newest), encoding="utf-8", errors="replace")
        sweep([page], self.scrubber)

    def _write(self, result: CheckResult) -> Path:
        folder = self.reports / FOLDER / result.check.id
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(mkdtemp(prefix=DRAFT, dir=folder.parent))
        try:
            draft.chmod(0o755)
            self._fill(draft, result)
            shutil.rmtree(folder, ignore_errors=True)
            draft.rename(folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        return folder / PAGE

    def _fill(self, folder: Path, result: CheckResult) -> None:
        evidence = self.reports / "attempts" / f"{result.check.id}-{last_bad(result).number}"
        for name in BESIDE:
            if (evidence / name).is_file() and (evidence / name).stat().st_size <= LARGEST:
                shutil.copyfile(evidence / name, folder / name)
        page = page_of(self.run, result, self._material(evidence, folder, result.check.id))
        (folder / PAGE).write_text(rendering.drawn(page), encoding="utf-8", errors="replace")
        sweep([folder / PAGE], self.scrubber)
        _stand(folder, self._standing(result, page.sentence))

    def _material(self, evidence: Path, folder: Path, check_id: str) -> Material:
        good = self.good.get(check_id)
        return Material(
            scene=scene_in(_text(evidence / SCENE)),
            spoken=spoken_in(_text(evidence / SPOKEN)),
            pictures=dict(_sources(evidence, PICTURES)),
            good=good,
            good_pictures=dict(_sources(album_of(self.shelf, check_id), (each.file for each in good.pictures)))
            if good
            else {},
            files=tuple(sorted(path.name for path in folder.iterdir())),
        )

    def _standing(self, result: CheckResult, sentence: str) -> Standing:
        run = self.run
        return Standing(
            suite=run.suite,
            environment=run.environment,
            region=run.region,
            check=result.check.id,
            run_id=run.run_id,
            outcome=result.outcome,
            failed=run.finished,
            sentence=sentence,
            blame=result.blame,
        )

    def _recover(self) -> None:
        """Mark the pages of checks that are good again."""
        mine = (self.run.suite, self.run.environment, self.run.region)
        passed = {result.check.id for result in self.run.results if result.outcome is Outcome.PASS}
        for folder, standing in standings(self.reports / FOLDER):
            theirs = (standing.suite, standing.environment, standing.region)
            if standing.check in passed and theirs == mine and standing.recovered is None:
                page = folder / PAGE
                if page.is_file():
                    told = rendering.recovered(page.read_text(encoding="utf-8"), self.run.finished, self.run.run_id)
                    page.write_text(told, encoding="utf-8")
                _stand(folder, replace(standing, recovered=self.run.finished))


def standings(failures: Path) -> Iterator[tuple[Path, Standing]]:
    """Yield each folder that can be read, with how it stands."""
    for path in sorted(failures.glob(f"[!.]*/{STANDING}")):
        try:
            yield path.parent, Standing(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            continue


def prune(failures: Path, now: float) -> None:
    """Remove the pages of what recovered long ago, the oldest of too many, and what a run that was killed left."""
    for draft in failures.glob(f"{DRAFT}*"):
        shutil.rmtree(draft, ignore_errors=True)
    found = sorted(standings(failures), key=lambda each: each[1].failed, reverse=True)
    for number, (folder, standing) in enumerate(found):
        if number >= MOST or (standing.recovered is not None and now - standing.recovered > KEPT_S):
            shutil.rmtree(folder, ignore_errors=True)


def _stand(folder: Path, standing: Standing) -> None:
    (folder / STANDING).write_text(json.dumps(asdict(standing), indent=1) + "\n", encoding="utf-8")


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _sources(folder: Path, names: Iterable[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        path = folder / name
        if path.is_file():
            data = b64encode(path.read_bytes()).decode()
            yield name, f"data:{TYPES[path.suffix]};base64,{data}"
