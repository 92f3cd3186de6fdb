"""BetterPrompts: turns a rough prompt into one that works."""

from __future__ import annotations

from smoke.demo.products.betterprompts.app import build

__all__ = ["build"]
