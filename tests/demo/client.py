"""A small client for the embedded application, as its visitors and its owner see it."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlsplit

import pyotp

from smoke.demo import totp
from smoke.demo.process import DemoProcess

BASIC = "smoke-test-basic@betterprompts.com"
PREMIUM = "smoke-test-premium@betterprompts.com"


@dataclass(frozen=True)
class Reply:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Client:
    """One visitor: keeps cookies, follows nothing."""

    base_url: str
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, *, timeout: float = 10, **headers: str) -> Reply:
        return self.request("GET", path, headers=headers, timeout=timeout)

    def post(self, path: str, body: object = None, **headers: str) -> Reply:
        return self.request("POST", path, body, headers)

    def request(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] = {}, timeout: float = 10
    ) -> Reply:
        raw = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection = http.client.HTTPConnection(urlsplit(self.base_url).netloc, timeout=timeout)
        try:
            connection.request(method, path, raw, sent)
            response = connection.getresponse()
            reply = Reply(response.status, response.headers, response.read())
        finally:
            connection.close()
        self._keep(reply)
        return reply

    def _keep(self, reply: Reply) -> None:
        for line in reply.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(line).items():
                if morsel["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value


@dataclass(frozen=True)
class Demo:
    """A running application, as its visitors and its owner see it."""

    process: DemoProcess
    spent: set[int] = field(default_factory=set)
    """Time steps whose code a test took."""

    @property
    def base_url(self) -> str:
        return self.process.base_urls["betterprompts"]

    @property
    def password(self) -> str:
        return self.process.environ["SMOKE_TEST_PASSWORD"]

    @property
    def totp_secret(self) -> str:
        return self.process.environ["SMOKE_TEST_TOTP_SECRET"]

    def visitor(self) -> Client:
        return Client(self.base_url)

    def credentials(self, account: str = BASIC, password: str | None = None) -> dict[str, object]:
        given = self.password if password is None else password
        return {"email_or_username": account, "password": given, "remember_me": False}

    def login(self, account: str = BASIC) -> Client:
        client = self.visitor()
        assert client.post("/api/v1/auth/login", self.credentials(account)).status == 200
        return client

    def code(self) -> str:
        """An authentication code that no test took before, and that survives the turn of a step."""
        now = int(time.time()) // totp.STEP_S
        step = next(step for step in (now, now + 1, now - 1) if step not in self.spent)
        self.spent.add(step)
        return pyotp.TOTP(self.totp_secret).generate_otp(step)

    def saved(self) -> int:
        return int(self.visitor().get("/health").json["enhancements_saved"])
