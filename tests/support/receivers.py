"""Who receives alerts: services that take what the real ones would, and remember what a person there notices."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import re
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from openapi_core import Config, OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

import tests.support.counterparts  # noqa: F401 - makes the libraries known that stand for vendors

with contextlib.suppress(ModuleNotFoundError):
    from slack_sdk.models.blocks import Block

SECRET = "whsec_" + base64.b64encode(b"a secret that both sides know").decode()
TOKEN = "gh-token-of-the-test"
ROUTING_KEY = "0123456789abcdef0123456789abcdef"
WEBHOOK_PATH = "/services/T0/B0/slack-secret-path"


def answer(status: int, body: object, **headers: str) -> Response:
    text = body if isinstance(body, str) else json.dumps(body)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(text, status, headers=named, content_type="application/json")


@dataclass(slots=True)
class Receiver:
    """Judges requests, unless told to do something else first."""

    judge: Callable[[Request], Response]
    noticed: list[str] = field(default_factory=list)
    """What a person at the other end saw, in order."""
    requests: list[Request] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    instead: deque[Response] = field(default_factory=deque)
    """Answers to give before anything is judged."""
    always: Response | None = None
    hanging: bool = False
    """Takes nothing, and says nothing."""
    losing: bool = False
    """Takes it, and never says so."""
    arrived: threading.Event = field(default_factory=threading.Event)
    resume: threading.Event = field(default_factory=threading.Event)

    def __call__(self, request: Request) -> Response:
        request.get_data()
        self.requests.append(request)
        hanging, losing = self.hanging, self.losing
        self.arrived.set()
        if self.instead:
            return self.instead.popleft()
        if hanging:
            self.resume.wait(60)
            return answer(500, "hung")
        if self.always is not None:
            return self.always
        judged = self.judge(request)
        if losing:
            self.resume.wait(60)
        return judged

    def heal(self) -> None:
        self.hanging, self.losing, self.always = False, False, None
        self.resume.set()

    def refuse(self, status: int, why: str) -> Response:
        self.refused.append(why)
        return answer(status, {"message": why})


def slack(server: HTTPServer) -> Receiver:
    """An incoming webhook: the limits of Block Kit as they are documented, and those that Slack's own models know."""

    def judge(request: Request) -> Response:
        body = json.loads(request.data)
        if unknown := set(body) - {"text", "blocks"}:
            return receiver.refuse(400, f"unknown {unknown}")
        if why := next(_wrong_blocks(body), None):
            return receiver.refuse(400, f"invalid_blocks: {why}")
        receiver.noticed.append(body["blocks"][0]["text"]["text"].split(":")[0])
        return Response("ok", 200)

    receiver = Receiver(judge)
    server.expect_request(WEBHOOK_PATH, method="POST").respond_with_handler(receiver)
    return receiver


def _wrong_blocks(body: dict[str, Any]) -> Iterator[str]:
    if not body.get("text") or len(body["text"]) > 4000:
        yield "text for notifications"
    if not 1 <= len(body["blocks"]) <= 50:
        yield "number of blocks"
    for block in body["blocks"]:
        match block:
            case {"type": "header", "text": {"type": "plain_text", "text": str(text)}} if 1 <= len(text) <= 150:
                pass
            case {"type": "section", "text": {"type": "mrkdwn", "text": str(text)}} if 1 <= len(text) <= 3000:
                pass
            case {"type": "context", "elements": list(elements)} if 1 <= len(elements) <= 10:
                pass
            case _:
                yield f"{block}"[:200]
        if "Block" in globals() and not (parsed := Block.parse(block)):
            yield f"Slack's models do not know {block}"
        elif "Block" in globals():
            parsed.validate_json()


EVENT_KEYS = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "routing_key": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
        "event_action": {"type": "string", "enum": ["trigger", "acknowledge", "resolve"]},
        "dedup_key": {"type": "string", "maxLength": 255, "minLength": 1},
        "client": {"type": "string"},
        "client_url": {"type": "string", "pattern": "^https?://"},
        "links": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["href"],
                "properties": {"href": {"type": "string", "pattern": "^https?://"}, "text": {"type": "string"}},
            },
        },
        "payload": {
            "type": "object",
            "additionalProperties": False,
            "required": ["summary", "source", "severity"],
            "properties": {
                "summary": {"type": "string", "minLength": 1, "maxLength": 1024},
                "source": {"type": "string", "minLength": 1},
                "severity": {"type": "string", "enum": ["critical", "error", "warning", "info"]},
                "timestamp": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$"},
                "component": {"type": "string"},
                "group": {"type": "string"},
                "class": {"type": "string"},
                "custom_details": {"type": "object"},
            },
        },
    },
    "required": ["routing_key", "event_action"],
    "oneOf": [
        {"properties": {"event_action": {"enum": ["trigger"]}}, "required": ["payload"]},
        {"properties": {"event_action": {"enum": ["acknowledge", "resolve"]}}, "required": ["dedup_key"]},
    ],
}
"""Written by hand from the documentation of Events API v2: PagerDuty's own description is on GitHub alone."""
EVENTS = OpenAPI.from_dict(
    {
        "openapi": "3.0.2",
        "info": {"title": "PagerDuty Events API v2", "version": "1"},
        "servers": [{"url": "http://localhost"}],
        "paths": {
            "/v2/enqueue": {
                "post": {
                    "requestBody": {"required": True, "content": {"application/json": {"schema": EVENT_KEYS}}},
                    "responses": {"202": {"description": "taken"}},
                }
            }
        },
    },
    config=Config(spec_validator_cls=None),
)


