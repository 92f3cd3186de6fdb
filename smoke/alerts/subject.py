"""What an incident is about. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The part of the world that one incident of a rule speaks of; None: not told apart."""

    suite: str
    environment: str
    region: str | None = None
    check: str | None = None
    account: str | None = None

    def __str__(self) -> str:
        parts = (f"{self.suite} in {self.environment}", self.region, self.check)
        account = f"account {self.account}" if self.account else None
        return ", ".join(part for part in (*parts, account) if part)

    @property
    def key(self) -> str:
        """One text for it, the same on every machine."""
        return "/".join(part or "" for part in (self.suite, self.environment, self.region, self.check, self.account))
