"""Datadog's side of a conversation: takes what its official description allows, refuses the rest and says why.

The description is necessary and not sufficient: what Datadog is known to refuse although its schema allows it stands
in ``BEYOND``. Only a live account can say that a query of a monitor means something.
"""

from __future__ import annotations

import gzip
import json
import math
import re
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from openapi_core import Config, OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest, MockResponse
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.support.datadog_spec import CHECK_RUN, EVENTS, PATHS, QUERY, SERIES, spec

LARGEST_BYTES = 512_000
POINT_MAX_AGE_S = 3600
POINT_MAX_AHEAD_S = 600
EVENT_MAX_AGE_S = 18 * 3600
LONGEST_TAG = 200

Answer = Callable[[Request, Any], Response]
"""Makes the answer to a request that keeps to the description, from it and its JSON (None where it has none)."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A request that was accepted."""

    method: str
    path: str
    body: Any


@dataclass(slots=True)
class DatadogIntake:
    """Answers by the description, unless told to answer something else first.

    Metrics, events and service checks are taken; what answers anything else is told with :meth:`on`.
    """

    server: HTTPServer
    apis: dict[str, OpenAPI]
    """By version."""
    instead: deque[Response | None] = field(default_factory=deque)
    """Answers to give before the description is asked; None: ask it after all."""
    instead_at: dict[str, Response] = field(default_factory=dict)
    """Answers that a path always gives, whatever it is sent."""
    taken: list[Taken] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    resume: threading.Event = field(default_factory=threading.Event)
    """Ends hanging."""
    arrived: threading.Event = field(default_factory=threading.Event)
    """Set by the first request."""
    hanging: bool = False
    now: float | None = None
    """The time by which points and events are too old, in seconds since the epoch; None: none is."""
    largest_bytes: int = LARGEST_BYTES
    _answers: dict[tuple[str, str], Answer] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return self.server.url_for("").rstrip("/")

    @property
    def series(self) -> list[dict[str, Any]]:
        """All series of all accepted payloads."""
        return [series for each in self.taken if each.path == SERIES for series in each.body["series"]]

    @property
    def events(self) -> list[dict[str, Any]]:
        return [each.body for each in self.taken if each.path == EVENTS]

    @property
    def service_checks(self) -> list[dict[str, Any]]:
        return [check for each in self.taken if each.path == CHECK_RUN for check in each.body]

    def on(self, method: str, path: str, answer: Answer) -> None:
        """Let ``answer`` speak for a path of the description, such as ``/api/v1/monitor/{monitor_id}``."""
        self._answers[method.upper(), path] = answer

    def answer(self, request: Request) -> Response:
        self.requests.append(request)
        self.arrived.set()
        if self.hanging:
            self.resume.wait(20)
        told = self.instead.popleft() if self.instead else self.instead_at.get(request.path)
        if told is not None:
            return told
        if (request.content_length or 0) > self.largest_bytes:
            return self._refuse(413, f"{request.content_length} bytes: the payload is too large")
        try:
            return self._described(request)
        except (OpenAPIError, OSError, ValueError) as error:
            return self._refuse(400, why(error))

    def _refuse(self, status: int, reason: str) -> Response:
        self.refused.append(reason)
        return reply(status, {"errors": [reason]})

    def _described(self, request: Request) -> Response:
        said = _as_described(request)
        api = self.apis[request.path.split("/")[2]]
        keys = tuple(name for name in ("DD-API-KEY", "DD-APPLICATION-KEY") if request.headers.get(name))
        asked = (request.method, request.full_path, keys, said.body)
        _once(asked, lambda: api.validate_request(said))
        body = json.loads(said.body) if said.body else None
        if reason := next(filter(None, (rule(body, self.now) for rule in BEYOND.get(request.path, ()))), None):
            raise ValueError(reason)
        answer = self._answers[request.method, template_of(request.path)](request, body)
        said_back = MockResponse(answer.get_data(), answer.status_code, dict(answer.headers), answer.mimetype)
        if answer.status_code < 300:
            # A fake may not say what the real one never would.
            _once((*asked[:2], answer.get_data()), lambda: api.validate_response(said, said_back))
        self.taken.append(Taken(request.method, request.path, body))
        return answer


_KEEPING: set[tuple[object, ...]] = set()


def _once(said: tuple[object, ...], validate: Callable[[], object]) -> None:
    """Validate what was not found good before: the description does not change, and a dashboard takes it seconds."""
    if said not in _KEEPING:
        validate()
        _KEEPING.add(said)


