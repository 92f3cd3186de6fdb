"""DeltaCrown: tournaments, wallets and a shop. Served twice: with enforcement flags off, and with flags on."""

from __future__ import annotations

from smoke.demo.products.deltacrown.app import build, build_flags_on

__all__ = ["build", "build_flags_on"]
