"""What keeps a run from using an account."""

from __future__ import annotations

from smoke.judging.blame import AccountError
from smoke.model import Blame
from smoke.observation import Finding


class LedgerError(Exception):
    """The ledger cannot be read or written, so no account may be used; says which file, why and the way out."""


class AccountUnavailableError(AccountError):
    """An account that is held, closed, or was refused before: nothing was tried."""

    def __init__(self, rule: str, *evidence: str) -> None:
        super().__init__(rule)
        self.evidence = evidence

    @property
    def finding(self) -> Finding:
        """The finding that says so."""
        return Finding(rule=str(self), blame=Blame.ACCOUNT, evidence=self.evidence)
