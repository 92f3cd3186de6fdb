"""What the application tells whoever started it: where it is and how to sign in. Never printed."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

CONTROL_PATH = "/__demo__/breaks"
TOKEN_HEADER = "X-Demo-Token"  # noqa: S105 - the name of a header


@dataclass(frozen=True, slots=True, kw_only=True)
class Handoff:
    """One start of the application."""

    base_urls: Mapping[str, str]
    """By product."""
    environ: Mapping[str, str] = field(repr=False)
    """The variables from which the harness takes address and credentials."""
    control_token: str = field(repr=False)
    """Opens the control endpoint."""
    pid: int

    def to_json(self) -> str:
        """One line, for the pipe to the parent."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, line: str | bytes) -> Handoff:
        """Read what ``to_json`` wrote."""
        return cls(**json.loads(line))

    def write(self, path: Path) -> None:
        """Replace the file by ``NAME=value`` lines that only its owner can read."""
        lines = {**self.environ, "DEMO_CONTROL_TOKEN": self.control_token, "DEMO_PID": str(self.pid)}
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.writelines(f"{name}={value}\n" for name, value in lines.items())
        Path(temporary).replace(path)