def pagerduty(server: HTTPServer) -> Receiver:
    """The intake of events: incidents are told apart by their keys, and only a new one wakes somebody up."""
    state: dict[str, str] = {}

    def judge(request: Request) -> Response:
        asked = MockRequest(
            "http://localhost", "post", "/v2/enqueue", content_type="application/json", data=request.data
        )
        try:
            EVENTS.validate_request(asked)
        except OpenAPIError as error:
            return receiver.refuse(400, f"invalid event: {error} {error.__cause__}")
        event = json.loads(request.data)
        key, before = event["dedup_key"], state.get(event["dedup_key"])
        match event["event_action"], before:
            case "trigger", None | "resolved":
                receiver.noticed.append(event["payload"]["summary"].split(":")[0])
                state[key] = "triggered"
            case "resolve", "triggered" | "acknowledged":
                receiver.noticed.append("OVER")
                state[key] = "resolved"
        return answer(202, {"status": "success", "message": "Event processed", "dedup_key": key})

    receiver = Receiver(judge)
    server.expect_request("/v2/enqueue", method="POST").respond_with_handler(receiver)
    return receiver


def webhook(server: HTTPServer) -> Receiver:
    """A receiver that believes only what is signed, and knows what it has already."""
    seen: set[str] = set()

    def judge(request: Request) -> Response:
        if not is_signed(request):
            return receiver.refuse(401, "not signed by us")
        body = json.loads(request.data)
        if request.headers["webhook-id"] not in seen:
            seen.add(request.headers["webhook-id"])
            receiver.noticed.append({"opened": "CRITICAL", "closed": "OVER"}.get(body["kind"], body["kind"]))
        return answer(200, {})

    receiver = Receiver(judge)
    server.expect_request("/hook", method="POST").respond_with_handler(receiver)
    return receiver


def is_signed(request: Request) -> bool:
    """Check a signature by the words of the standard."""
    keyed = ".".join((request.headers["webhook-id"], request.headers["webhook-timestamp"])).encode()
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    digest = hmac.new(key, keyed + b"." + request.data, hashlib.sha256).digest()
    return request.headers["webhook-signature"] == "v1," + base64.b64encode(digest).decode()


@dataclass(slots=True)
class Issues:
    """What a repository holds."""

    issues: list[dict[str, Any]] = field(default_factory=list)
    comments: dict[int, list[dict[str, Any]]] = field(default_factory=dict)


def github(server: HTTPServer) -> tuple[Receiver, Issues]:
    """The part of GitHub's API that has to do with issues, with its state."""
    held = Issues()

    def judge(request: Request) -> Response:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}" or not request.headers.get("User-Agent"):
            return receiver.refuse(401, "Bad credentials")
        body = json.loads(request.data) if request.data else None
        path = request.path.removeprefix("/repos/shop/app")
        number = int(found[1]) if (found := re.match(r"/issues/(\d+)", path)) else 0
        match request.method, path.replace(str(number), "N", 1) if number else path:
            case "GET", "/issues":
                wanted = request.args["labels"]
                page = [each for each in held.issues if wanted in each["labels"]]
                return answer(200, page if request.args["page"] == "1" else [])
            case "POST", "/issues" if body and set(body) == {"title", "body", "labels"} and len(body["title"]) <= 256:
                held.issues.append({**body, "number": len(held.issues) + 1, "state": "open"})
                receiver.noticed.append(body["title"].split(":")[0])
                return answer(201, held.issues[-1])
            case "PATCH", "/issues/N" if body:
                if held.issues[number - 1]["state"] != body["state"]:
                    receiver.noticed.append("OVER" if body["state"] == "closed" else "reopened")
                held.issues[number - 1].update(body)
                return answer(200, held.issues[number - 1])
            case "GET", "/issues/N/comments":
                return answer(200, held.comments.get(number, []) if request.args["page"] == "1" else [])
            case "POST", "/issues/N/comments" if body and set(body) == {"body"}:
                held.comments.setdefault(number, []).append(body)
                return answer(201, body)
        return receiver.refuse(422, f"{request.method} {request.path} {body}")

    receiver = Receiver(judge)
    server.expect_request(re.compile("/repos/shop/app/.*")).respond_with_handler(receiver)
    return receiver, held
