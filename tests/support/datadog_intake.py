"""Datadog's side of a push: takes what its official description allows, refuses the rest and says why."""

from __future__ import annotations

import gzip
import json
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from openapi_core import Config, OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.support.datadog_spec import INTAKE

LARGEST_BYTES = 512_000


@dataclass(slots=True)
class DatadogIntake:
    """Answers 202 or 400 by the description, unless told to answer something else first."""

    server: HTTPServer
    api: OpenAPI
    instead: deque[Response | None] = field(default_factory=deque)
    """Answers to give before the description is asked; None: ask it after all."""
    accepted: list[dict[str, Any]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    resume: threading.Event = field(default_factory=threading.Event)
    """Ends hanging."""
    hanging: bool = False

    @property
    def url(self) -> str:
        return self.server.url_for("").rstrip("/")

    @property
    def series(self) -> list[dict[str, Any]]:
        """All series of all accepted payloads."""
        return [series for payload in self.accepted for series in payload["series"]]

    def answer(self, request: Request) -> Response:
        self.requests.append(request)
        if self.hanging:
            self.resume.wait(20)
        told = self.instead.popleft() if self.instead else None
        if told is not None:
            return told
        try:
            self.accepted.append(self._validated(request))
        except (OpenAPIError, OSError, ValueError) as error:
            self.refused.append(why(error))
            return reply(400, {"errors": [self.refused[-1]]})
        return reply(202, {"errors": []})

    def _validated(self, request: Request) -> dict[str, Any]:
        if request.content_length is None or request.content_length > LARGEST_BYTES:
            raise ValueError(f"{request.content_length} bytes: the payload is too large")
        body = request.get_data()
        if request.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        said = MockRequest(
            "http://localhost",
            request.method,
            request.path,
            headers=dict(request.headers),
            data=body,
            content_type=request.mimetype,
        )
        self.api.validate_request(said)
        return json.loads(body)


def intake_on(server: HTTPServer, spec: dict[str, Any]) -> DatadogIntake:
    """Start answering for Datadog on ``server``."""
    document = {**spec, "servers": [{"url": "http://localhost"}]}
    config = Config(spec_validator_cls=None, extra_media_type_deserializers={"text/json": json.loads})
    intake = DatadogIntake(server=server, api=OpenAPI.from_dict(document, config=config))
    server.expect_request(INTAKE, method="POST").respond_with_handler(intake.answer)
    return intake


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
