"""How a request ends that got no whole answer."""

from __future__ import annotations

from smoke.observation import Finding


class ProbeFailedError(Exception):
    """No whole answer came back; carries the finding that says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.rule)
        self.finding = finding
