"""What Astronote keeps, and what the smoke shop has from the start."""

from __future__ import annotations

import time

from smoke.demo.credentials import Credentials
from smoke.demo.products.astronote.merchants import DOMAIN, ROLE
from smoke.demo.services import Services

SCHEMA = """
CREATE TABLE astronote_segments (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, rule TEXT NOT NULL, size INTEGER NOT NULL
);
CREATE TABLE astronote_campaigns (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL REFERENCES users(id), name TEXT NOT NULL, message TEXT NOT NULL,
    segment TEXT NOT NULL REFERENCES astronote_segments(id), status TEXT NOT NULL, test INTEGER NOT NULL,
    created REAL NOT NULL
);
CREATE TABLE astronote_jobs (
    id TEXT PRIMARY KEY, campaign TEXT NOT NULL REFERENCES astronote_campaigns(id) ON DELETE CASCADE,
    safe_mode INTEGER NOT NULL, status TEXT NOT NULL, rendered INTEGER NOT NULL DEFAULT 0,
    sent INTEGER NOT NULL DEFAULT 0, queued REAL NOT NULL, processed REAL
);
CREATE TABLE astronote_links (code TEXT PRIMARY KEY, target TEXT NOT NULL);
CREATE TABLE astronote_stores (id TEXT PRIMARY KEY, name TEXT NOT NULL, town TEXT NOT NULL, visits INTEGER NOT NULL);
"""

_SEGMENTS = (
    ("everyone", "Everyone who agreed", "consent = yes", 4210),
    ("regulars", "Regulars", "orders >= 2 in 180 days", 1264),
    ("vip", "Best customers", "spent >= 500 EUR in a year", 186),
    ("asleep", "Asleep", "no order for 90 days", 911),
    ("birthdays", "Birthdays this week", "birthday within 7 days", 57),
)
_CAMPAIGNS = (
    ("Autumn candles", "Our autumn candles are in. Yours waits until Sunday: {link}", "everyone", "sent", 2.2),
    ("Early door", "You get in first: the sale opens for you tonight at eight. {link}", "vip", "sent", 5.1),
    ("We miss you", "It has been a while, so here is ten percent for coming back: {link}", "asleep", "sent", 9.4),
    (
        "Birthday note",
        "Happy birthday! Something small is ready for you in the shop. {link}",
        "birthdays",
        "draft",
        0.4,
    ),
)
_LINKS = (("smoke", "https://astronote.example/welcome"), ("candles", "https://lumen-and-oak.example/candles"))
_STORES = (
    ("harbour", "Harbour", "Piraeus", 1840),
    ("arcade", "Arcade", "Athens", 2312),
    ("old-town", "Old town", "Chania", 967),
)


def prepare(services: Services, credentials: Credentials) -> None:
    """Create the tables, the merchant's account, and a shop that has been in business for a while."""
    store = services.store
    store.create(SCHEMA)
    owner = services.accounts.add(
        email=f"smoke-test-merchant@{DOMAIN}",
        name="Mara Merchant",
        role=ROLE,
        password_hash=credentials.password_hash(),
        totp_secret=None,
    )
    store.insert_all("INSERT INTO astronote_segments VALUES (?, ?, ?, ?)", _SEGMENTS)
    store.insert_all("INSERT INTO astronote_links VALUES (?, ?)", _LINKS)
    store.insert_all("INSERT INTO astronote_stores VALUES (?, ?, ?, ?)", _STORES)
    store.insert_all(
        "INSERT INTO astronote_campaigns VALUES (?, ?, ?, ?, ?, ?, 0, ?)",
        [
            (f"c{number}", owner.id, name, message, segment, status, time.time() - age_days * 86400)
            for number, (name, message, segment, status, age_days) in enumerate(_CAMPAIGNS, 1)
        ],
    )
