"""Signs an account in over HTTP: the login, and the second factor where the product asks for one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from smoke.accounts.one_time import OneTimeCodes
from smoke.answers.exchange import Exchange, Request
from smoke.answers.paths import MISSING
from smoke.answers.variables import filled
from smoke.config.login import Login, SecondFactor
from smoke.model import Blame
from smoke.observation import Finding
from smoke.probing.failing import ProbeFailedError
from smoke.probing.refusing import refused
from smoke.probing.sending import Send
from smoke.probing.signing import Authorization, answered, basic
from smoke.probing.waited import Waited

if TYPE_CHECKING:
    from smoke.probing.account import ProbeAccount


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Where and how accounts of one deployment sign in."""

    login: Login
    address: str
    """What the paths of the login are appended to."""
    headers: tuple[tuple[str, str], ...]
    timeout_s: float
    send: Send
    codes: OneTimeCodes
    learn: Callable[[str], None]
    """Told every token and cookie, so that none is printed."""
    waits: Waited = field(default_factory=Waited)
    """What signing in waited for."""

    def request(self, request: str, check_id: str, content: Any = None) -> Request:
        """Build ``METHOD /path`` below the address, with ``content`` as its JSON body."""
        method, path = request.split(" ", 1)
        body, headers = json_body(content)
        return Request(
            method=method,
            url=self.address + path,
            headers=(*self.headers, *headers.items()),
            body=body,
            check_id=check_id,
        )


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An account that was let in."""

    proof: Authorization
    code_asked: bool
    """Whether the product asked for the second factor."""


async def sign_in(door: Door, who: ProbeAccount, check_id: str) -> SignedIn:
    """Sign ``who`` in, once; raises ProbeFailedError if it is refused or no answer came."""
    login = door.login
    if login.request is None:
        proof = basic(who.user, who.password)
        door.learn(proof.secret.reveal())
        return SignedIn(proof, code_asked=False)
    exchange = await door.send(_login_request(door, login.request, who, check_id), door.timeout_s)
    if (found := answered(login, exchange)) is not None:
        signed_in = SignedIn(found, code_asked=False)
    elif login.second_factor is not None and (captured := _captured(login.second_factor, exchange)) is not None:
        signed_in = await _second_factor(door, login.second_factor, who, captured, check_id)
    else:
        raise refused(who, login.request, exchange, login)
    door.learn(signed_in.proof.secret.reveal())
    return signed_in


async def _second_factor(
    door: Door, factor: SecondFactor, who: ProbeAccount, captured: dict[str, object], check_id: str
) -> SignedIn:
    if who.totp is None:
        rule = f"login of {who.user} was not accepted: a second factor is asked for, and the account has no totp"
        raise ProbeFailedError(Finding(rule=rule, blame=Blame.ACCOUNT))
    with door.waits.counting():
        code = await asyncio.to_thread(door.codes.fresh, who.user, who.totp)
    body = filled(factor.body, {**captured, "user": who.user, "code": code})
    exchange = await door.send(door.request(factor.request, check_id, body), door.timeout_s)
    proof = answered(door.login, exchange)
    if proof is None:
        raise refused(who, factor.request, exchange, door.login)
    return SignedIn(proof, code_asked=True)


def _captured(factor: SecondFactor, exchange: Exchange) -> dict[str, object] | None:
    """Return what the second factor sends back; None where the login's answer does not ask for one."""
    if exchange.status >= 300:
        return None
    found = {name: exchange.at(path) for name, path in factor.capture.items()}
    return None if MISSING in found.values() else found


def _login_request(door: Door, request: str, who: ProbeAccount, check_id: str) -> Request:
    known = {"user": who.user, "password": who.password.reveal()}
    if door.login.form is None:
        return door.request(request, check_id, filled(door.login.body, known))
    method, path = request.split(" ", 1)
    return Request(
        method=method,
        url=door.address + path,
        headers=(*door.headers, ("Content-Type", "application/x-www-form-urlencoded")),
        body=urlencode(filled(door.login.form, known)).encode(),
        check_id=check_id,
    )


def json_body(content: Any) -> tuple[bytes | None, dict[str, str]]:
    """Return ``content`` as a body, with its headers: a text as it is, anything else as JSON; None: no body."""
    match content:
        case None:
            return None, {}
        case str():
            return content.encode(), {}
        case _:
            return json.dumps(content).encode(), {"Content-Type": "application/json"}