@cache
def _api(version: str) -> OpenAPI:
    config = Config(spec_validator_cls=None, extra_media_type_deserializers={"text/json": json.loads})
    return OpenAPI.from_dict({**spec(version), "servers": [{"url": "http://localhost"}]}, config=config)


def intake_on(server: HTTPServer) -> DatadogIntake:
    """Start answering for Datadog on ``server``."""
    intake = DatadogIntake(server=server, apis={each: _api(each) for each in ("v1", "v2")})
    intake.on("POST", SERIES, lambda _request, _body: reply(202, {"errors": []}))
    intake.on("POST", EVENTS, lambda _request, body: reply(202, {"status": "ok", "event": {"title": body["title"]}}))
    intake.on("POST", CHECK_RUN, lambda _request, _body: Response('{"status": "ok"}', 202, content_type="text/json"))
    server.expect_request(re.compile("/api/v[12]/.*")).respond_with_handler(intake.answer)
    return intake


def show_queries(intake: DatadogIntake) -> None:
    """Let ``intake`` answer queries of one metric with what it was sent of it."""
    intake.on("GET", QUERY, lambda request, _body: _shown(intake, request))


def _shown(intake: DatadogIntake, request: Request) -> Response:
    """Answer a query of one metric with what the intake was sent of it."""
    name, _, tags = request.args["query"].removeprefix("avg:").rstrip("}").partition("{")
    wanted = set(tags.split(","))
    found = [each for each in intake.series if each["metric"] == name and wanted <= set(each["tags"])]
    points = [(point["timestamp"], point["value"]) for each in found for point in each["points"]]
    inside = [[at * 1000, value] for at, value in points if int(request.args["from"]) <= at <= int(request.args["to"])]
    series: list[dict[str, Any]] = [{"metric": name, "pointlist": inside}] if inside else []
    return reply(200, {"status": "ok", "series": series})


def template_of(path: str) -> str:
    """Return the path of the description that ``path`` is one of; raises ValueError where we use none such."""
    for template in sorted(PATHS, key=lambda each: each.count("{")):
        if re.fullmatch(re.sub(r"{\w+}", "[^/]+", template), path):
            return template
    raise ValueError(f"{path} is not among the paths that tests.support.datadog_spec cuts out")


def _as_described(request: Request) -> MockRequest:
    body = request.get_data()
    if request.headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    return MockRequest(
        "http://localhost",
        request.method,
        request.path,
        args=request.args.to_dict(flat=False),
        headers=dict(request.headers),
        data=body or None,
        content_type=request.mimetype,
    )


def reply(status: int, body: object, **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(json.dumps(body), status=status, headers=named, content_type="application/json")


def why(error: BaseException) -> str:
    """The whole chain of reasons, because the last one names the field."""
    reasons: list[str] = []
    cause: BaseException | None = error
    while cause is not None:
        details = [str(detail.message) for detail in getattr(cause, "schema_errors", ())]
        reasons += [str(cause).splitlines()[0] if str(cause) else type(cause).__name__, *details]
        cause = cause.__cause__ or cause.__context__
    return "; ".join(reasons)


def _points_of_now(body: Any, now: float | None) -> str | None:
    times = [point["timestamp"] for series in body["series"] for point in series["points"]]
    if now is not None and times and min(times) < now - POINT_MAX_AGE_S:
        return f"a point is {now - min(times):.0f} s old: after an hour Datadog drops it without a word"
    if now is not None and times and max(times) > now + POINT_MAX_AHEAD_S:
        return "a point is more than ten minutes ahead"
    return None


def _numbers(body: Any, _now: float | None) -> str | None:
    values = [point["value"] for series in body["series"] for point in series["points"]]
    return None if all(math.isfinite(value) for value in values) else "a value is no number"


def _short_tags(body: Any, _now: float | None) -> str | None:
    """Datadog cuts longer ones, and two series become one."""
    long = [tag for series in body["series"] for tag in series.get("tags", ()) if len(tag) > LONGEST_TAG]
    return f"a tag is longer than {LONGEST_TAG} characters" if long else None


def _event_of_now(body: Any, now: float | None) -> str | None:
    happened = body.get("date_happened")
    too_old = now is not None and happened is not None and happened < now - EVENT_MAX_AGE_S
    return "Event too far in the past" if too_old else None


BEYOND: dict[str, tuple[Callable[[Any, float | None], str | None], ...]] = {
    SERIES: (_points_of_now, _numbers, _short_tags),
    EVENTS: (_event_of_now,),
}
"""Rules that the schema does not know, by path."""
