"""Runs suites through the proxy, one defect after the other, and says which runs were deceived."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from smoke.config.load import load
from smoke.demo.options import DemoOptions
from smoke.demo.process import start
from smoke.demo.products import suite_of
from smoke.model import Blame, Outcome
from smoke.target import MAIN
from tampering import bodies, wires
from tampering.defect import DEFECTS, Defect
from tampering.proxy import proxies

ROOT = Path(__file__).parents[1]
THEMES = (bodies, wires)
"""Importing these registers what they hold."""
SUITES = ("betterprompts", "astronote", "deltacrown", "mosaic")
AT_ONCE = 2
LIMIT_S = 180.0
GREEN = (Outcome.PASS, Outcome.FLAKY)
LOADED = frozenset({Blame.SLOW})
"""What a busy machine alone may bring about: by itself it does not count."""
MANY = 60_000
"""Requests a minute that the embedded application lets through: its limit is not what is tried here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Red:
    """A check that was not green at once."""

    check_id: str
    outcome: str
    blame: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One suite's run with one defect."""

    suite: str
    defect: Defect
    verdict: str
    touched: tuple[str, ...]
    """Method and address of what was spoiled."""
    red: tuple[Red, ...]
    asleep: tuple[str, ...]
    """Probes that got a spoiled answer and were green."""
    seconds: float

    @property
    def result(self) -> str:
        """Say in a word or two what it shows; empty if all is well.

        A check that got over it in the end noticed it, too; but whom else it blamed then counts for nothing.
        """
        if not self.touched:
            return ""
        blames = {each.blame for each in self.red if each.outcome != Outcome.FLAKY}
        if not self.defect.blames:
            return "false alarm" if blames - LOADED or not (blames or self.verdict in GREEN) else ""
        if self.verdict == Outcome.PASS:
            return "missed"
        if wrong := blames - self.defect.blames - LOADED:
            return f"wrong blame: {', '.join(sorted(wrong))}"
        return "" if self.defect.blames & {each.blame for each in self.red} else "missed"


def chosen(names: Sequence[str]) -> list[Defect]:
    """Return the defects whose name begins with one of ``names``; all of them if there is none."""
    return [each for name, each in DEFECTS.items() if not names or name.startswith(tuple(names))]


def campaign(suites: Sequence[str], defects: Sequence[Defect]) -> Iterator[Tried]:
    """Try every defect on every suite, and yield each as it ends."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for future in as_completed([pool.submit(tried, suite, each) for suite in suites for each in defects]):
            yield future.result()


def tried(suite: str, defect: Defect) -> Tried:
    """Run ``suite`` once with ``defect`` before an embedded application of its own."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="tampering-", ignore_cleanup_errors=True) as folder:
        project = Path(folder) / "project"
        for name in ("config", "e2e", "page_objects"):
            shutil.copytree(ROOT / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
        said = project / "config" / "suites" / suite / "suite.yaml"
        products = _products(suite, said.read_text(encoding="utf-8"))
        with proxies(len(products), defect) as proxy:
            options = DemoOptions(
                suites=frozenset({suite_of(products[0][1])}), allowed_origins=frozenset(proxy.urls), rate_limit=MANY
            )
            with start(options) as demo:
                proxy.upstream = dict(zip(proxy.urls, (demo.base_urls[each] for _, each in products), strict=True))
                said.write_text(_addressed(said.read_text(encoding="utf-8"), proxy.urls), encoding="utf-8")
                verdict = _run(suite, project, demo.environ)
            addresses = dict(zip((name for name, _ in products), proxy.urls, strict=True))
            probes = tuple(_probes(project, suite, proxy.touched, addresses))
    if proxy.troubles:
        raise RuntimeError(f"{defect.name} could not be done: {proxy.troubles[0]}")
    red = tuple(
        Red(check_id=each["id"], outcome=each["outcome"], blame=each["blame"], said=_said(each))
        for each in verdict["checks"]
        if each["blame"]
    )
    outcomes = {each["id"]: each["outcome"] for each in verdict["checks"]}
    return Tried(
        suite=suite,
        defect=defect,
        verdict=verdict["verdict"],
        touched=tuple(sorted(proxy.touched)),
        red=red,
        asleep=tuple(name for name in probes if outcomes.get(name) == Outcome.PASS),
        seconds=time.monotonic() - begun,
    )


def _products(suite: str, text: str) -> list[tuple[str, str]]:
    """Return the addresses of the local environment, each with the embedded product that it means."""
    local = re.search(r"(?ms)^  local:\n(.*?)^  \S", text)
    assert local, "suite.yaml begins with its local environment"
    names = re.findall(r"(\w+): embedded\b", local[1])
    return [(name, suite if name == MAIN else f"{suite}-{name}") for name in names]


def _addressed(text: str, urls: Sequence[str]) -> str:
    """Return suite.yaml with these addresses in place of the embedded ones."""
    left = iter(urls)
    return re.sub(r"(?<=: )embedded\b(?!:)", lambda found: next(left, found[0]), text)


def _run(suite: str, project: Path, accounts: Mapping[str, str]) -> dict[str, Any]:
    given = {name: value for name, value in os.environ.items() if not name.startswith(("SMOKE_", "DD_", "PYTEST_"))}
    given |= {name: value for name, value in accounts.items() if name.startswith("SMOKE_TEST_")}  # not the addresses
    given |= {"PYTHONPATH": str(ROOT), "SMOKE_STATE": str(project / "state")}
    ended = subprocess.run(
        [sys.executable, "-m", "smoke", "run", "--json", "--suite", suite],
        cwd=project,
        env=given,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    try:
        return json.loads(ended.stdout)  # type: ignore[no-any-return]
    except ValueError:
        raise RuntimeError(f"{suite}: exit code {ended.returncode}: {ended.stderr[-2000:]}") from None


def _probes(project: Path, suite: str, touched: Iterable[str], addresses: Mapping[str, str]) -> Iterator[str]:
    """Yield the probes of which an answer was spoiled."""
    for probe in load(project, suite).probes:
        method, path = probe.request.split(" ", 1)
        pattern = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(f"{method} {addresses[probe.base or MAIN]}{path}"))
        if any(re.fullmatch(pattern, each) for each in touched):
            yield probe.id


def _said(check: Mapping[str, Any]) -> str:
    found = [text for attempt in check["attempts"] for text in attempt["findings"]]
    return str(found[0]) if found else ""
