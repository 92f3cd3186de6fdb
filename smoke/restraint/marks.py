"""What marks a request as this run's, for whoever reads the target's logs and traces. Pure but for the span's id."""

from __future__ import annotations

import hashlib
import secrets

from smoke import __version__

PRODUCT = f"smoke-harness/{__version__}"


def trace_id(run_id: str, check_id: str) -> str:
    """Return the trace that all requests of one check belong to: 32 hexadecimal digits (W3C Trace Context)."""
    return hashlib.sha256(f"{run_id} {check_id}".encode()).hexdigest()[:32]


def marks(run_id: str, check_id: str) -> dict[str, str]:
    """Return the headers that name run and trace; each call begins another span."""
    return {"X-Smoke-Test": run_id, "traceparent": f"00-{trace_id(run_id, check_id)}-{secrets.token_hex(8)}-01"}
