"""Astronote: text messages that shops send to their customers. A web application and two APIs behind it."""

from __future__ import annotations

from smoke.demo.products.astronote.apps import build_retail, build_shopify, build_web

__all__ = ["build_retail", "build_shopify", "build_web"]
