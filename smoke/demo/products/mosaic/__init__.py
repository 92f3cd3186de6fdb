"""Mosaic: finds the exercise that answers a question about one's working life."""

from __future__ import annotations

from smoke.demo.products.mosaic.app import build

__all__ = ["build"]
