"""Where messages lead: to the report of a run, and to what is to be done. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated

from smoke.strict import Checked, Strict

RUN_ID = "{run_id}"
CHECK = "{check}"


def _check_address(text: str) -> None:
    if not text.startswith(("https://", "http://")):
        raise ValueError(f"begins with https:// or http://; got {text!r}")


Address = Annotated[str, Checked(_check_address)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Links(Strict):
    """Links of messages."""

    runbooks: Address | None = None
    """Address under which the files of this project can be read; a rule's runbook is appended to it."""
    report: Address | None = None
    """Address of a report, with ``{run_id}`` where it needs the id of the run."""
    failure: Address | None = None
    """Address of the page about a bad check, with ``{check}``, and ``{run_id}`` where it needs that."""

    def to_runbook(self, written: str) -> str:
        """Return the link to a runbook as a rule writes it: an address of its own, or a file of this project."""
        if not written or "://" in written or self.runbooks is None:
            return written
        return f"{self.runbooks.rstrip('/')}/{written.lstrip('/')}"

    def to_report(self, run_id: str | None, check: str | None = None) -> str:
        """Return the link to the page about a bad check, else to the report of the run; empty where there is none."""
        if run_id is None:
            return ""
        if check is not None and self.failure is not None:
            return self.failure.replace(RUN_ID, run_id).replace(CHECK, check)
        return "" if self.report is None else self.report.replace(RUN_ID, run_id)

    def or_of_github(self, environ: Mapping[str, str]) -> Links:
        """Return the same with what is not said as a run of GitHub Actions knows it."""
        server, repository = environ.get("GITHUB_SERVER_URL"), environ.get("GITHUB_REPOSITORY")
        if not server or not repository:
            return self
        home, run = f"{server}/{repository}", environ.get("GITHUB_RUN_ID")
        return replace(
            self,
            runbooks=self.runbooks or f"{home}/blob/HEAD",
            report=self.report or (f"{home}/actions/runs/{run}" if run else None),
        )
