"""A merchant of Astronote, as its APIs see one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.demo.client import Client, Demo, Reply

MERCHANT = "smoke-test-merchant@astronote.example"
WEB, SHOPIFY, RETAIL = "astronote", "astronote-shopify", "astronote-retail"


def astronote(demo: Demo, product: str) -> Client:
    """Somebody without a session at one of the three addresses."""
    return Client(demo.process.base_urls[product])


def until(condition: Callable[[], bool], within_s: float) -> bool:
    """Whether ``condition`` comes true in time; it is asked 25 times a second, which spares the request budget."""
    ends, pause = time.monotonic() + within_s, threading.Event()
    while time.monotonic() < ends:
        if condition():
            return True
        pause.wait(0.04)
    return condition()


@dataclass
class Merchant:
    """Signed in at the Shopify API; the token is good at all three addresses."""

    demo: Demo
    token: str = field(init=False)

    def __post_init__(self) -> None:
        body = {"email": MERCHANT, "password": self.demo.password}
        reply = astronote(self.demo, SHOPIFY).post("/api/auth/login", body)
        assert reply.status == 200
        self.token = reply.json["access_token"]

    def ask(self, method: str, path: str, body: object = None, product: str = SHOPIFY) -> Reply:
        signed = {"Authorization": f"Bearer {self.token}"}
        return astronote(self.demo, product).request(method, path, body, signed)

    def draft(self, *, test: bool = True, segment: str = "vip") -> str:
        """Id of a new campaign."""
        body = {"name": "Smoke", "message": "Never sent", "segment": segment, "test": test}
        reply = self.ask("POST", "/api/campaigns", body)
        assert reply.status == 201
        assert reply.json["test"] is test
        return str(reply.json["id"])

    def enqueue(self, campaign: str, *, safe_mode: bool = True) -> Reply:
        return self.ask("POST", f"/api/campaigns/{campaign}/enqueue", {"safe_mode": safe_mode})

    def job(self, job_id: str) -> Any:
        return self.ask("GET", f"/api/jobs/{job_id}").json

    def processed(self, job_id: str, within_s: float = 1.0) -> bool:
        return until(lambda: self.job(job_id)["status"] == "processed", within_s)
