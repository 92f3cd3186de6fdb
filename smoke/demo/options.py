"""How the embedded application is started."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from smoke.demo.breaks import Break


class Contract(StrEnum):
    """Which behaviour is served where the product and its plan differ."""

    PLANNED = "planned"
    """What production is expected to do."""
    AS_BUILT = "as-built"
    """What the product does today."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOptions:
    """Everything that can be chosen before the start."""

    host: str = "127.0.0.1"
    port: int = 0
    """Of the first product, the next ones follow it; 0: whatever is free."""
    suites: frozenset[str] = frozenset()
    """Whose products are served; none: those of every suite."""
    contract: Contract = Contract.PLANNED
    build: str = "demo-build"
    """Shown by every document and every reply, so that a stale deployment can be told."""
    version: str = "1.4.2"
    breaks: frozenset[Break] = frozenset()
    rate_limit: int = 600
    """API requests a minute for one client."""
    allowed_origins: frozenset[str] = frozenset({"https://betterprompts.com", "https://app.betterprompts.com"})
    """Other origins whose scripts may call the API with credentials."""
    handoff: Path | None = None
    """Where the credentials are written; None: nowhere, or where the command line chooses."""

    @property
    def planned(self) -> bool:
        """Whether the planned contract is served."""
        return self.contract is Contract.PLANNED
