"""Probes as pytest items: ``config/suites/<suite>/checks.yaml`` is collected like a test file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from smoke.config.probe import ChecksFile
from smoke.config.source import parse, read
from smoke.observation import Finding, told
from smoke.running.stash import SESSION


class ProbeFailed(AssertionError):  # noqa: N818
    """A probe found something wrong."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(told(findings))


class ProbesFile(pytest.File):
    """One checks.yaml."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield one item for each probe."""
        for probe in parse(read(self.path, self.config.rootpath), ChecksFile).probes:
            item = ProbeItem.from_parent(self, name=probe.id)
            item.add_marker(pytest.mark.smoke_check(probe.id))
            yield item


class ProbeItem(pytest.Item):
    """One probe; it was started long before its turn comes, and is only waited for here."""

    def runtest(self) -> None:
        """Wait for the observation; raises ProbeFailed with its findings."""
        observation = self.config.stash[SESSION].probes.result(self.name)
        if not observation.attempts:
            pytest.skip(observation.not_run or "it was not asked")
        if findings := observation.attempts[-1].findings:
            raise ProbeFailed(findings)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str:
        """Show the findings, not our own stack."""
        if isinstance(excinfo.value, ProbeFailed):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo, style))

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Place and name of the item in pytest's output."""
        return self.path, None, self.name
