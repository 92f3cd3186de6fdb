"""Runs the hook that acts for a gate: a command, a webhook, or a GitHub event. Once, and bounded in time."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from smoke.config.gates import GitHubEvent, Hook
from smoke.gates.secrets import scrubber_of
from smoke.host.process import run
from smoke.restraint.marks import PRODUCT

TAIL = 500
"""Characters of a command's output that are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a hook is told."""

    key: str
    """Names the action for good: whoever gets it twice must do it once."""
    payload: Mapping[str, object]
    """The decision, as JSON has it; it holds no secret."""
    variables: Mapping[str, str]
    """The same for commands: SMOKE_GATE_POINT, SMOKE_GATE_BUILD and so on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HookResult:
    """What became of it."""

    ok: bool
    detail: str
    """One line, scrubbed."""


def run_hook(hook: Hook, order: Order, environ: Mapping[str, str], folder: Path) -> HookResult:
    """Run ``hook`` once; raises nothing that it does."""
    try:
        result = _sent(hook, order, environ, folder)
    except Exception as error:  # noqa: BLE001 - a hook is a guest: whatever it throws is its failure, and is recorded
        result = HookResult(ok=False, detail=f"{type(error).__name__}: {error}")
    return HookResult(ok=result.ok, detail=_scrubbed(hook, result.detail, environ))


def _sent(hook: Hook, order: Order, environ: Mapping[str, str], folder: Path) -> HookResult:
    if hook.command:
        return _command(hook, order, environ, folder)
    if hook.github is not None:
        return _github(hook.github, order, environ, hook.timeout_s)
    assert hook.webhook is not None, "the configuration was checked: a hook is one of three"
    address = _looked_up(hook.webhook, environ)
    return _post(address, json.dumps(order.payload), {"Idempotency-Key": order.key}, hook.timeout_s)


def _command(hook: Hook, order: Order, environ: Mapping[str, str], folder: Path) -> HookResult:
    told = {**environ, **order.variables, "SMOKE_GATE_DECISION": json.dumps(order.payload)}
    finished = run(hook.command, seconds=hook.timeout_s, environ=told, cwd=folder)
    tail = " ".join(finished.output.split())[-TAIL:]
    ended = f"did not end within {hook.timeout_s:g} s" if finished.code is None else f"exited with {finished.code}"
    return HookResult(ok=finished.ok, detail=f"{hook.command[0]} {ended}{f': {tail}' if tail else ''}")


def _github(event: GitHubEvent, order: Order, environ: Mapping[str, str], timeout_s: float) -> HookResult:
    body = {"event_type": event.event, "client_payload": {"key": order.key, "decision": order.payload}}
    headers = {
        "Accept": "application/vnd.github+json",
        "Authorization": f"Bearer {_looked_up(event.token, environ)}",
        "X-GitHub-Api-Version": "2022-11-28",
    }
    return _post(f"{event.api.rstrip('/')}/repos/{event.repository}/dispatches", json.dumps(body), headers, timeout_s)


def _post(url: str, body: str, headers: Mapping[str, str], timeout_s: float) -> HookResult:
    from smoke.answers.exchange import Request
    from smoke.probing.client import send
    from smoke.probing.failing import ProbeFailedError

    plain = {"Content-Type": "application/json", "User-Agent": PRODUCT, **headers}
    request = Request(method="POST", url=url, headers=tuple(plain.items()), body=body.encode())
    # Sent once: a hook that was begun is not begun again, and a redirect would take the payload elsewhere.
    try:
        answer = asyncio.run(send(request, timeout_s))
    except ProbeFailedError as error:
        return HookResult(ok=False, detail=error.finding.rule)
    told = " ".join(answer.text.split())[:TAIL]
    return HookResult(ok=200 <= answer.status < 300, detail=f"answered {answer.status}{f': {told}' if told else ''}")


def _looked_up(text: str, environ: Mapping[str, str]) -> str:
    if not text.startswith("$"):
        return text
    if not (value := environ.get(text[1:], "").strip()):
        raise LookupError(f"{text[1:]} is not set: set it in the environment or in .env")
    return value


def _scrubbed(hook: Hook, text: str, environ: Mapping[str, str]) -> str:
    """Take out of ``text`` what the hook's variables hold, and whatever else looks like a secret of the environment."""
    named = [hook.webhook or "", hook.github.token if hook.github else ""]
    return scrubber_of(environ, (each[1:] for each in named if each.startswith("$"))).text(text)
