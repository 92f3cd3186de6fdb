"""Carries a history, and what is kept beside it, on a branch: whoever comes next goes on where this machine ended.

The branch holds a file for each run, below ``runs/<day>/``; what changes, in one more; and what was good. Nothing of
it is ever lost to a race: what others wrote is taken in before it is replaced, and it is replaced only as it was read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from smoke.bundle import good
from smoke.carrying.git import Branch, OutpacedError
from smoke.history.carrying import exported_rest, exported_runs, imported, runs_since
from smoke.history.errors import HistoryError
from smoke.moments import day
from smoke.reporting.allure_report import HISTORY as ALLURE
from smoke.storage.store import Store

MARK = "smoke-history.json"
"""Tells our branches from all others, of which none is ever replaced."""
SCHEMA = 1
RUNS, REST = "runs", "incidents.jsonl"
AT_ONCE = 500
TRIES = 8
"""Times that others may be quicker."""
MOST_TOLD = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """What the branch held when it was read."""

    commit: str | None
    """None: there was no branch yet."""
    files: Mapping[str, str]
    """Names of its contents, by path."""
    new: int
    """Runs that were not known here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """Carries between ``branch`` and ``store``, with what lies among ``reports``; both methods raise HistoryError."""

    branch: Branch
    store: Store
    reports: Path
    keep_s: float
    """How old a run may be to be carried, in seconds."""

    def pull(self, now: float) -> Pulled:
        """Take in what the branch holds and nobody knows here."""
        if (commit := self.branch.fetch()) is None:
            return Pulled(commit=None, files={}, new=0)
        files = self.branch.files(commit)
        self._check_ours(files)
        known = {_path(*each) for each in runs_since(self.store, 0.0).items()}
        young = [path for path in files if _is_run(path) and path not in known and not self._is_old(path, now)]
        new = sum(self._import(files, young[at : at + AT_ONCE]) for at in range(0, len(young), AT_ONCE))
        if REST in files:
            self._import(files, [REST])
        try:
            self._take_in_good(files)
            self._take_in_reports(files)
        except OSError as error:
            raise HistoryError(f"{self.reports}: {error}") from error
        return Pulled(commit=commit, files=files, new=new)

    def push(self, now: float) -> int:
        """Put on the branch what it does not hold, take off what is too old; return how many runs are new there."""
        for _ in range(TRIES):
            there = self.pull(now)
            runs = {_path(*each): each[0] for each in runs_since(self.store, now - self.keep_s).items()}
            lacking = {path: run_id for path, run_id in runs.items() if path not in there.files}
            gone = {path.rpartition("/")[0] for path in there.files if _is_run(path) and self._is_old(path, now)}
            gone |= {good.FOLDER} if any(path.startswith(f"{good.FOLDER}/") for path in there.files) else set()
            lines = exported_runs(self.store, lacking.values())
            files = {path: _whole([line]) for path, line in zip(lacking, lines, strict=True)}
            files |= {REST: _whole(exported_rest(self.store, now - self.keep_s)), **dict(self._beside())}
            try:
                self.branch.replace(there.commit, sorted(gone), files, now)
            except OutpacedError:
                continue
            return len(lacking)
        text = f"others were quicker {TRIES} times in a row; nothing of it was changed: try again"
        raise HistoryError(f"{self.branch}: {text}")

    def _check_ours(self, files: Mapping[str, str]) -> None:
        if MARK not in files:
            raise HistoryError(f"{self.branch} holds something else, and was left alone: name another branch")
        told = json.loads(next(self.branch.read([files[MARK]])))
        if told != {"schema": SCHEMA}:
            text = f"{MARK} says {told}, not {SCHEMA}; use one version everywhere"
            raise HistoryError(f"{self.branch} was written by another version of smoke: {text}")

    def _import(self, files: Mapping[str, str], paths: Sequence[str]) -> int:
        lines = [
            (path, line)
            for path, content in zip(paths, self.branch.read(files[path] for path in paths), strict=True)
            for line in content.splitlines()
        ]
        result = imported(self.store, [line for _, line in lines])
        if result.bad:
            told = "; ".join(f"{lines[bad.number - 1][0]}: {bad.why}" for bad in result.bad[:MOST_TOLD])
            raise HistoryError(f"{self.branch}: {told}; all else was taken in. Take what is damaged off the branch")
        return result.new

    def _take_in_good(self, files: Mapping[str, str]) -> None:
        paths = [path for path in files if path.startswith(f"{good.FOLDER}/")]
        with TemporaryDirectory() as name:
            for path, content in zip(paths, self.branch.read(files[path] for path in paths), strict=True):
                place = Path(name, path)
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(content)
            for suite, environment in sorted({tuple(path.split("/")[1:3]) for path in paths}):
                good.take_in(good.shelf_of(Path(name), suite, environment), self._good(suite, environment))

    def _take_in_reports(self, files: Mapping[str, str]) -> None:
        if ALLURE not in files:
            return
        theirs, here = next(self.branch.read([files[ALLURE]])).splitlines(), self.reports / ALLURE
        ours = here.read_bytes().splitlines() if here.is_file() else []
        lines = dict.fromkeys([*theirs, *ours])
        self.reports.mkdir(parents=True, exist_ok=True)
        here.write_bytes(b"".join(line + b"\n" for line in lines))

    def _good(self, suite: str, environment: str) -> Path:
        return good.shelf_of(self.reports, suite, environment)

    def _beside(self) -> Iterator[tuple[str, bytes]]:
        """Yield what lies beside the history."""
        yield MARK, json.dumps({"schema": SCHEMA}).encode()
        if (reports := self.reports / ALLURE).is_file():
            yield ALLURE, reports.read_bytes()
        for path in sorted((self.reports / good.FOLDER).rglob("*")):
            if path.is_file():
                yield path.relative_to(self.reports).as_posix(), path.read_bytes()

    def _is_old(self, path: str, now: float) -> bool:
        return path.split("/")[1] < day(now - self.keep_s)


def _path(run_id: str, ended: float) -> str:
    return f"{RUNS}/{day(ended)}/{quote(run_id, safe='')}.json"


def _is_run(path: str) -> bool:
    return path.startswith(f"{RUNS}/")


def _whole(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()
