"""Keeps both passwords of an account while one is exchanged for the other, so that no crash can lose the new one."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from smoke.accounts.ledger import ledger_path
from smoke.secrets.secret import Secret


@dataclass(frozen=True, slots=True)
class Recovery:
    """One file that only its owner may read; it is there exactly while a password is being exchanged."""

    path: Path

    def exists(self) -> bool:
        """Tell whether an exchange began and did not end."""
        return self.path.exists()

    def write(self, about: Mapping[str, str], old: Secret, new: Secret) -> None:
        """Keep both passwords, and what they belong to; raises OSError, also where the file is there already."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        content = {**about, "old_password": old.reveal(), "new_password": new.reveal()}
        handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(content, file, indent=2)
            file.write("\n")
            file.flush()
            os.fsync(handle)

    def remove(self) -> None:
        """Forget both: what is in force is kept elsewhere."""
        self.path.unlink(missing_ok=True)


def recovery_of(suite: str, environment: str, account: str, environ: Mapping[str, str]) -> Recovery:
    """Return the file for one account, beside the ledger of all accounts."""
    name = re.sub(r"[^\w.-]", "_", f"{suite}.{environment}.{account}.json")
    return Recovery(ledger_path(environ).parent / "rotations" / name)
