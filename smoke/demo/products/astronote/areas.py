"""The two areas of the web application: for whom they are and what stands at their door."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """One half of the product."""

    id: str
    """Last part of its path, ``/app/<id>``."""
    name: str
    title: str
    lead: str
    points: tuple[tuple[str, str], ...]
    """What it does: a name and a sentence each."""
    pages: tuple[tuple[str, str], ...]
    """Name and path of its pages for merchants."""


RETAIL = Area(
    id="retail",
    name="Retail",
    title="For shops with a door",
    lead="A tap at the counter becomes a customer you can write to: consent first, no app, no paper cards.",
    points=(
        ("Tap to join", "Customers hold their phone to the counter and agree with one sentence and one button."),
        ("Rewards that are used", "Stamps, vouchers and birthdays live on the phone and remind people by themselves."),
        ("Every store in view", "See which store had which visits, and which message brought them there."),
    ),
    pages=(("Dashboard", "/app/retail/dashboard"), ("Stores", "/app/retail/stores")),
)
SHOPIFY = Area(
    id="shopify",
    name="Shopify",
    title="For shops with a cart",
    lead="Segments from your orders, messages that sound like you, and the revenue that each of them brought.",
    points=(
        ("Segments from orders", "Regulars, best customers, asleep since spring: they are up to date when you send."),
        ("Short links, honest numbers", "Every link is yours and every click is counted once, by campaign and by day."),
        ("A queue that keeps up", "Thousands of messages leave in minutes, and you can watch them go."),
    ),
    pages=(
        ("Dashboard", "/app/shopify/dashboard"),
        ("Campaigns", "/app/shopify/campaigns"),
        ("Segments", "/app/shopify/segments"),
    ),
)
AREAS = {area.id: area for area in (RETAIL, SHOPIFY)}
