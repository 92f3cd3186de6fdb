"""Writes a file in one step: nobody reads half of it, and a full disk leaves what was there."""

from __future__ import annotations

from pathlib import Path


def write_whole(path: Path, data: bytes) -> Path:
    """Write ``data``, or leave the file as it was; return ``path``. Raises OSError."""
    draft = path.with_name(f"{path.name}.part")
    try:
        draft.write_bytes(data)
        return draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
